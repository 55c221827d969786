/// A shard's header: a ``SafetensorsHeader`` that says of itself what a shard must, and has exactly the tensors that the
/// schema wants, aligned. All of that is checked here, before anything in the data is looked at.
struct ShardHeader {
  let path: String
  let metadata: [String: String]
  /// In the order of the file, roles by schema, offsets from the start of the file.
  let tensors: [TensorLayout]
  let schema: ShardSchema
  let counts: ShardCounts
  let crc32: UInt32
  let dataStart: Int
  let fileSize: Int

  /// - Parameters:
  ///   - bytes: every byte before the data.
  ///   - schema: the manifest's; whether frames bear times is taken from the header where `keepsTimes` is nil.
  init(
    _ bytes: [UInt8], fileSize: Int, path: String, schema: ShardSchema, keepsTimes: Bool?
  ) throws(ShardError) {
    crc32 = Checksum.crc32(bytes)
    let header = try SafetensorsHeader(bytes, path: path)
    self.path = path
    dataStart = header.dataStart
    metadata = try Self.checked(header.metadata ?? [:], path: path)
    let entries = header.entries
    try Self.checkAlignment(entries, path: path)
    guard dataStart % ShardLayout.dataAlignment == 0 else { throw .misalignedData(path: path, offset: dataStart) }

    var schema = schema
    let names = Dictionary(uniqueKeysWithValues: entries.map { ($0.name, $0) })
    schema.keepsTimes = keepsTimes ?? schema.modalities.contains { names["\($0.name).times"] != nil }
    self.schema = schema
    counts = Self.counts(names, schema)
    tensors = try Self.match(entries, schema.tensors(counts), dataStart: dataStart, path: path)
    self.fileSize = dataStart + (tensors.map { $0.offset + $0.byteCount - bytes.count }.max() ?? 0)
    guard fileSize == self.fileSize else { throw .fileSize(path: path, expected: self.fileSize, found: fileSize) }
  }

  func tensor(_ role: TensorRole) -> TensorLayout? { tensors.first { $0.role == role } }

  /// What every shard must say of itself.
  private static func checked(
    _ metadata: [String: String], path: String
  ) throws(ShardError) -> [String: String] {
    for key in ["format", "version", "split", "fingerprint"] where metadata[key] == nil {
      throw .missingMetadata(path: path, key: key)
    }
    if let format = metadata["format"], format != FormatVersion.format {
      throw .unknownFormat(path: path, found: format)
    }
    if let version = metadata["version"], FormatVersion(version)?.isSupported != true {
      throw .unsupportedVersion(path: path, found: version)
    }
    return metadata
  }

  private static func checkAlignment(_ entries: [HeaderEntry], path: String) throws(ShardError) {
    for entry in entries {
      if entry.name.hasPrefix(ShardSchema.paddingPrefix) {
        guard entry.end - entry.start < ShardLayout.tensorAlignment else {
          throw .oversizedPadding(path: path, tensor: entry.name, bytes: entry.end - entry.start)
        }
      } else if entry.start % ShardLayout.tensorAlignment != 0 {
        throw .misalignedTensor(path: path, tensor: entry.name, offset: entry.start)
      }
    }
  }

  // MARK: The schema

  /// The sizes that the header gives; a tensor that lacks them will not have the expected shape.
  private static func counts(_ names: [String: HeaderEntry], _ schema: ShardSchema) -> ShardCounts {
    // Only of a list is the size bounded by its bytes.
    func size(_ name: String) -> Int { names[name].flatMap { $0.shape.count == 1 ? $0.shape.first : nil } ?? 0 }
    return ShardCounts(
      samples: max(0, size(ShardSchema.idOffsetsName) - 1), idBytes: size(ShardSchema.idName),
      frames: schema.modalities.map { size("\($0.name).valid") },
      tokenBytes: schema.modalities.map { size("\($0.name).bytes") })
  }

  /// Holds the header's tensors against those that the schema wants, and gives each its role.
  private static func match(
    _ entries: [HeaderEntry], _ checked: [ExpectedTensor], dataStart: Int, path: String
  ) throws(ShardError) -> [TensorLayout] {
    var expected = checked
    for (index, tensor) in checked.enumerated() {
      guard let bytes = tensor.type.byteCount(shape: tensor.shape) else {
        throw .sizeOverflow(path: path, tensor: tensor.name)
      }
      let blocks = bytes / ShardLayout.blockBytes + (bytes % ShardLayout.blockBytes > 0 ? 1 : 0)
      expected.append(
        ExpectedTensor(
          role: .checksums(of: index), name: ShardSchema.checksumPrefix + tensor.name, type: .i64, shape: [blocks]))
    }
    let places = Dictionary(uniqueKeysWithValues: expected.enumerated().map { ($1.name, $0) })
    let found = Set(entries.map(\.name))
    for tensor in expected where !found.contains(tensor.name) { throw .missingTensor(path: path, tensor: tensor.name) }

    var tensors: [TensorLayout] = []
    var paddings = 0
    var last: (place: Int, start: Int, end: Int) = (-1, 0, 0)
    for entry in entries {
      var role = TensorRole.padding(paddings)
      if let place = places[entry.name] {
        try entry.check(expected[place], path: path)
        role = expected[place].role
        // Empty tensors may share their place; there the order of the file does not tell.
        let isTie = entry.start == last.start && entry.end == last.end
        guard place > last.place || isTie else { throw .tensorOrder(path: path, tensor: entry.name) }
        last = (max(place, last.place), entry.start, entry.end)
      } else if entry.name == "\(ShardSchema.paddingPrefix)\(paddings)" {
        let size = entry.end - entry.start
        try entry.check(ExpectedTensor(role: role, name: entry.name, type: .u8, shape: [size]), path: path)
        paddings += 1
      } else {
        throw .superfluousTensor(path: path, tensor: entry.name)
      }
      tensors.append(
        TensorLayout(
          role: role, name: entry.name, dtype: entry.type, shape: entry.shape, offset: dataStart + entry.start,
          byteCount: entry.end - entry.start))
    }
    return tensors
  }
}

extension HeaderEntry {
  func check(_ expected: ExpectedTensor, path: String) throws(ShardError) {
    guard type == expected.type else {
      throw .wrongType(path: path, tensor: name, expected: expected.type.rawValue, found: type.rawValue)
    }
    guard shape == expected.shape else {
      throw .wrongShape(path: path, tensor: name, expected: expected.shape, found: shape)
    }
  }
}
