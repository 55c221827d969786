import JSONValues
import Testing

@Suite struct `JSON that is read` {
  @Test(
    arguments: [
      ("null", JSONValue.null), ("true", .bool(true)), ("false", .bool(false)), (" \t\r\n1 \t\r\n", .integer(1)),
      ("[]", .array([])), ("[ ]", .array([])), ("{}", .object([:])), ("{ }", .object([:])), ("\"\"", .string("")),
      ("[1]", .array([.integer(1)])), ("[1,[2],{}]", .array([.integer(1), .array([.integer(2)]), .object([:])])),
      ("{\"a\" : 1 , \"b\":[ ]}", ["a": .integer(1), "b": []]),
    ] as [(String, JSONValue)])
  func `gives its value`(text: String, value: JSONValue) throws { #expect(try JSONValue.parse(text) == value) }

  @Test(
    arguments: [
      ("0", 0), ("-0", 0), ("-1", -1), ("9223372036854775807", .max), ("-9223372036854775808", .min),
      ("9007199254740993", 9_007_199_254_740_993),
    ] as [(String, Int64)])
  func `keeps every integer of 64 bits`(text: String, integer: Int64) throws {
    #expect(try JSONValue.parse(text) == .integer(integer))
  }

  @Test(
    arguments: [
      ("9223372036854775808", 0x1p63), ("-9223372036854775809", -0x1p63), ("1.0", 1), ("-0.0", -0.0), ("1e0", 1),
      ("1E2", 100), ("1e-2", 0.01), ("1.5e+3", 1500), ("5e-324", .leastNonzeroMagnitude), ("1e-400", 0),
      ("1.7976931348623157e308", .greatestFiniteMagnitude), ("0.1", 0.1), ("100000000000000000000", 1e20),
      ("0.30000000000000004", 0.1 + 0.2),
    ] as [(String, Double)])
  func `reads any other number as a Double`(text: String, number: Double) throws {
    guard case .number(let found) = try JSONValue.parse(text) else {
      Issue.record("\(text) is no Double")
      return
    }
    #expect(found.bitPattern == number.bitPattern)
  }

  @Test(arguments: [
    (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{C}\n\r\t"), (#""\u0041\u00e9\u00E9\u20ac""#, "Aéé€"), (#""\u0000""#, "\0"),
    (#""\ud83d\ude00""#, "😀"), (#""\uD83D\uDE00!""#, "😀!"), (#""\ud800\udc00""#, "\u{10000}"),
    (#""\udbff\udfff""#, "\u{10FFFF}"), (#""\ud7ff\ue000""#, "\u{D7FF}\u{E000}"), ("\"é€😀\u{7F}\"", "é€😀\u{7F}"),
    ("\"\u{2028}\"", "\u{2028}"),
  ])
  func `reads escapes, surrogate pairs and plain UTF-8`(text: String, string: String) throws {
    let found = try #require(try JSONValue.parse(text).string)
    #expect(Array(found.unicodeScalars) == Array(string.unicodeScalars))
  }

  @Test func `keeps the order of members`() throws {
    let object = try #require(try JSONValue.parse(#"{"z":1,"a":2,"m":3}"#).object)
    #expect(object.keys == ["z", "a", "m"])
    #expect(object.members.map(\.value) == [.integer(1), .integer(2), .integer(3)])
  }

  @Test func `is seen through the accessors of its own kind only`() {
    let values: [JSONValue] = [.null, .bool(true), .integer(3), .number(2.5), .string("s"), [], [:]]
    #expect(values.map(\.bool) == [nil, true, nil, nil, nil, nil, nil])
    #expect(values.map(\.integer) == [nil, nil, 3, nil, nil, nil, nil])
    #expect(values.map(\.number) == [nil, nil, 3, 2.5, nil, nil, nil])
    #expect(values.map(\.string) == [nil, nil, nil, nil, "s", nil, nil])
    #expect(values.map { $0.array != nil } == [false, false, false, false, false, true, false])
    #expect(values.map { $0.object != nil } == [false, false, false, false, false, false, true])
    #expect(values.allSatisfy { $0["a"] == nil })
  }

  @Test func `members are set, replaced and removed, each keeping its place`() {
    var object: JSONObject = ["a": .integer(1), "b": .integer(2)]
    object["a"] = .integer(9)
    #expect(object.keys == ["a", "b"] && object["a"] == .integer(9))
    object["a"] = nil
    #expect(object.keys == ["b"] && object["a"] == nil)
    object["a"] = .null
    #expect(object.keys == ["b", "a"] && object["a"] == .null)
    object["none"] = nil
    #expect(object.keys == ["b", "a"])
  }
}
