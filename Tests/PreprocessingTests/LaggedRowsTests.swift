import PackedSequences
import Preprocessing
import Testing

@Suite struct `Rows whose values come too late` {
  /// By start, ties by row: 0, 2, 1, 3, 4; rows 1 and 6 are empty. Two entries, of five rows and two, around one of none.
  private func sources(_ lag: Int) -> [Int] {
    let lagged = LaggedRows(
      lag: lag, entries: [5, 0, 2], starts: [0, 1, 0, 1, 2, 0, 1], isEmpty: { [1, 6].contains($0) })
    return (0..<lagged.count).map { lagged[$0] }
  }

  @Test(arguments: [
    (0, [0, 1, 2, 3, 4, 5, 6]), (1, [2, 1, 3, 4, 7, 7, 6]), (2, [3, 1, 4, 7, 7, 7, 6]), (-1, [7, 1, 0, 2, 3, 7, 6]),
    (4, [7, 1, 7, 7, 7, 7, 6]), (1000, [7, 1, 7, 7, 7, 7, 6]), (-1000, [7, 1, 7, 7, 7, 7, 6]),
  ])
  func `take those of others of their entry, by start, past the empty ones`(lag: Int, expected: [Int]) {
    #expect(sources(lag) == expected)
  }

  @Test func `are none where there are none`() {
    #expect(LaggedRows(lag: 1, entries: [], starts: [], isEmpty: { _ in false }).count == 0)
  }

  private func run(_ start: Int, _ count: Int, _ frame: Int) -> FrameRun {
    FrameRun(rows: RowRun(start: start, count: count), frame: frame)
  }

  @Test func `become the rows of frames, whose times stay`() {
    let lagged = LaggedRows(lag: 1, entries: [6], starts: [0, 1, 2, 3, 4, 5], isEmpty: { $0 == 2 })
    var frames = SampleFrames()
    (frames.runs, frames.count, frames.times) = ([run(0, 3, 0), run(4, 2, 3)], 5, Array(repeating: 1, count: 10))
    let moved = lagged.applied(to: frames, areCombined: false)
    #expect(moved.runs == [run(1, 1, 0), run(3, 1, 1), run(2, 1, 2), run(5, 2, 3)])
    #expect(moved.count == 5 && moved.times == frames.times)
    // One frame of three rows, one of two.
    let averages = lagged.applied(to: frames, areCombined: true)
    #expect(averages.runs == [run(1, 1, 0), run(3, 1, 0), run(2, 1, 0), run(5, 2, 3)])
  }
}
