import PackedSequences
import Preprocessing
import Testing

@Suite struct `Planning frames` {
  /// Rows of a strip and a sample that holds some of them.
  private struct Strip {
    var starts: [Double]
    var ends: [Double]
    /// By start, ties by row, as the planner wants them.
    var rows: [RowRun] {
      var runs: [RowRun] = []
      for row in starts.indices.sorted(by: { (starts[$0], $0) < (starts[$1], $1) }) { runs.append(row: row) }
      return runs
    }

    init(_ intervals: [(Double, Double)]) {
      starts = intervals.map(\.0)
      ends = intervals.map(\.1)
    }

    /// Rows of a quarter of a second, from 0 on.
    static func quarters(_ count: Int) -> Strip { Strip((0..<count).map { (Double($0) / 4, Double($0 + 1) / 4) }) }

    func frames(
      from start: Double, to end: Double, zero: Set<Int> = [], _ change: (inout FrameRules) -> Void = { _ in }
    ) -> SampleFrames {
      var rules = FrameRules()
      change(&rules)
      return FramePlanner(rules: rules, start: start, end: end)
        .frames(of: rows, starts: starts, ends: ends, isZero: { zero.contains($0) })
    }
  }

  /// Each row with its frame: of its own where there are as many frames as rows, shared with its run otherwise.
  private func pairs(_ frames: SampleFrames) -> [[Int]] {
    let isAverage = frames.runs.map(\.rows).rowCount > frames.count
    return frames.runs.flatMap { run in
      run.rows.range.map { [$0, isAverage ? run.frame : run.frame + $0 - run.rows.start] }
    }
  }

  // MARK: Frames as they are

  @Test func `keeps each row as a frame, with its time from the sample's start`() {
    let frames = Strip.quarters(3).frames(from: 0, to: 0.75)
    #expect(pairs(frames) == [[0, 0], [1, 1], [2, 2]])
    #expect(frames.times == [0, 0.25, 0.25, 0.5, 0.5, 0.75])
    #expect(frames.count == 3 && frames.zeroRows == 0 && frames.cutFrames == 0)
  }

  @Test func `orders frames by start where rows are not`() {
    let strip = Strip([(2, 3), (0, 1), (1, 2), (0, 4)])
    let frames = strip.frames(from: 0, to: 4)
    #expect(pairs(frames) == [[1, 0], [3, 1], [2, 2], [0, 3]])
    #expect(frames.times == [0, 1, 0, 4, 1, 2, 2, 3])
  }

  @Test func `clips times to the sample, and subtracts in Double`() {
    let frames = Strip([(9, 10.5), (10.5, 11), (10.75, 12), (20, 21), (-1, 0)]).frames(from: 10, to: 11)
    #expect(frames.times == [0, 0, 0, 0.5, 0.5, 1, 0.75, 1, 1, 1], "also of rows that lie outside")
    let far = Strip([(100_000.1, 100_000.2)]).frames(from: 100_000, to: 100_001)
    #expect(far.times == [Float(100_000.1 - 100_000), Float(100_000.2 - 100_000)])
    #expect(far.times[0] != Float(100_000.1) - Float(100_000))
  }

  @Test func `has nothing to do without rows`() {
    let empty = SampleFrames()
    for change in [{ _ in }, { $0.rate = 5 }, { $0.maxFrames = 1 }] as [(inout FrameRules) -> Void] {
      #expect(Strip([]).frames(from: 0, to: 1, change) == empty)
    }
  }

  // MARK: Zero rows

  @Test func `leaves zero rows out, and counts them`() {
    let strip = Strip.quarters(5)
    let frames = strip.frames(from: 0, to: 2, zero: [0, 2, 4]) { $0.dropsZeroFrames = true }
    #expect(pairs(frames) == [[1, 0], [3, 1]])
    #expect(frames.zeroRows == 3 && frames.count == 2 && frames.times == [0.25, 0.5, 0.75, 1])
    #expect(strip.frames(from: 0, to: 2, zero: [0, 2, 4]).zeroRows == 0, "only where that is asked for")
    #expect(strip.frames(from: 0, to: 2, zero: [0, 1, 2, 3, 4]) { $0.dropsZeroFrames = true }.count == 0)
  }

  @Test func `leaves zero rows out before it averages or cuts`() {
    let frames = Strip.quarters(8).frames(from: 0, to: 2, zero: [0, 1, 2, 3, 6]) {
      ($0.dropsZeroFrames, $0.rate, $0.maxFrames) = (true, 1, 1)
    }
    #expect(pairs(frames) == [[4, 0], [5, 0], [7, 0]])
    #expect(frames.times == [1, 2] && frames.zeroRows == 5 && frames.cutFrames == 0)
  }

  // MARK: Rates

  @Test func `puts a row into the bin of its midpoint`() {
    let frames = Strip.quarters(8).frames(from: 0, to: 2) { $0.rate = 2 }
    #expect(pairs(frames) == [[0, 0], [1, 0], [2, 1], [3, 1], [4, 2], [5, 2], [6, 3], [7, 3]])
    #expect(frames.times == [0, 0.5, 0.5, 1, 1, 1.5, 1.5, 2] && frames.count == 4)
  }

  @Test func `counts bins from the sample's start`() {
    let frames = Strip.quarters(8).frames(from: 0.5, to: 1.5) { $0.rate = 2 }
    #expect(pairs(frames).filter { (2..<6).contains($0[0]) } == [[2, 0], [3, 0], [4, 1], [5, 1]])
  }

  @Test func `puts a midpoint on a border into the later bin`() {
    let frames = Strip([(0.25, 0.75), (0, 0.5)]).frames(from: 0, to: 1) { $0.rate = 2 }
    #expect(pairs(frames) == [[0, 1], [1, 0]])
  }

  @Test func `clamps midpoints outside of the sample to its first and last bin`() {
    let strip = Strip([(-8, -7), (0, 0.25), (1.25, 1.5), (90, 91)])
    let frames = strip.frames(from: 0, to: 1.2) { $0.rate = 5 }
    #expect(pairs(frames) == [[0, 0], [1, 0], [2, 1], [3, 1]])
    #expect(frames.times == [0, 0.2, 1, 1.2], "the sixth bin is the last")
  }

  @Test func `ends a last, shorter bin with the sample`() {
    let frames = Strip.quarters(5).frames(from: 0, to: 1.25) { $0.rate = 2 }
    #expect(pairs(frames) == [[0, 0], [1, 0], [2, 1], [3, 1], [4, 2]])
    #expect(frames.times == [0, 0.5, 0.5, 1, 1, 1.25])
  }

  @Test func `leaves empty bins out`() {
    let frames = Strip([(0, 0.5), (3, 3.5)]).frames(from: 0, to: 4) { $0.rate = 1 }
    #expect(pairs(frames) == [[0, 0], [1, 1]])
    #expect(frames.times == [0, 1, 3, 4] && frames.cutFrames == 0)
  }

  @Test func `lists what it averages by row, whatever the order in time`() {
    let frames = Strip([(3, 4), (0, 1), (2, 3), (1, 2)]).frames(from: 0, to: 4) { $0.rate = 0.5 }
    #expect(pairs(frames) == [[0, 1], [1, 0], [2, 1], [3, 0]])
  }

  @Test func `has one bin for a sample without length`() {
    let frames = Strip([(5, 5), (5, 5)]).frames(from: 5, to: 5) { $0.rate = 15 }
    #expect(pairs(frames) == [[0, 0], [1, 0]] && frames.times == [0, 0])
  }

  @Test func `takes a rate above that of the rows`() {
    let frames = Strip.quarters(2).frames(from: 0, to: 0.5) { $0.rate = 1000 }
    #expect(pairs(frames) == [[0, 0], [1, 1]])
    #expect(frames.times == [0.125, 0.126, 0.375, 0.376])
  }

  // MARK: Lengths

  @Test(arguments: [(1, [0], 4), (3, [0, 1, 2], 2), (5, [0, 1, 2, 3, 4], 0), (9, [0, 1, 2, 3, 4], 0)])
  func `keeps the first frames`(limit: Int, rows: [Int], cut: Int) {
    let frames = Strip.quarters(5).frames(from: 0, to: 2) { $0.maxFrames = limit }
    #expect(pairs(frames) == rows.enumerated().map { [$1, $0] })
    #expect(frames.cutFrames == cut && frames.count == rows.count && frames.times.first == 0)
  }

  @Test(arguments: [(1, [4], 4), (3, [2, 3, 4], 2), (5, [0, 1, 2, 3, 4], 0), (9, [0, 1, 2, 3, 4], 0)])
  func `keeps the last frames`(limit: Int, rows: [Int], cut: Int) {
    let frames = Strip.quarters(5).frames(from: 0, to: 2) { ($0.maxFrames, $0.keep) = (limit, .last) }
    #expect(pairs(frames) == rows.enumerated().map { [$1, $0] })
    #expect(frames.cutFrames == cut && frames.count == rows.count)
    #expect(frames.times.first == Float(rows[0]) / 4, "times stay those of the sample")
  }

  @Test func `cuts bins, not rows, where it averages`() {
    let frames = Strip.quarters(8).frames(from: 0, to: 2) { ($0.rate, $0.maxFrames, $0.keep) = (2, 2, .last) }
    #expect(pairs(frames) == [[4, 0], [5, 0], [6, 1], [7, 1]])
    #expect(frames.times == [1, 1.5, 1.5, 2] && frames.cutFrames == 2)
  }
}
