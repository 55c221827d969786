import CSVValues
import Testing

@Suite struct `Comma-separated values` {
  /// A text, and the records that it holds, each with the line that it begins in.
  static let readings: [(text: String, records: [(line: Int, fields: [String])])] = [
    ("a", [(1, ["a"])]), ("a,b\n", [(1, ["a", "b"])]), ("a,\r\n", [(1, ["a", ""])]), ("\"\"\n", [(1, [""])]),
    ("", []), ("\n\n", []), ("\u{FEFF}", []),
    ("\"a,\"\"b\"\"\n\",c\nd", [(1, ["a,\"b\"\n", "c"]), (3, ["d"])]),
    ("a\r\n\r\nb\r\n", [(1, ["a"]), (3, ["b"])]), ("a\rb\r", [(1, ["a"]), (2, ["b"])]),
    ("\"a\r\n\"\r\nb", [(1, ["a\r\n"]), (3, ["b"])]),
    ("\u{FEFF}a,\u{FEFF}b\n", [(1, ["a", "\u{FEFF}b"])]), ("\u{FEFF}\"a\",b", [(1, ["a", "b"])]),
    ("a\"b\",\"c\"d\",\"\"\"\"", [(1, ["a\"b\"", "cd\"", "\""])]),
    ("é,\"ö\"", [(1, ["é", "ö"])]), (",", [(1, ["", ""])]),
  ]

  @Test(arguments: readings)
  func `are read however the file is cut`(text: String, records: [(line: Int, fields: [String])]) throws {
    for cut in 0...text.utf8.count {
      var reader = CSVReader()
      var found = try reader.read(text.utf8.prefix(cut)) + reader.read(text.utf8.dropFirst(cut))
      if let last = try reader.finish() { found.append(last) }
      #expect(found.map(\.line) == records.map(\.line), "cut at \(cut)")
      #expect(found.map(\.fields) == records.map(\.fields), "cut at \(cut)")
    }
  }

  @Test func `name the line of a quote that is never closed`() throws {
    var reader = CSVReader()
    #expect(try reader.read("a\nb,\"c\nd\n".utf8).count == 1)
    #expect(throws: CSVError.openQuote(line: 2)) { try reader.finish() }
  }

  @Test func `name the line of what is no text`() {
    var reader = CSVReader()
    #expect(throws: CSVError.notUTF8(line: 2)) { try reader.read([UInt8]("a\n".utf8) + [0xFF, 0x0A]) }
  }

  @Test(arguments: [
    (["a", "b c", ""], "a,b c,\n"),
    (
      ["a,b", "\"", "x\ny", "\r", " a", "a "],
      ##""a,b","""","x\##ny","\##r"," a","a "\##n"##
    ),
  ])
  func `are written so that they read back`(fields: [String], text: String) throws {
    #expect(CSVLine.text(fields) == text)
    var reader = CSVReader()
    #expect(try reader.read(text.utf8).map(\.fields) == [fields])
  }

  @Test func `write numbers in full`() {
    #expect(CSVLine.number(Float(0.1)) == "0.1")
    #expect(CSVLine.number(0.1 + 0.2) == "0.30000000000000004")
    #expect(CSVLine.number(nil as Double?) == "")
  }
}
