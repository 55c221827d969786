internal import JSONValues

/// A shard's header, read strictly: everything that it says about itself is checked here, before anything in the data
/// is looked at.
///
/// Stricter than the safetensors reference, which lets a later duplicate win and does not mind alignment.
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

  /// The length of the header, from the first eight bytes of a file of `fileSize` bytes.
  static func length(_ prefix: [UInt8], fileSize: Int, path: String) throws(ShardError) -> Int {
    guard prefix.count == 8 else { throw .headerCutShort(path: path, bytes: fileSize) }
    let length = prefix.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard length <= UInt64(ShardLayout.greatestHeader) else {
      throw .headerTooLarge(path: path, bytes: Int(clamping: length))
    }
    guard 8 + Int(length) <= fileSize else { throw .headerCutShort(path: path, bytes: fileSize) }
    return Int(length)
  }

  /// - Parameters:
  ///   - bytes: every byte before the data.
  ///   - schema: the manifest's; whether frames bear times is taken from the header where `keepsTimes` is nil.
  init(
    _ bytes: [UInt8], fileSize: Int, path: String, schema: ShardSchema, keepsTimes: Bool?
  ) throws(ShardError) {
    crc32 = Checksum.crc32(bytes)
    dataStart = bytes.count
    self.path = path
    let object = try Self.object(bytes.dropFirst(8), path: path)
    metadata = try Self.metadata(object, path: path)
    let entries = try Self.entries(object, path: path)
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

  // MARK: The document

  private static func object(_ text: ArraySlice<UInt8>, path: String) throws(ShardError) -> JSONObject {
    guard text.first == UInt8(ascii: "{") else { throw .headerNotObject(path: path) }
    let document: JSONValue
    do throws(JSONError) { document = try JSONValue.parse(text) } catch {
      if case .duplicateKey(let key) = error.problem { throw .duplicateKey(path: path, key: key) }
      throw .notJSON(path: path, problem: error)
    }
    // The text starts with a brace.
    guard let object = document.object else { throw .headerNotObject(path: path) }
    return object
  }

  private static func metadata(_ object: JSONObject, path: String) throws(ShardError) -> [String: String] {
    guard let metadata = object["__metadata__"]?.object else {
      throw .missingMetadata(path: path, key: "format")
    }
    var strings: [String: String] = [:]
    for (key, value) in metadata.members {
      guard let string = value.string else { throw .metadataNotText(path: path, key: key) }
      strings[key] = string
    }
    for key in ["format", "version", "split", "fingerprint"] where strings[key] == nil {
      throw .missingMetadata(path: path, key: key)
    }
    if let format = strings["format"], format != FormatVersion.format {
      throw .unknownFormat(path: path, found: format)
    }
    if let version = strings["version"], FormatVersion(version)?.isSupported != true {
      throw .unsupportedVersion(path: path, found: version)
    }
    return strings
  }

  /// The tensors in the order of their offsets, which must follow one another from 0 without holes.
  private static func entries(_ object: JSONObject, path: String) throws(ShardError) -> [HeaderEntry] {
    var entries: [HeaderEntry] = []
    for (name, value) in object.members where name != "__metadata__" {
      entries.append(try HeaderEntry(name, value, path: path))
    }
    entries.sort { ($0.start, $0.end) < ($1.start, $1.end) }
    var end = 0
    for entry in entries {
      if entry.start < end { throw .overlap(path: path, tensor: entry.name, offset: entry.start, expected: end) }
      if entry.start > end { throw .hole(path: path, tensor: entry.name, offset: entry.start, expected: end) }
      end = entry.end
      if entry.name.hasPrefix(ShardSchema.paddingPrefix) {
        guard entry.end - entry.start < ShardLayout.tensorAlignment else {
          throw .oversizedPadding(path: path, tensor: entry.name, bytes: entry.end - entry.start)
        }
      } else if entry.start % ShardLayout.tensorAlignment != 0 {
        throw .misalignedTensor(path: path, tensor: entry.name, offset: entry.start)
      }
    }
    return entries
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

/// One tensor, as a header describes it.
struct HeaderEntry {
  let name: String
  let type: TensorType
  let shape: [Int]
  /// From the start of the data.
  let start: Int
  let end: Int

  init(_ name: String, _ value: JSONValue, path: String) throws(ShardError) {
    func sizes(_ member: String) throws(ShardError) -> [Int] {
      var sizes: [Int] = []
      guard let array = value[member]?.array else { throw .malformedTensor(path: path, tensor: name, member: member) }
      for element in array {
        // A whole number that does not fit 64 bits is read as a Double.
        if case .number(let number) = element, number >= 0x1p63 { throw .sizeOverflow(path: path, tensor: name) }
        guard let size = element.integer, size >= 0 else {
          throw .malformedTensor(path: path, tensor: name, member: member)
        }
        sizes.append(size)
      }
      return sizes
    }
    guard let dtype = value["dtype"]?.string else { throw .malformedTensor(path: path, tensor: name, member: "dtype") }
    guard let type = TensorType(rawValue: dtype) else { throw .unknownType(path: path, tensor: name, found: dtype) }
    let shape = try sizes("shape")
    let range = try sizes("data_offsets")
    guard value.object?.keys.count == 3, range.count == 2, range[0] <= range[1] else {
      throw .malformedTensor(path: path, tensor: name, member: "data_offsets")
    }
    guard let bytes = type.byteCount(shape: shape), range[1] <= Int.max - ShardLayout.greatestHeader - 8 else {
      throw .sizeOverflow(path: path, tensor: name)
    }
    guard range[1] - range[0] == bytes else {
      throw .sizeMismatch(path: path, tensor: name, expected: bytes, found: range[1] - range[0])
    }
    self.name = name
    self.type = type
    self.shape = shape
    (start, end) = (range[0], range[1])
  }

  func check(_ expected: ExpectedTensor, path: String) throws(ShardError) {
    guard type == expected.type else {
      throw .wrongType(path: path, tensor: name, expected: expected.type.rawValue, found: type.rawValue)
    }
    guard shape == expected.shape else {
      throw .wrongShape(path: path, tensor: name, expected: expected.shape, found: shape)
    }
  }
}
