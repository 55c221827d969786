/// Why a text is not a JSON document.
public struct JSONError: Error, Equatable, Sendable, CustomStringConvertible {
  public enum Problem: Equatable, Sendable {
    case unexpectedEnd
    case unexpectedByte(UInt8)
    case invalidNumber
    case invalidEscape
    case invalidUTF8
    case controlCharacter
    case duplicateKey(String)
    case tooDeep
    case trailingBytes
  }

  /// Where it went wrong, in bytes from the start of the text.
  public let offset: Int
  public let problem: Problem

  package init(offset: Int, problem: Problem) {
    self.offset = offset
    self.problem = problem
  }

  public var description: String {
    let what =
      switch problem {
      case .unexpectedEnd: "the text ends in the middle"
      case .unexpectedByte(let byte): "unexpected byte 0x\(String(byte, radix: 16))"
      case .invalidNumber: "invalid number"
      case .invalidEscape: "invalid escape sequence"
      case .invalidUTF8: "invalid UTF-8"
      case .controlCharacter: "unescaped control character in a string"
      case .duplicateKey(let key): "the key \"\(key)\" appears twice"
      case .tooDeep: "nested deeper than \(JSONValue.greatestDepth) levels"
      case .trailingBytes: "bytes after the end of the document"
      }
    return "not valid JSON at byte \(offset): \(what)"
  }
}
