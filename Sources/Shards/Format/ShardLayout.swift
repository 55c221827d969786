internal import JSONValues

/// A tensor's place in a shard.
package struct TensorLayout: Sendable, Equatable {
  package let role: TensorRole
  package let name: String
  package let dtype: TensorType
  package let shape: [Int]
  /// From the start of the file; a multiple of 64, except for `_pad.k`.
  package let offset: Int
  package let byteCount: Int

  /// How many MiB blocks it has; the last one may be shorter.
  package var blockCount: Int { (byteCount + ShardLayout.blockBytes - 1) / ShardLayout.blockBytes }

  /// The bytes of a block, from the start of the tensor.
  package func range(ofBlock block: Int) -> Range<Int> {
    let start = block * ShardLayout.blockBytes
    return start..<min(start + ShardLayout.blockBytes, byteCount)
  }

  /// Whether the tensor's blocks have their CRCs in a `_crc.*` tensor.
  package var isChecked: Bool {
    switch role {
    case .checksums, .padding: false
    default: true
    }
  }
}

/// Where everything in a shard stands, known before a byte of it is written.
package struct ShardLayout: Sendable {
  /// A CRC covers this much of a tensor: 1 MiB.
  package static let blockBytes = 1 << 20
  /// Every tensor but `_pad.k` starts on a multiple of this.
  package static let tensorAlignment = 64
  /// The data starts on a multiple of this.
  package static let dataAlignment = 4096
  /// The longest header a reader accepts.
  package static let greatestHeader = 25_000_000

  /// All tensors in the order of the file, `_crc.*` and `_pad.k` included.
  package let tensors: [TensorLayout]
  /// Bytes of the JSON header with its padding, without the eight bytes before it that give this number.
  package let headerBytes: Int
  /// Where the data starts: `8 + headerBytes`.
  package let dataStart: Int
  package let fileSize: Int
  /// The header, without its padding.
  let header: String
  private let places: [TensorRole: Int]

  /// - Parameters:
  ///   - samples: the shard's samples, as ``ShardPartition`` cut them.
  ///   - metadata: what `__metadata__` says; see ``metadata(split:fingerprint:)``.
  /// - Throws: ``ShardError/sizeOverflow(path:tensor:)``, ``ShardError/headerTooLarge(path:bytes:)``.
  package init(
    schema: ShardSchema, samples: ArraySlice<SampleShape>, metadata: [String: String]
  ) throws(ShardError) {
    let checked = schema.tensors(Self.counts(of: samples, modalities: schema.modalities.count))
    var placer = Placer()
    for tensor in checked { try placer.place(tensor) }
    for (index, tensor) in checked.enumerated() {
      let bytes = tensor.type.byteCount(shape: tensor.shape) ?? 0
      try placer.place(
        ExpectedTensor(
          role: .checksums(of: index), name: ShardSchema.checksumPrefix + tensor.name, type: .i64,
          shape: [bytes / Self.blockBytes + (bytes % Self.blockBytes > 0 ? 1 : 0)]))
    }
    header = Self.header(placer.tensors, metadata)
    let start = (8 + header.utf8.count + Self.dataAlignment - 1) / Self.dataAlignment * Self.dataAlignment
    guard start - 8 <= Self.greatestHeader else { throw .headerTooLarge(path: "", bytes: start - 8) }
    dataStart = start
    headerBytes = start - 8
    fileSize = start + placer.end
    tensors = placer.tensors.map { tensor in
      TensorLayout(
        role: tensor.role, name: tensor.name, dtype: tensor.dtype, shape: tensor.shape,
        offset: start + tensor.offset, byteCount: tensor.byteCount)
    }
    places = Dictionary(uniqueKeysWithValues: tensors.enumerated().map { ($1.role, $0) })
  }

  /// The place of a tensor in ``tensors``; nil where the schema has no such tensor.
  package func index(of role: TensorRole) -> Int? { places[role] }

  /// What every shard says of itself in `__metadata__`.
  package static func metadata(split: String, fingerprint: String) -> [String: String] {
    [
      "format": FormatVersion.format, "version": FormatVersion.current.description, "split": split,
      "fingerprint": fingerprint,
    ]
  }

  private static func counts(of samples: ArraySlice<SampleShape>, modalities: Int) -> ShardCounts {
    var counts = ShardCounts(
      frames: Array(repeating: 0, count: modalities), tokenBytes: Array(repeating: 0, count: modalities))
    counts.samples = samples.count
    for sample in samples {
      counts.idBytes += sample.idBytes
      for m in 0..<modalities {
        counts.frames[m] += sample.frames[m]
        counts.tokenBytes[m] += sample.tokenBytes[m]
      }
    }
    return counts
  }

  private static func header(_ tensors: [TensorLayout], _ metadata: [String: String]) -> String {
    var strings = JSONObject()
    for (key, value) in metadata.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
      strings[key] = .string(value)
    }
    var header: JSONObject = ["__metadata__": .object(strings)]
    for tensor in tensors {
      header[tensor.name] = [
        "dtype": .string(tensor.dtype.rawValue), "shape": JSONValue(tensor.shape),
        "data_offsets": JSONValue([tensor.offset, tensor.offset + tensor.byteCount]),
      ]
    }
    return JSONValue.object(header).compact()
  }
}

/// Puts tensors behind one another, with padding where one is needed. Offsets count from the start of the data.
private struct Placer {
  var tensors: [TensorLayout] = []
  var end = 0
  private var paddings = 0

  mutating func place(_ tensor: ExpectedTensor) throws(ShardError) {
    let misfit = end % ShardLayout.tensorAlignment
    if misfit > 0 {
      let bytes = ShardLayout.tensorAlignment - misfit
      let name = "\(ShardSchema.paddingPrefix)\(paddings)"
      try append(ExpectedTensor(role: .padding(paddings), name: name, type: .u8, shape: [bytes]))
      paddings += 1
    }
    try append(tensor)
  }

  private mutating func append(_ tensor: ExpectedTensor) throws(ShardError) {
    // A petabyte is beyond any file system, and leaves room for all that follows.
    guard let bytes = tensor.type.byteCount(shape: tensor.shape), bytes < 1 << 50, end < 1 << 50 else {
      throw .sizeOverflow(path: "", tensor: tensor.name)
    }
    tensors.append(
      TensorLayout(
        role: tensor.role, name: tensor.name, dtype: tensor.type, shape: tensor.shape, offset: end, byteCount: bytes))
    end += bytes
  }
}
