import ComputationalSequences
import Inspection
import Testing

@Suite struct `The rules about values` {
  /// Rows that no rule has anything to say of: columns that change, and differ.
  private func plain(_ rows: Int, columns: Int) -> [Float] {
    (0..<rows * columns).map { Float($0 + 1) }
  }

  @Test func `find nothing in plain values`() throws {
    let report = try inspect(Example(values: [("a", .float32(plain(30, columns: 3), columns: 3))]))
    #expect(report.counts().isEmpty && report.sequences.count == 1)
    #expect(report.sequences[0].rows == 30 && report.sequences[0].columns == 3 && report.sequences[0].entries == 1)
  }

  @Test(arguments: [(Float.nan, Rule.nan), (.infinity, .positiveInfinity), (-.infinity, .negativeInfinity)])
  func `count what is not finite`(value: Float, rule: Rule) throws {
    var values = plain(30, columns: 3)
    for index in [4, 5, 10, 40, 50, 60, 89] { values[index] = value }
    let report = try inspect(
      Example(values: [("a", .float32(plain(2, columns: 3), columns: 3)), ("b", .float32(values, columns: 3))]))
    #expect(report.counts() == [rule.rawValue: 7])
    let places = report.places(rule)
    #expect(places.count == Finding.keptPlaces)
    #expect(places.first == Place(entry: "b", row: 1, column: 1, time: 0.125))
    #expect(places.map(\.row) == [1, 1, 3, 13, 16])
  }

  @Test(arguments: [SequenceWriter.Storage(), .init(.oneChunk, gzip: 4, fletcher32: true)])
  func `count Doubles beyond Floats, which are infinite then`(storage: SequenceWriter.Storage) throws {
    var values = plain(20, columns: 2).map { Double($0) }
    (values[7], values[12], values[13], values[20]) = (1e300, -1e39, 1e39, .infinity)
    let report = try inspect(Example(values: [("a", .float64(values, columns: 2))]), storage: storage)
    #expect(report.counts() == ["f32-overflow": 3, "posinf": 3, "neginf": 1])
    #expect(report.places(.overflow).map(\.row) == [3, 6] && report.places(.overflow).map(\.column) == [1, 0])
  }

  @Test func `count sentiments beyond 3, and emotions beyond 0 to 3`() throws {
    let published: [Float] = [3, 0, 0, 0, 0, 0, 3, -3.5, 3.5, 0, -0.5, 0, 0, 0, .nan, 0, 0, 0, 0, 0, 0]
    let report = try inspect(Example("All Labels", values: [("a", .float32(published, columns: 7))], names: []))
    #expect(report.counts("All Labels")["label-range"] == 3)
    #expect(
      report.places(.labelRange, "All Labels").map { "\($0.row ?? -1) \($0.column ?? -1) \($0.detail ?? "")" } == [
        "1 0 sentiment is -3.5", "1 1 happy is 3.5", "1 3 anger is -0.5",
      ])
    let named = try inspect(
      Example("my labels", values: [("a", .float32([5, 4, -9, 2.5], columns: 2))], names: ["Confidence", "Sentiment"]))
    #expect(named.places(.labelRange, "my labels").map(\.detail) == ["Sentiment is 4"])
    let single = try inspect(
      Example("Opinion Segment Labels", values: [("a", .float32([3, 3.25], columns: 1))], names: []))
    #expect(single.counts("Opinion Segment Labels")["label-range"] == 1)
    #expect(try inspect(Example(values: [("a", .float32([9, 8], columns: 1))])).counts()["label-range"] == nil)
  }

  @Test func `count frames of zeros, of either sign, but not with a NaN`() throws {
    var values = plain(10, columns: 2)
    (values[4], values[5], values[8], values[9]) = (0, -0.0, 0, .nan)
    (values[12], values[13]) = (0, 1)
    let features = SequenceWriter.Features.float32(values, columns: 2)
    let report = try inspect(
      Example(values: [("a", features)]), Example("Opinion Segment Labels", values: [("a", features)]))
    #expect(report.counts() == ["zero-frames": 1, "nan": 1])
    #expect(report.places(.zeroFrames) == [Place(entry: "a", row: 2, time: 0.25)])
    #expect(report.counts("Opinion Segment Labels") == ["nan": 1])
  }

  @Test(arguments: [
    SequenceWriter.Features.fixedStrings(["a", "sp", "", "spa", "b"], width: 6),
    .variableStrings(["a", "sp", "", "spa", "b"]),
  ])
  func `count tokens that say nothing`(features: SequenceWriter.Features) throws {
    let report = try inspect(Example(values: [("a", features)]))
    #expect(report.counts() == ["zero-frames": 2] && report.places(.zeroFrames).map(\.row) == [1, 2])
    #expect(report.sequences[0].holdsTokens)
  }

  @Test func `find constant dimensions over all entries`() throws {
    // Column 0 constant, 1 constant but for what is not finite, 2 constant by entry only, 3 without a finite value.
    func rows(_ third: Float) -> [Float] {
      [7, 5, third, .nan, 7, .nan, third, .infinity, 7, 5, third, .nan]
    }
    let report = try inspect(
      Example(values: [("a", .float32(rows(1), columns: 4)), ("b", .float32(rows(2), columns: 4))]))
    #expect(report.counts()["constant-dimension"] == 3)
    #expect(report.places(.constantDimension).map(\.column) == [0, 1, 3])
    #expect(
      report.places(.constantDimension).map(\.detail)
        == ["\"c0\", always 7.0", "\"c1\", always 5.0", "\"c3\", no finite value"])
  }

  @Test func `do not call a single row constant`() throws {
    #expect(try inspect(Example(values: [("a", .float32([1, 2], columns: 2))])).counts().isEmpty)
  }

  @Test func `find dimensions that repeat another in every row of every entry`() throws {
    // Columns 1 and 4 repeat 0; 3 repeats 2; 5 repeats 0 in the first entry and 2 in the second.
    func rows(_ last: (Float, Float) -> Float) -> [Float] {
      (0..<20).flatMap { row -> [Float] in
        let (a, b) = (Float(row), row == 9 ? Float.nan : Float(100 - row))
        return [a, a, b, b, a, last(a, b)]
      }
    }
    let report = try inspect(
      Example(values: [
        ("a", .float32(rows { a, _ in a }, columns: 6)), ("b", .float32(rows { _, b in b }, columns: 6)),
      ]))
    #expect(report.counts()["duplicate-dimension"] == 3 && report.counts()["constant-dimension"] == nil)
    #expect(report.places(.duplicateDimension).map(\.column) == [1, 3, 4])
    #expect(
      report.places(.duplicateDimension).map(\.detail) == [
        "\"c1\", as column 0", "\"c3\", as column 2", "\"c4\", as column 0",
      ])
  }

  @Test func `tell dimensions apart that differ in the last row only`() throws {
    var values = (0..<2000).flatMap { row in [Float(row), Float(row), Float(row)] }
    values[values.count - 1] = 0.5
    let report = try inspect(
      Example(values: [("a", .float32(values, columns: 3))]), storage: .init(.chunked(rows: 100), gzip: 1))
    #expect(report.counts() == ["zero-frames": 1, "duplicate-dimension": 1])
    #expect(report.places(.duplicateDimension).map(\.column) == [1])
  }
}
