extension JSONValue {
  /// Documents nested deeper are refused, so that a hostile one cannot exhaust the stack.
  public static let greatestDepth = 128

  /// Parses a whole document, strictly by RFC 8259; an object that names a key twice is refused as well.
  public static func parse(_ text: some Sequence<UInt8>) throws(JSONError) -> JSONValue {
    var parser = Parser(bytes: Array(text))
    let value = try parser.value(depth: 0)
    parser.skipSpace()
    guard parser.position == parser.bytes.count else { throw parser.error(.trailingBytes) }
    return value
  }

  public static func parse(_ text: String) throws(JSONError) -> JSONValue { try parse(text.utf8) }
}

private struct Parser {
  let bytes: [UInt8]
  var position = 0

  func error(_ problem: JSONError.Problem) -> JSONError { JSONError(offset: position, problem: problem) }

  /// The error for the byte at hand, or for the end of the text.
  var unexpected: JSONError {
    error(position < bytes.count ? .unexpectedByte(bytes[position]) : .unexpectedEnd)
  }

  var next: UInt8? { position < bytes.count ? bytes[position] : nil }

  mutating func skipSpace() {
    while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
  }

  mutating func expect(_ character: Unicode.Scalar) throws(JSONError) {
    guard next == UInt8(ascii: character) else { throw unexpected }
    position += 1
  }

  mutating func accept(_ character: Unicode.Scalar) -> Bool {
    guard next == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  mutating func word(_ word: StaticString, _ value: JSONValue) throws(JSONError) -> JSONValue {
    for scalar in word.description.unicodeScalars { try expect(scalar) }
    return value
  }

  mutating func value(depth: Int) throws(JSONError) -> JSONValue {
    guard depth < JSONValue.greatestDepth else { throw error(.tooDeep) }
    skipSpace()
    guard let byte = next else { throw unexpected }
    switch byte {
    case UInt8(ascii: "{"): return try object(depth: depth)
    case UInt8(ascii: "["): return try array(depth: depth)
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
    default: throw unexpected
    }
  }

  mutating func object(depth: Int) throws(JSONError) -> JSONValue {
    var object = JSONObject()
    try expect("{")
    skipSpace()
    if accept("}") { return .object(object) }
    repeat {
      skipSpace()
      let start = position
      let key = try string()
      guard object[key] == nil else { throw JSONError(offset: start, problem: .duplicateKey(key)) }
      skipSpace()
      try expect(":")
      object[key] = try value(depth: depth + 1)
      skipSpace()
    } while accept(",")
    try expect("}")
    return .object(object)
  }

  mutating func array(depth: Int) throws(JSONError) -> JSONValue {
    var elements: [JSONValue] = []
    try expect("[")
    skipSpace()
    if accept("]") { return .array(elements) }
    repeat {
      elements.append(try value(depth: depth + 1))
      skipSpace()
    } while accept(",")
    try expect("]")
    return .array(elements)
  }

  mutating func digits() throws(JSONError) {
    let start = position
    while let byte = next, (0x30...0x39).contains(byte) { position += 1 }
    guard position > start else { throw error(.invalidNumber) }
  }

  mutating func number() throws(JSONError) -> JSONValue {
    let start = position
    var isInteger = true
    _ = accept("-")
    let first = position
    try digits()
    if bytes[first] == UInt8(ascii: "0") && position > first + 1 { throw error(.invalidNumber) }
    if accept(".") {
      isInteger = false
      try digits()
    }
    if accept("e") || accept("E") {
      isInteger = false
      if !accept("+") { _ = accept("-") }
      try digits()
    }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    if isInteger, let integer = Int64(text) { return .integer(integer) }
    guard let number = Double(text), number.isFinite else { throw error(.invalidNumber) }
    return .number(number)
  }

  mutating func string() throws(JSONError) -> String {
    let start = position
    try expect("\"")
    var content: [UInt8] = []
    while true {
      guard let byte = next else { throw error(.unexpectedEnd) }
      switch byte {
      case UInt8(ascii: "\""):
        position += 1
        guard let string = String(validating: content, as: UTF8.self) else {
          throw JSONError(offset: start, problem: .invalidUTF8)
        }
        return string
      case UInt8(ascii: "\\"):
        position += 1
        content.append(contentsOf: String(try escape()).utf8)
      case 0..<0x20: throw error(.controlCharacter)
      default:
        content.append(byte)
        position += 1
      }
    }
  }

  mutating func escape() throws(JSONError) -> Unicode.Scalar {
    guard let byte = next else { throw error(.unexpectedEnd) }
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{C}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"):
      let high = try hex()
      if let scalar = Unicode.Scalar(high) { return scalar }
      guard high < 0xDC00, accept("\\"), accept("u") else { throw error(.invalidEscape) }
      let low = try hex()
      guard (0xDC00..<0xE000).contains(low),
        let scalar = Unicode.Scalar(0x10000 + (high - 0xD800) << 10 + (low - 0xDC00))
      else { throw error(.invalidEscape) }
      return scalar
    default: throw error(.invalidEscape)
    }
  }

  mutating func hex() throws(JSONError) -> UInt32 {
    guard position + 4 <= bytes.count else { throw error(.unexpectedEnd) }
    var value: UInt32 = 0
    for byte in bytes[position..<position + 4] {
      guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue, byte < 0x80 else { throw error(.invalidEscape) }
      value = value << 4 | UInt32(digit)
    }
    position += 4
    return value
  }
}
