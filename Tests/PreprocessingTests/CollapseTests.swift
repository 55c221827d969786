import PackedSequences
import Preprocessing
import Testing

@Suite struct `Collapsing the frames of a row` {
  /// By start: 7, 8, 3, 5.
  private static let frames = [RowRun(start: 7, count: 2), RowRun(start: 3, count: 1), RowRun(start: 5, count: 1)]

  @Test(arguments: [
    (Collapse.mean, [3, 5, 7, 8]), (.max, [3, 5, 7, 8]), (.first, [7]), (.last, [5]),
  ])
  func `takes rows in source order, or the first or last by start`(collapse: Collapse, expected: [Int]) {
    #expect(collapse.sources(Self.frames[...]).flatMap { Array($0.range) } == expected)
    #expect(collapse.sources([]) == [])
  }

  @Test func `takes the last of a run`() {
    #expect(Collapse.last.sources(Self.frames[..<1]) == [RowRun(start: 8, count: 1)])
    #expect(Collapse.mean.sources(Self.frames[..<1]) == [RowRun(start: 7, count: 2)])
  }

  @Test func `by maxima takes the greatest finite value of each dimension`() {
    var combined = CombinedFrames(dimension: 3, by: .max)
    let rows: [Float] = [-5, .nan, 2, -3, .infinity, .nan, -4, -.infinity, -.infinity]
    combined.add(rows.span, to: 1)
    let more: [Float] = [-3.5, .nan, 1]
    combined.add(more.span, to: 1)
    let found = combined.take(before: 3)
    #expect(found[3] == -3 && found[4].isNaN && found[5] == 2)
    #expect(found[..<3].allSatisfy { $0.isNaN } && found[6...].allSatisfy { $0.isNaN }, "frames without rows")
  }

  @Test func `adds several rows in their order`() {
    let rows: [Float] = [1, 0x1p60, 1, 1, 1, -0x1p60]
    var (at, single) = (CombinedFrames(dimension: 2), CombinedFrames(dimension: 2))
    at.add(rows.span, to: 0)
    for row in 0..<3 { single.add(rows.span.extracting(2 * row..<2 * row + 2), to: 0) }
    let found = at.take(before: 1)
    #expect(found == [1, 0] && single.take(before: 1) == found)
  }

  @Test(arguments: Collapse.allCases)
  func `of a single row gives the row`(collapse: Collapse) {
    var combined = CombinedFrames(dimension: 2, by: collapse)
    let row: [Float] = [-1.5, 0.1]
    combined.add(row.span, to: 0)
    #expect(combined.take(before: 1) == [-1.5, Double(Float(0.1))])
  }
}
