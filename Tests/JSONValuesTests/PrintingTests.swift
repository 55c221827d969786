import JSONValues
import Testing

@Suite struct `JSON that is printed` {
  private let sample: JSONValue = [
    "z": ["b": .init([1, 2]), "a": .null], "rows": [.init([1.5, -0.25]), .init([Double]())], "e": [:], "t": .bool(true),
  ]

  @Test func `compactly, has no spaces`() {
    #expect(
      sample.compact() == #"{"z":{"b":[1,2],"a":null},"rows":[[1.5,-0.25],[]],"e":{},"t":true}"#)
  }

  @Test func `canonically, has its members in UTF-8 order at every level`() {
    #expect(
      sample.compact(sortingKeys: true) == #"{"e":{},"rows":[[1.5,-0.25],[]],"t":true,"z":{"a":null,"b":[1,2]}}"#)
    let order: JSONValue = [
      "é": .null, "a": .null, "Z": .null, "aa": .null, "": .null, "\u{10000}": .null, "\u{FFFD}": .null,
    ]
    #expect(
      order.compact(sortingKeys: true)
        == "{\"\":null,\"Z\":null,\"a\":null,\"aa\":null,\"é\":null,\"\u{FFFD}\":null,\"\u{10000}\":null}")
  }

  @Test func `prettily, indents by two, with arrays of scalars on one line`() {
    #expect(
      sample.pretty() == """
        {
          "z": {
            "b": [1, 2],
            "a": null
          },
          "rows": [
            [1.5, -0.25],
            []
          ],
          "e": {},
          "t": true
        }
        """)
    #expect(JSONValue.array([]).pretty() == "[]" && JSONValue.object([:]).pretty() == "{}")
  }

  @Test(
    arguments: [
      (0.1, "0.1"), (1, "1.0"), (-0.0, "-0.0"), (1e16, "1e+16"), (123_456_789, "123456789.0"), (1e-5, "1e-05"),
      (.leastNonzeroMagnitude, "5e-324"), (.greatestFiniteMagnitude, "1.7976931348623157e+308"),
      (0.1 + 0.2, "0.30000000000000004"),
      (1.0 / 3, "0.3333333333333333"),
    ] as [(Double, String)])
  func `spells a Double with the fewest digits that read back the same`(number: Double, text: String) {
    #expect(JSONValue.number(number).compact() == text)
  }

  @Test(arguments: [Double.nan, .infinity, -.infinity])
  func `spells what JSON has no number for as null`(number: Double) {
    #expect(JSONValue.number(number).compact() == "null")
    #expect(JSONValue(Double?.none).compact() == "null")
  }

  @Test func `escapes quotes, backslashes and control characters, and nothing else`() {
    #expect(
      JSONValue.string("\"\\/\n\r\t\u{8}\u{1F}\u{7F}é😀\u{2028}").compact() == #""\"\\/\n\r\t\u0008\u001f\u007fé😀"#
        + "\u{2028}\"")
    #expect(JSONValue.object(["\n": .null]).compact() == #"{"\n":null}"#)
  }

  @Test func `reads back as it was, in every form`() throws {
    let every = String(String.UnicodeScalarView((UInt32(0)...0x2FF).compactMap(Unicode.Scalar.init)))
    let values: [JSONValue] = [
      .null, .bool(false), .integer(.min), .integer(.max), .integer(0), .number(-0.0), .number(1e300), .number(0.1),
      .number(.leastNonzeroMagnitude), .string(every), .string("\u{10FFFF}\u{FFFF}\0"), sample, [], [:],
      [[], [:], [[[]]]],
    ]
    for value in values + [.array(values)] {
      for text in [value.compact(), value.compact(sortingKeys: true), value.pretty()] {
        let found = try JSONValue.parse(text)
        #expect(found.compact(sortingKeys: true) == value.compact(sortingKeys: true))
      }
      #expect(try JSONValue.parse(value.compact()).compact() == value.compact())
      #expect(try JSONValue.parse(value.pretty()).pretty() == value.pretty())
    }
  }

  @Test func `reads back every Double bit for bit`() throws {
    var bits: UInt64 = 0x9E37_79B9_7F4A_7C15
    for _ in 0..<20_000 {
      bits = bits &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let number = Double(bitPattern: bits)
      guard number.isFinite else { continue }
      let found = try JSONValue.parse(JSONValue.number(number).compact())
      guard found == .number(number) else {
        Issue.record("\(number) came back as \(found)")
        return
      }
    }
  }
}
