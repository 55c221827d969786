/// A JSON document whose objects keep the order of their members.
///
/// The shard format lives on exact JSON: a header must be refused when it says a thing twice, a manifest must come out
/// byte for byte the same on every machine, and a digest needs one canonical spelling. So documents are parsed strictly
/// (``parse(_:)``) and printed in two fixed forms (``compact(sortingKeys:)``, ``pretty()``).
///
/// Not for data that merely passes through a program and whose spelling matters to nobody: `Codable` is shorter.
public enum JSONValue: Sendable, Equatable {
  case null
  case bool(Bool)
  /// A number without fraction or exponent that fits 64 bits.
  case integer(Int64)
  /// Any other number. What JSON cannot spell (NaN, infinities) is printed as `null`.
  case number(Double)
  case string(String)
  case array([JSONValue])
  case object(JSONObject)
}

/// The members of a JSON object, in the order in which they were given; no key twice, also not in two spellings that
/// Unicode holds equal.
public struct JSONObject: Sendable, Equatable {
  public private(set) var keys: [String] = []
  private var values: [String: JSONValue] = [:]

  public init() {}

  public subscript(key: String) -> JSONValue? {
    get { values[key] }
    set {
      if values.updateValue(newValue ?? .null, forKey: key) == nil { keys.append(key) }
      if newValue == nil {
        values[key] = nil
        keys.removeAll { $0 == key }
      }
    }
  }

  public var members: [(key: String, value: JSONValue)] {
    keys.map { ($0, values[$0] ?? .null) }
  }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
  public init(dictionaryLiteral elements: (String, JSONValue)...) {
    for (key, value) in elements { self[key] = value }
  }
}

extension JSONValue: ExpressibleByDictionaryLiteral, ExpressibleByArrayLiteral, ExpressibleByStringLiteral {
  public init(dictionaryLiteral elements: (String, JSONValue)...) {
    var object = JSONObject()
    for (key, value) in elements { object[key] = value }
    self = .object(object)
  }

  public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }

  public init(stringLiteral value: String) { self = .string(value) }
}

extension JSONValue {
  public init(_ value: Int) { self = .integer(Int64(value)) }
  public init(_ value: Double) { self = .number(value) }
  public init(_ value: String) { self = .string(value) }
  public init(_ value: Bool) { self = .bool(value) }
  public init(_ value: Double?) { self = value.map { .number($0) } ?? .null }
  public init(_ values: [Int]) { self = .array(values.map { .init($0) }) }
  public init(_ values: [Double]) { self = .array(values.map { .init($0) }) }
  public init(_ values: [String]) { self = .array(values.map { .init($0) }) }

  public subscript(key: String) -> JSONValue? { object?[key] }

  public var object: JSONObject? { if case .object(let object) = self { object } else { nil } }
  public var array: [JSONValue]? { if case .array(let array) = self { array } else { nil } }
  public var string: String? { if case .string(let string) = self { string } else { nil } }
  public var bool: Bool? { if case .bool(let bool) = self { bool } else { nil } }
  public var integer: Int? { if case .integer(let integer) = self { Int(integer) } else { nil } }

  public var number: Double? {
    switch self {
    case .integer(let integer): Double(integer)
    case .number(let number): number
    default: nil
    }
  }
}
