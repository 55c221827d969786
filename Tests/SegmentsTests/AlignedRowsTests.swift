import ComputationalSequences
import PackedSequences
import Segments
import Testing

@Suite struct `Rows aligned to others` {
  private static func intervals(_ bounds: [(Double, Double)]) -> Intervals {
    var intervals = Intervals()
    for (start, end) in bounds { intervals.append(start: start, end: end) }
    return intervals
  }

  private static func aligned(
    _ frames: [(Double, Double)], to rows: [(Double, Double)], keepsUnmatched: Bool = true
  ) -> AlignedRows {
    AlignedRows(of: intervals(frames), to: intervals(rows), keepsUnmatched: keepsUnmatched)
  }

  private static func frames(_ aligned: AlignedRows) -> [[Int]] {
    (0..<aligned.count).map { aligned.frames(of: $0).flatMap { Array($0.range) } }
  }

  private static func bounds(_ intervals: Intervals) -> [[Double]] {
    zip(intervals.starts, intervals.ends).map { [$0, $1] }
  }

  @Test func `take the frames that they share more than the tolerance with, and what they share`() {
    let aligned = Self.aligned(
      [(0.25, 0.75), (0.5, 1.5), (2, 3), (3, 3.6), (1.999995, 2)], to: [(0, 1), (1, 2), (2, 3.5), (3.5, 4)])
    #expect(Self.frames(aligned) == [[0, 1], [1], [2, 3], [3]])
    #expect(Self.bounds(aligned.intervals) == [[0.25, 1], [1, 1.5], [2, 3.5], [3.5, 3.6]])
    #expect(aligned.unmatched.count == 0)
  }

  @Test func `take frames by start, ties by row, wherever these stand`() {
    let aligned = Self.aligned([(3, 9), (1, 2), (0, 4), (1, 8), (5, 6)], to: [(0, 10), (5.5, 7)])
    #expect(Self.frames(aligned) == [[2, 1, 3, 0, 4], [3, 0, 4]])
    #expect(Self.bounds(aligned.intervals) == [[0, 9], [5.5, 7]])
  }

  @Test func `keep their own interval, or are left out, where nothing overlaps them`() {
    let (frames, rows) = ([(0.0, 1.0)], [(2.0, 3.0), (0.0, 2.0), (1.0, 1.5)])
    let kept = Self.aligned(frames, to: rows)
    #expect(Self.frames(kept) == [[], [0], []])
    #expect(Self.bounds(kept.intervals) == [[2, 3], [0, 1], [1, 1.5]])
    let left = Self.aligned(frames, to: rows, keepsUnmatched: false)
    #expect(Self.frames(left) == [[0]] && Self.bounds(left.unmatched) == [[2, 3], [1, 1.5]])
  }

  @Test(arguments: [(0, true), (0.9e-5, true), (1e-5, false), (1.1e-5, false)])
  func `are none where they are shorter than the tolerance`(length: Double, isShort: Bool) {
    #expect(AlignedRows.isShort(start: 0, end: length) == isShort)
    let aligned = Self.aligned([(-1, 1)], to: [(0, length)])
    #expect(aligned.count == (isShort ? 0 : 1))
    // A row of just the tolerance shares no more than that with anything.
    if !isShort { #expect(aligned.frames(of: 0).isEmpty == (length == 1e-5)) }
  }

  @Test(arguments: [(0, 0), (0, 3), (3, 0), (1, 1)])
  func `may be none, and of no frames`(frames: Int, rows: Int) {
    let second = { (count: Int) in (0..<count).map { (Double($0), Double($0) + 1) } }
    let aligned = Self.aligned(second(frames), to: second(rows))
    #expect(aligned.count == rows && Self.frames(aligned).flatMap { $0 }.count == min(frames, rows))
  }

  @Test(arguments: 0..<40)
  func `are those of the rule itself`(seed: Int) {
    let draws = CounterGenerator(seed: UInt64(seed), purpose: .synthesis)
    func random(_ count: Int, _ lane: UInt32) -> [(Double, Double)] {
      (0..<count).map { index in
        let u = (draws.uniform(at: UInt64(index), lane: lane) * 32).rounded() / 4
        let start = seed % 2 == 0 ? u : Double(index) / 4
        return (start, start + (draws.uniform(at: UInt64(index), lane: lane + 1) * 8).rounded() / 4)
      }
    }
    let (frames, rows) = (random(60, 0), random(25, 2))
    let aligned = Self.aligned(frames, to: rows)
    var expected: (frames: [[Int]], bounds: [[Double]]) = ([], [])
    for (start, end) in rows where end - start >= 1e-5 {
      let taken = frames.indices.filter { min(frames[$0].1, end) - max(frames[$0].0, start) > 1e-5 }
        .sorted { (frames[$0].0, $0) < (frames[$1].0, $1) }
      expected.frames.append(taken)
      let starts = taken.map { max(frames[$0].0, start) }
      let ends = taken.map { min(frames[$0].1, end) }
      expected.bounds.append([starts.min() ?? start, ends.max() ?? end])
    }
    #expect(Self.frames(aligned) == expected.frames && Self.bounds(aligned.intervals) == expected.bounds)
  }
}
