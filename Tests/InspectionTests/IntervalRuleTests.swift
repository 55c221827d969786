import ComputationalSequences
import Inspection
import Testing

@Suite struct `The rules about intervals` {
  private func counts(_ rows: [Example.Row]) throws -> [String: Int] {
    try inspect(Example([("a", rows)])).counts()
  }

  @Test func `find nothing where rows follow each other`() throws {
    #expect(try counts([(0, 1), (1, 2), (2.5, 3)]).isEmpty)
  }

  @Test func `count rows that begin before the one before`() throws {
    let report = try inspect(Example([("a", [(2, 3), (1, 2), (0, 1), (3, 4)])]))
    #expect(report.counts() == ["unsorted": 2])
    #expect(report.places(.unsorted).last == Place(entry: "a", row: 2, time: 0, detail: "row 1 begins at 1 s"))
  }

  @Test func `count neighbours by start that share more than the tolerance`() throws {
    let report = try inspect(Example([("a", [(4, 6), (0, 1.000009), (1, 2), (1.5, 4)])]))
    #expect(report.counts() == ["overlapping": 1, "unsorted": 1])
    #expect(report.places(.overlapping) == [Place(entry: "a", row: 3, time: 1.5, detail: "shares 0.5 s with row 2")])
    #expect(try counts([(0, 1.000011), (1, 2)]) == ["overlapping": 1])
  }

  @Test func `count rows too short to overlap anything`() throws {
    #expect(try counts([(0, 0), (1, 1.000009), (2, 2.000011)]) == ["zero-length": 2])
  }

  @Test func `count rows from before the video begins`() throws {
    let report = try inspect(Example([("a", [(-0.5, 0), (-0.0, 1)])]))
    #expect(report.counts() == ["negative-start": 1])
    #expect(report.places(.negativeStart) == [Place(entry: "a", row: 0, time: -0.5)])
  }

  @Test func `count intervals that are there again, but no label conflict without labels`() throws {
    let report = try inspect(Example([("a", [(0, 1), (5, 6), (0, 1), (0, 2), (0, 1)]), ("b", [(0, 1)])]))
    #expect(report.counts()["duplicate-interval"] == 2 && report.counts()["conflicting-labels"] == nil)
    #expect(report.places(.duplicateInterval).map(\.row) == [2, 4])
    #expect(report.places(.duplicateInterval).map(\.detail) == ["as row 0", "as row 0"])
  }

  @Test func `count labels that differ over one interval`() throws {
    var labels = Example("Opinion Segment Labels", [("a", [(0, 1), (0, 1), (2, 3), (2, 3), (4, 5), (4, 5)])])
    labels.entries[0].features = .float32([1, 2, 0.5, 0.5, .nan, .nan, .nan, .nan, 3, 1, 3, -1], columns: 2)
    let report = try inspect(labels)
    #expect(report.counts("Opinion Segment Labels")["duplicate-interval"] == 3)
    #expect(report.counts("Opinion Segment Labels")["conflicting-labels"] == 2)
    #expect(
      report.places(.conflictingLabels, "Opinion Segment Labels") == [
        Place(entry: "a", row: 1, column: 0, time: 0, detail: "0.5, but 1.0 in row 0"),
        Place(entry: "a", row: 5, column: 1, time: 4, detail: "-1.0, but 1.0 in row 4"),
      ])
  }

  @Test func `call an entry unfit that has an end before its start`() throws {
    let report = try inspect(Example([("a", [(1, 0)])]))
    #expect(report.counts() == ["unfit-entry": 1])
    #expect(report.places(.unfit) == [Place(entry: "a", detail: "row 0 has the interval [1.0, 0.0]")])
  }
}

@Suite struct `The rules about rates` {
  typealias Row = Example.Row

  private func rows(_ count: Int, step: Double, from start: Double = 0) -> [Row] {
    Example.rows(count, step: step, from: start)
  }

  @Test func `find nothing in regular frames, rounded to milliseconds or in any order`() throws {
    func milliseconds(_ frame: Int) -> Double { (Double(frame) * 1000 / 30).rounded() / 1000 }
    let rounded = (0..<900).map { row -> Row in (milliseconds(row), milliseconds(row + 1)) }
    #expect(try inspect(Example([("a", rounded), ("b", rounded)])).counts()["rate-change"] == nil)
    #expect(try inspect(Example([("a", rounded)])).counts()["gap"] == nil)
    let shuffled = Array(rounded[500...] + rounded[..<500])
    #expect(try inspect(Example([("a", shuffled)])).counts() == ["unsorted": 1])
  }

  @Test func `allow what Floats cannot say of a time`() throws {
    let frames = (0..<60_000).map { row -> Row in
      (Double(Float(row) / 100), Double(Float(row + 1) / 100))
    }
    let counts = try inspect(Example([("a", frames)])).counts()
    #expect(counts["rate-change"] == nil && counts["gap"] == nil)
    #expect(try inspect(Example([("a", frames), ("b", rows(40, step: 0.0103))])).counts()["rate-change"] == 1)
  }

  @Test func `find an entry of another rate`() throws {
    let report = try inspect(
      Example([("a", rows(90, step: 0.1)), ("b", rows(40, step: 0.125)), ("c", rows(90, step: 0.1))]))
    #expect(report.counts() == ["rate-change": 1])
    #expect(
      report.places(.rateChange) == [
        Place(entry: "b", row: 0, time: 0, detail: "8 rows a second, not 10, for 39 steps")
      ])
  }

  @Test func `find a rate that changes within an entry, which is no gap`() throws {
    let report = try inspect(Example([("a", rows(200, step: 0.05) + rows(50, step: 0.1, from: 10))]))
    #expect(report.counts() == ["rate-change": 1])
    #expect(report.places(.rateChange).first?.row == 200)
  }

  @Test func `allow 2 percent between entries`() throws {
    let near = Example([("a", rows(90, step: 0.1)), ("b", rows(40, step: 0.1019))])
    let far = Example([("a", rows(90, step: 0.1)), ("b", rows(40, step: 0.1021))])
    #expect(try inspect(near).counts().isEmpty)
    #expect(try inspect(far).counts() == ["rate-change": 1])
  }

  @Test func `find where frames are missing`() throws {
    let frames = rows(30, step: 0.1) + rows(30, step: 0.1, from: 5) + rows(30, step: 0.1, from: 8.2)
    let report = try inspect(Example([("a", frames)]))
    #expect(report.counts() == ["gap": 2])
    #expect(report.places(.gap).map(\.row) == [29, 59])
    #expect(report.places(.gap).first?.detail == "the next frame begins 2.1 s later, not 0.1 s")
  }

  @Test func `call a step of less than one and a half no gap`() throws {
    #expect(try inspect(Example([("a", rows(30, step: 0.1) + rows(30, step: 0.1, from: 3.04))])).counts().isEmpty)
    #expect(try inspect(Example([("a", rows(30, step: 0.1) + rows(30, step: 0.1, from: 3.06))])).counts() == ["gap": 1])
  }

  @Test func `have nothing to say of words, which come when they come`() throws {
    var start = 0.0
    let words = (0..<200).map { index -> Row in
      defer { start += [0.2, 0.35, 0.8, 0.1, 4][index % 5] }
      return (start, start + 0.1)
    }
    #expect(try inspect(Example([("a", words)])).counts().isEmpty)
    let labels = Example("Opinion Segment Labels", [("a", rows(30, step: 1) + rows(30, step: 1, from: 90))])
    #expect(try inspect(labels).counts("Opinion Segment Labels").isEmpty)
  }
}
