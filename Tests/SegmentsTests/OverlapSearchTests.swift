import ComputationalSequences
import PackedSequences
import Segments
import Testing

@Suite struct `The overlap search` {
  /// Rows by the rule itself: every frame against every segment.
  private static func rows(of frames: Intervals, in segments: [(start: Double, end: Double)]) -> [[Int]] {
    segments.map { segment in
      (0..<frames.count).filter { row in
        min(frames.ends[row], segment.end) - max(frames.starts[row], segment.start) > 1e-5
      }.sorted { (frames.starts[$0], $0) < (frames.starts[$1], $1) }
    }
  }

  private static func intervals(_ bounds: [(start: Double, end: Double)]) -> Intervals {
    var intervals = Intervals()
    for (start, end) in bounds { intervals.append(start: start, end: end) }
    return intervals
  }

  private static func found(_ frames: Intervals, _ segments: [(start: Double, end: Double)]) -> [[Int]] {
    OverlapSearch.rows(of: frames, in: segments).map { runs in runs.flatMap { Array($0.range) } }
  }

  /// How random intervals are made.
  enum Kind: CaseIterable, Sendable {
    /// Anywhere, of any length.
    case scattered
    /// On a grid of quarter seconds: much touches, is doubled, or has no length.
    case touching
    /// Frame after frame, in order.
    case inOrder
    /// Neither starts nor ends ever decrease, but some frames overlap, are doubled, or have no length.
    case rising
    /// Bounds that were Floats, late in a video, where a Float's step exceeds the tolerance.
    case promoted
    /// A few that span everything among many short ones.
    case nested
    /// Bounds a tolerance apart, more or less.
    case close
  }

  private static func random(_ kind: Kind, _ count: Int, seed: UInt64) -> [(start: Double, end: Double)] {
    let draws = CounterGenerator(seed: seed, purpose: .synthesis)
    if kind == .rising {
      let touching = random(.touching, count, seed: seed)
      return zip(touching.map(\.start).sorted(), touching.map(\.end).sorted()).map { ($0, max($0, $1)) }
    }
    return (0..<count).map { index in
      let (u, v) = (draws.uniform(at: UInt64(index)), draws.uniform(at: UInt64(index), lane: 1))
      switch kind {
      case .scattered: return (u * 20 - 2, u * 20 - 2 + v * v * 5)
      case .touching:
        let start = (u * 40).rounded() / 4
        return (start, start + (v * 4).rounded(.down) / 4)
      case .inOrder, .rising: return (Double(index) / 8, Double(index + 1) / 8)
      case .promoted:
        let start = Float(128 + u * 8)
        return (Double(start), Double(start + Float(v * 0.5)))
      case .nested: return index % 17 == 0 ? (u, 10 + v) : (u * 10, u * 10 + v * 0.1)
      case .close:
        let start = (u * 5).rounded() + (v * 5).rounded() * 0.5e-5
        return (start, start + 1 + (u * 7).rounded() * 0.5e-5)
      }
    }
  }

  @Test(arguments: Kind.allCases, [(0, 0), (0, 3), (3, 0), (1, 1), (1, 7), (50, 1), (40, 60), (300, 20), (20, 300)])
  func `finds what every frame against every segment finds`(kind: Kind, counts: (frames: Int, segments: Int)) {
    for seed in UInt64(0)..<12 {
      for other in [kind, .scattered, .touching] {
        let frames = Self.intervals(Self.random(kind, counts.frames, seed: seed))
        let segments = Self.random(other, counts.segments, seed: seed + 1000)
        let isSame = Self.found(frames, segments) == Self.rows(of: frames, in: segments)
        #expect(isSame, "\(kind) against \(other), seed \(seed)")
      }
    }
  }

  @Test(
    arguments: [
      ((0.0, 1.0), (1.0, 2.0), false), ((0, 1), (0.999, 2), true), ((0, 1), (0.5, 0.5), false),
      ((0.5, 0.5), (0, 1), false),
      ((0, 1), (0, 1), true), ((0, 1), (1 - 1e-5, 2), false), ((0, 1), (1 - 1.1e-5, 2), true), ((0, 10), (3, 4), true),
      ((3, 4), (0, 10), true), ((-2, -1), (-1.5, 0), true), ((5, 6), (0, 1), false), ((0, 1e-5), (0, 1), false),
      ((0, 1.1e-5), (0, 1), true),
    ] as [((Double, Double), (Double, Double), Bool)])
  func `wants more than the tolerance in common`(
    frame: (start: Double, end: Double), segment: (start: Double, end: Double), isFound: Bool
  ) {
    #expect(OverlapSearch.overlaps(frame.start, frame.end, segment.start, segment.end) == isFound)
    #expect(Self.found(Self.intervals([frame]), [segment]) == [isFound ? [0] : []])
  }

  @Test func `compares as Doubles what was stored as Floats`() {
    // 130.00001 lies nearer to 130.00002 than to 130 among Floats: 1.5e-5 apart, more than the tolerance.
    let end = Double(Float(130.00001))
    #expect(end - 130 > 1e-5)
    #expect(Self.found(Self.intervals([(129, end)]), [(130, 131)]) == [[0]])
  }

  @Test func `orders a segment's rows by start, ties by row`() {
    let frames = Self.intervals([(3, 4), (1, 2), (0, 9), (1, 3), (2, 3), (1, 2)])
    #expect(Self.found(frames, [(0, 10), (1.5, 1.75)]) == [[2, 1, 3, 5, 4, 0], [2, 1, 3, 5]])
    #expect(OverlapSearch.everyRow(of: frames).flatMap { Array($0.range) } == [2, 1, 3, 5, 4, 0])
    #expect(OverlapSearch.everyRow(of: Self.intervals([(0, 0), (0, 9), (1, 2)])) == [RowRun(start: 0, count: 3)])
    #expect(OverlapSearch.everyRow(of: Intervals()) == [])
  }

  @Test func `gives a frame to every segment that it overlaps, and joins rows into runs`() {
    let frames = Self.intervals((0..<10).map { (Double($0), Double($0) + 1) })
    let runs = OverlapSearch.rows(of: frames, in: [(0.5, 3.5), (3.25, 5), (20, 30)])
    #expect(runs == [[RowRun(start: 0, count: 4)], [RowRun(start: 3, count: 2)], []])
  }

  @Test func `stays linear over many frames and segments`() {
    let frames = Self.intervals((0..<100_000).map { (Double($0) / 100, Double($0 + 1) / 100) })
    let segments = (0..<1000).map { (Double($0), Double($0 + 1)) }
    let clock = ContinuousClock()
    var count = 0
    let time = clock.measure { count = OverlapSearch.rows(of: frames, in: segments).reduce(0) { $0 + $1.rowCount } }
    #expect(count == 100_000)
    // Every frame against every segment would take minutes in a debug build.
    #expect(time < .seconds(20))
  }
}
