import JSONValues
import Testing

@testable import YAMLValues

@Suite struct `A YAML document` {
  private static func json(_ text: String) throws -> JSONValue? { try YAMLValue.parse(text)?.json() }

  /// YAML, and JSON of the same value.
  static let readings: [(yaml: String, json: String)] = [
    ("12", "12"), ("-3", "-3"), ("+3", "3"), ("0x1F", "31"), ("0o17", "15"), ("010", "10"), ("1e-3", "0.001"),
    ("1.0e-3", "0.001"), (".5", "0.5"), ("5.", "5.0"), ("1e2", "1e2"), ("18446744073709551616", "18446744073709551616"),
    ("true", "true"), ("False", "false"), ("yes", #""yes""#), ("1_000", #""1_000""#), ("1e", #""1e""#), (".", #"".""#),
    ("0x", #""0x""#), ("0x-1", #""0x-1""#), ("12 a", #""12 a""#), ("'12'", #""12""#), (#""true""#, #""true""#),
    ("text, audio", #""text, audio""#), ("-", "[null]"), ("[text, 1]", #"["text",1]"#),
    ("a: {b: [1, null]}", #"{"a":{"b":[1,null]}}"#), ("a:", #"{"a":null}"#),
    ("a: &x [1]\nb: *x", #"{"a":[1],"b":[1]}"#),
  ]

  @Test(arguments: readings) func `is read as YAML's core schema says`(yaml: String, json: String) throws {
    #expect(try Self.json(yaml) == JSONValue.parse(json))
  }

  @Test func `may hold what JSON cannot`() throws {
    #expect(try Self.json("-.inf") == .number(-.infinity))
    #expect(try Self.json("+.Inf") == .number(.infinity))
    #expect(try Self.json(".nan")?.number?.isNaN == true)
  }

  @Test(arguments: ["", "# nothing", "~", "null", "---"]) func `may hold nothing`(text: String) throws {
    #expect(try Self.json(text) == nil)
  }

  @Test func `keeps the text and the line of a scalar`() throws {
    let value = try #require(try YAMLValue.parse("a: 1\nb: 050\n"))
    guard case .mapping(let members) = value.content else {
      Issue.record("\(value)")
      return
    }
    #expect(members.map(\.key.text) == ["a", "b"] && members.map(\.value.text) == ["1", "050"])
    #expect(members.map(\.value.line) == [1, 2])
  }

  @Test(arguments: [
    ("a: [", "line "), ("a: 1\na: 2", "there twice"), ("? [1]\n: 2", "line 1: a key is not a single value"),
    ("a: *nobody", "line 1"),
  ]) func `that is broken is refused with the place`(text: String, fragment: String) throws {
    let error = try #require(throws: YAMLError.self) { try Self.json(text) }
    #expect(error.description.contains(fragment))
  }

  static let trees: [JSONValue] = [
    ["a": .null, "b": ["c": .bool(true), "d": JSONValue([1, 2]), "e": [:]], "f": .array([])],
    ["words": JSONValue(["yes", "No", "null", "1.5", "1e3", "", " a", "a: b", "# c", "text", "runs/x-1.y", "~", "-"])],
    ["numbers": JSONValue([0.001, 1e-6, 1e300, -2.5, 1, 1e16, .infinity])],
    ["{order}": "HierarchicalFusion-{order_name}", "line": "a\nb\t\"c\" \\ \u{85}\u{2028}\u{7F}\u{FEFF}é🙂"],
    ["deep": ["deeper": ["deepest": .array(["x", ["y": .array([.integer(1)])]])]]],
    "alone", .array([.integer(1), "b"]),
  ]

  @Test(arguments: trees) func `is written so that it reads back the same`(tree: JSONValue) throws {
    #expect(try Self.json(tree.yaml()) == tree)
  }

  @Test func `is written as people write it`() {
    let tree: JSONValue = [
      "name": "grf-1", "model": ["d_model": .integer(64), "dropout": .number(0.2)],
      "training": ["learning_rate": .number(1e-6)], "data": ["order": JSONValue(["text", "audio"]), "flag": "no"],
    ]
    #expect(
      tree.yaml() == """
        name: grf-1
        model:
          d_model: 64
          dropout: 0.2
        training:
          learning_rate: 1.0e-06
        data:
          order: [text, audio]
          flag: "no"

        """)
  }
}
