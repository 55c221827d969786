package import JSONValues

extension JSONValue {
  /// The value as a YAML document: a mapping in blocks of two spaces a level, lists in brackets.
  ///
  /// It reads back the same by ``YAMLValue/json()``, and by parsers of YAML 1.1: a text that either would take for
  /// something else is quoted, and a number with an exponent has a point.
  package func yaml() -> String {
    guard case .object(let object) = self, !object.keys.isEmpty else { return flow + "\n" }
    return Self.block(object, indent: "")
  }

  private static func block(_ object: JSONObject, indent: String) -> String {
    var text = ""
    for (key, value) in object.members {
      text += indent + spelled(key) + ":"
      if case .object(let inner) = value, !inner.keys.isEmpty {
        text += "\n" + block(inner, indent: indent + "  ")
      } else {
        text += " \(value.flow)\n"
      }
    }
    return text
  }

  private var flow: String {
    switch self {
    case .null: "null"
    case .bool(let bool): bool ? "true" : "false"
    case .integer(let integer): "\(integer)"
    case .number(let number): Self.spelled(number)
    case .string(let string): Self.spelled(string)
    case .array(let elements): "[" + elements.map(\.flow).joined(separator: ", ") + "]"
    case .object(let object):
      "{" + object.members.map { "\(Self.spelled($0.key)): \($0.value.flow)" }.joined(separator: ", ") + "}"
    }
  }

  private static func spelled(_ number: Double) -> String {
    if number.isNaN { return ".nan" }
    if number.isInfinite { return number < 0 ? "-.inf" : ".inf" }
    let text = number.description
    guard let exponent = text.firstIndex(of: "e"), !text.contains(".") else { return text }
    return text[..<exponent] + ".0" + text[exponent...]
  }

  /// Plain where no reader could take it for something else, quoted elsewhere.
  private static func spelled(_ text: String) -> String {
    func isWord(_ byte: UInt8) -> Bool {
      (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || byte == UInt8(ascii: "_")
    }
    func isInner(_ byte: UInt8) -> Bool {
      isWord(byte) || (0x30...0x39).contains(byte)
        || [UInt8(ascii: "-"), UInt8(ascii: "/"), UInt8(ascii: ".")].contains(byte)
    }
    let isPlain =
      text.utf8.first.map { isWord($0) || $0 == UInt8(ascii: "/") } ?? false && text.utf8.allSatisfy(isInner)
    // YAML 1.1 takes these for booleans.
    let isBoolean = ["y", "n", "yes", "no", "on", "off"].contains(text.lowercased())
    if isPlain && !isBoolean && YAMLValue.resolved(text) == .string(text) { return text }
    return quoted(text)
  }

  /// As in JSON; what a YAML reader would refuse or take for the end of a line is escaped as well.
  private static func quoted(_ text: String) -> String {
    var result = ""
    for scalar in JSONValue.string(text).compact().unicodeScalars {
      switch scalar.value {
      case 0x7F...0x9F, 0x2028, 0x2029, 0xFEFF, 0xFFFE, 0xFFFF:
        let hex = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
