package import JSONValues

extension YAMLValue {
  /// The value with its plain scalars read as YAML 1.2's core schema reads them: null, booleans, numbers, else text.
  ///
  /// - Throws: ``YAMLError`` where a mapping has a key that is not a scalar.
  package func json() throws(YAMLError) -> JSONValue {
    switch content {
    case .scalar(let text, let isPlain): return isPlain ? Self.resolved(text) : .string(text)
    case .sequence(let elements): return .array(try elements.map { (element) throws(YAMLError) in try element.json() })
    case .mapping(let members):
      var object = JSONObject()
      for member in members {
        guard let key = member.key.text else {
          throw YAMLError(problem: "\(member.key.line.map { "line \($0): " } ?? "")a key is not a single value")
        }
        guard object[key] == nil else { throw YAMLError(problem: "\(key) is there twice") }
        object[key] = try member.value.json()
      }
      return .object(object)
    }
  }

  /// What a plain scalar stands for.
  static func resolved(_ text: String) -> JSONValue {
    switch text {
    case "", "~", "null", "Null", "NULL": return .null
    case "true", "True", "TRUE": return .bool(true)
    case "false", "False", "FALSE": return .bool(false)
    case ".nan", ".NaN", ".NAN": return .number(.nan)
    default: break
    }
    let isNegative = text.hasPrefix("-")
    let digits = isNegative || text.hasPrefix("+") ? text.dropFirst() : text[...]
    if [".inf", ".Inf", ".INF"].contains(digits) { return .number(isNegative ? -.infinity : .infinity) }
    for (prefix, radix) in [("0x", 16), ("0o", 8)] where text.hasPrefix(prefix) {
      let number = text.dropFirst(2)
      if number.first?.isHexDigit == true, let integer = Int64(number, radix: radix) { return .integer(integer) }
    }
    guard isDecimal(digits) else { return .string(text) }
    if let integer = Int64(text) { return .integer(integer) }
    return Double(text).map { .number($0) } ?? .string(text)
  }

  /// Whether the text matches `(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`.
  private static func isDecimal(_ text: Substring) -> Bool {
    var rest = text.utf8[...]
    func digits() -> Int {
      let count = rest.prefix { (0x30...0x39).contains($0) }.count
      rest = rest.dropFirst(count)
      return count
    }
    let whole = digits()
    var fraction = 0
    if rest.first == UInt8(ascii: ".") {
      rest = rest.dropFirst()
      fraction = digits()
    }
    guard whole + fraction > 0 else { return false }
    if rest.first == UInt8(ascii: "e") || rest.first == UInt8(ascii: "E") {
      rest = rest.dropFirst()
      if rest.first == UInt8(ascii: "+") || rest.first == UInt8(ascii: "-") { rest = rest.dropFirst() }
      guard digits() > 0 else { return false }
    }
    return rest.isEmpty
  }
}
