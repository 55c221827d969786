package import Files
internal import JSONValues

/// The header of a safetensors file of any content, read strictly.
///
/// Stricter than the safetensors reference, which lets a later duplicate win: tensors follow one another from the start
/// of the data without holes or overlaps, sizes match shapes, and nothing overflows. Only the dtypes of ``TensorType`` are
/// known.
package struct SafetensorsHeader: Sendable {
  package let path: String
  /// Nil where the header has none.
  package let metadata: [String: String]?
  /// In the order of their places in the data.
  package let entries: [HeaderEntry]
  /// From the start of the file.
  package let dataStart: Int
  /// The size that a file with this header has.
  package var fileSize: Int { dataStart + (entries.map(\.end).max() ?? 0) }

  /// Reads the header of an open file, whose size must be what the header says.
  package init(_ file: borrowing File) throws(ShardError) {
    let size = try ShardError.files { () throws(FileError) in try file.size }
    let bytes = try Self.bytes(size: size, path: file.path) { count, offset throws(ShardError) in
      try ShardError.files { () throws(FileError) in try file.read(bytes: count, at: offset) }
    }
    try self.init(bytes, path: file.path)
    guard size == fileSize else { throw .fileSize(path: path, expected: fileSize, found: size) }
  }

  /// - Parameter bytes: every byte before the data.
  init(_ bytes: [UInt8], path: String) throws(ShardError) {
    self.path = path
    dataStart = bytes.count
    let object = try Self.object(bytes.dropFirst(8), path: path)
    metadata = try Self.metadata(object, path: path)
    entries = try Self.entries(object, path: path)
  }

  /// Every byte before the data of a file of `size` bytes, which `read` reads from.
  static func bytes(
    size: Int, path: String, _ read: (_ count: Int, _ offset: Int) throws(ShardError) -> [UInt8]
  ) throws(ShardError) -> [UInt8] {
    let length = try Self.length(read(min(8, size), 0), fileSize: size, path: path)
    return try read(8 + length, 0)
  }

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

  private static func metadata(_ object: JSONObject, path: String) throws(ShardError) -> [String: String]? {
    guard let metadata = object["__metadata__"]?.object else {
      if object["__metadata__"] == nil { return nil }
      throw .metadataNotText(path: path, key: "__metadata__")
    }
    var strings: [String: String] = [:]
    for (key, value) in metadata.members {
      guard let string = value.string else { throw .metadataNotText(path: path, key: key) }
      strings[key] = string
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
    }
    return entries
  }
}

/// One tensor, as a header describes it.
package struct HeaderEntry: Sendable, Equatable {
  package let name: String
  package let type: TensorType
  package let shape: [Int]
  /// From the start of the data.
  package let start: Int
  package let end: Int

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
}
