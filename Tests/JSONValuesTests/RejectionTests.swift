import JSONValues
import Testing

@Suite struct `JSON that is refused` {
  private func refusal(_ text: String) -> JSONError? { refusal(Array(text.utf8)) }

  private func refusal(_ bytes: [UInt8]) -> JSONError? {
    do {
      _ = try JSONValue.parse(bytes)
      return nil
    } catch { return error }
  }

  @Test(arguments: [
    ("", 0), (" \n\t\r", 4), ("[", 1), ("[1", 2), ("[1,", 3), ("{", 1), ("{\"a\"", 4), ("{\"a\":", 5), ("{\"a\":1", 6),
    ("{\"a\":1,", 7), ("\"", 1), ("\"a", 2), ("\"\\", 2), ("\"\\u", 3), ("\"\\u00e", 3), ("tru", 3), ("n", 1),
  ])
  func `text that ends in the middle`(text: String, offset: Int) {
    #expect(refusal(text) == JSONError(offset: offset, problem: .unexpectedEnd))
  }

  @Test(arguments: [
    ("x", 0), ("[1 2]", 3), ("[,]", 1), ("[1,]", 3), ("{,}", 1), ("{\"a\":1,}", 7), ("{a:1}", 1), ("{1:1}", 1),
    ("{\"a\" 1}", 5), ("{\"a\":}", 5), ("'a'", 0), ("True", 0), ("tRue", 1), ("nul1", 3), ("+1", 0), (".5", 0),
    ("NaN", 0), ("Infinity", 0), ("]", 0), ("[}", 1), ("/**/1", 0), ("\u{FEFF}1", 0), ("\u{C}1", 0),
  ])
  func `bytes that have no place there`(text: String, offset: Int) {
    let byte = Array(text.utf8)[offset]
    #expect(refusal(text) == JSONError(offset: offset, problem: .unexpectedByte(byte)))
  }

  @Test(arguments: [
    ("-", 1), ("--1", 1), ("-a", 1), ("00", 2), ("01", 2), ("-01", 3), ("1.", 2), ("1.e5", 2), ("1e", 2), ("1e+", 3),
    ("1E-", 3), ("1e+-1", 3), ("1e400", 5), ("-1e400", 6), ("[1.]", 3),
  ])
  func `numbers that JSON does not spell, or a Double does not hold`(text: String, offset: Int) {
    #expect(refusal(text) == JSONError(offset: offset, problem: .invalidNumber))
  }

  @Test(arguments: [
    #""\x""#, #""\'""#, #""\0""#, #""\U0041""#, #""\u00g0""#, #""\u+041""#, #""\u 041""#, #""\ud800""#, #""\ud800x""#,
    #""\ud800\n""#, #""\ud800\ud800""#, #""\ud800\u0041""#, #""\udc00""#, #""\udc00\ud800""#,
  ])
  func `escapes that mean nothing, lone surrogates among them`(text: String) {
    #expect(refusal(text)?.problem == .invalidEscape)
  }

  @Test(
    arguments: [
      [0xFF], [0xC3], [0xC3, 0x28], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0x80],
      [0xE2, 0x82], [0xF0, 0x9F, 0x98],
    ] as [[UInt8]])
  func `strings that are not UTF-8`(bytes: [UInt8]) {
    let quote = UInt8(ascii: "\"")
    #expect(refusal([quote] + bytes + [quote]) == JSONError(offset: 0, problem: .invalidUTF8))
    let key = Array("{\"a\":1,\"".utf8) + bytes + Array("\":1}".utf8)
    #expect(refusal(key) == JSONError(offset: 7, problem: .invalidUTF8))
  }

  @Test func `control characters in a string`() {
    for byte in UInt8(0)..<0x20 {
      let quote = UInt8(ascii: "\"")
      #expect(refusal([quote, 0x61, byte, quote]) == JSONError(offset: 2, problem: .controlCharacter), "\(byte)")
    }
  }

  @Test(arguments: [
    (#"{"a":1,"a":1}"#, "a", 7), (#"{"":1,"":2}"#, "", 6), (#"[{"x":{"b":1,"c":2, "b":3}}]"#, "b", 20),
    (#"{"a":1,"\u0061":2}"#, "a", 7),
  ])
  func `a key that is there twice`(text: String, key: String, offset: Int) {
    #expect(refusal(text) == JSONError(offset: offset, problem: .duplicateKey(key)))
  }

  @Test(arguments: [1, 2, 127, 128, 129, 1000, 1_000_000])
  func `nesting beyond the limit`(depth: Int) {
    let text = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
    if depth <= JSONValue.greatestDepth {
      #expect(refusal(text) == nil)
    } else {
      #expect(refusal(text) == JSONError(offset: 128, problem: .tooDeep))
    }
    let objects = String(repeating: "{\"a\":", count: depth) + "1" + String(repeating: "}", count: depth)
    #expect(refusal(objects)?.problem == (depth < JSONValue.greatestDepth ? nil : .tooDeep))
  }

  @Test(arguments: [("1 2", 2), ("{}{}", 2), ("null,", 4), ("\"a\"\0", 3), ("1.5.2", 3), ("1-", 1)])
  func `bytes after the end`(text: String, offset: Int) {
    #expect(refusal(text) == JSONError(offset: offset, problem: .trailingBytes))
  }

  @Test(arguments: [
    (JSONError.Problem.unexpectedEnd, "the text ends in the middle"), (.unexpectedByte(0x1B), "unexpected byte 0x1b"),
    (.invalidNumber, "invalid number"), (.invalidEscape, "invalid escape sequence"), (.invalidUTF8, "invalid UTF-8"),
    (.controlCharacter, "unescaped control character in a string"),
    (.duplicateKey("k"), "the key \"k\" appears twice"), (.tooDeep, "nested deeper than 128 levels"),
    (.trailingBytes, "bytes after the end of the document"),
  ])
  func `is described with its place`(problem: JSONError.Problem, text: String) {
    #expect(JSONError(offset: 7, problem: problem).description == "not valid JSON at byte 7: \(text)")
  }

  @Test func `every prefix of a document is refused, without a crash`() {
    let text = Array(#"{"a":[1,-2.5e+3,"x\u00e9\n",true,false,null],"b":{"c":"\ud83d\ude00"}}"#.utf8)
    for length in 0..<text.count { #expect(refusal(Array(text[..<length])) != nil, "\(length) bytes") }
    #expect(refusal(text) == nil)
  }
}
