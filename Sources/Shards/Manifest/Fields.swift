internal import JSONValues

/// The members of an object in a manifest, read strictly: each missing or mistyped one is an error that names it.
/// Members that nobody asks for are ignored, so that a minor version can add some.
struct Fields {
  private let path: String
  private let prefix: String
  let object: JSONObject

  init(_ value: JSONValue, path: String, name: String = "") throws(ShardError) {
    guard let object = value.object else {
      throw .wrongField(path: path, field: name.isEmpty ? "the document" : name, expected: "an object")
    }
    self.path = path
    prefix = name.isEmpty ? "" : name + "."
    self.object = object
  }

  func wrong(_ key: String, _ expected: String) -> ShardError {
    .wrongField(path: path, field: prefix + key, expected: expected)
  }

  /// Whether there is a member that only some manifests have.
  func has(_ key: String) -> Bool { object[key] != nil }

  func value(_ key: String) throws(ShardError) -> JSONValue {
    guard let value = object[key] else { throw .missingField(path: path, field: prefix + key) }
    return value
  }

  func fields(_ key: String) throws(ShardError) -> Fields {
    try Fields(value(key), path: path, name: prefix + key)
  }

  /// A member, which may be null, as what `convert` makes of it.
  func optional<Value>(
    _ key: String, _ convert: (String) throws(ShardError) -> Value
  ) throws(ShardError) -> Value? {
    try value(key) == .null ? nil : try convert(key)
  }

  func string(_ key: String) throws(ShardError) -> String {
    guard let string = try value(key).string else { throw wrong(key, "a string") }
    return string
  }

  /// A count: 0 or more.
  func count(_ key: String) throws(ShardError) -> Int {
    guard let count = try value(key).integer, count >= 0 else { throw wrong(key, "a count") }
    return count
  }

  func number(_ key: String) throws(ShardError) -> Double {
    guard let number = try value(key).number else { throw wrong(key, "a number") }
    return number
  }

  func checksum(_ key: String) throws(ShardError) -> UInt32 {
    guard let checksum = UInt32(hex: try string(key)) else { throw wrong(key, "eight lower-case hexadecimal digits") }
    return checksum
  }

  func digest(_ key: String) throws(ShardError) -> String {
    let digest = try string(key)
    let isHex = digest.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    guard isHex, digest.utf8.count == 64 else { throw wrong(key, "64 lower-case hexadecimal digits") }
    return digest
  }

  func strings(_ key: String) throws(ShardError) -> [String] { try list(key, "a list of strings") { $0.string } }

  func counts(_ key: String, _ length: Int) throws(ShardError) -> [Int] {
    try list(key, "a list of \(length) counts", length) { $0.integer.flatMap { $0 >= 0 ? $0 : nil } }
  }

  func numbers(_ key: String, _ length: Int) throws(ShardError) -> [Double] {
    try list(key, "a list of \(length) numbers", length) { $0.number }
  }

  func optionalNumbers(_ key: String, _ length: Int) throws(ShardError) -> [Double?] {
    try list(key, "a list of \(length) numbers or nulls", length) { value -> Double?? in
      if value == .null { .some(nil) } else { value.number.map { .some($0) } ?? nil }
    }
  }

  /// Counts by name.
  func named(_ key: String) throws(ShardError) -> [String: Int] {
    let fields = try fields(key)
    var counts: [String: Int] = [:]
    for name in fields.object.keys { counts[name] = try fields.count(name) }
    return counts
  }

  /// A list of objects.
  func objects(_ key: String) throws(ShardError) -> [Fields] {
    let elements = try list(key, "a list") { $0 }
    var objects: [Fields] = []
    for (index, element) in elements.enumerated() {
      objects.append(try Fields(element, path: path, name: "\(prefix)\(key)[\(index)]"))
    }
    return objects
  }

  private func list<Element>(
    _ key: String, _ expected: String, _ length: Int? = nil, _ convert: (JSONValue) -> Element?
  ) throws(ShardError) -> [Element] {
    guard let array = try value(key).array, length == nil || length == array.count else { throw wrong(key, expected) }
    var elements: [Element] = []
    elements.reserveCapacity(array.count)
    for value in array {
      guard let element = convert(value) else { throw wrong(key, expected) }
      elements.append(element)
    }
    return elements
  }
}
