internal import PackedSequences
internal import Preprocessing

/// Combines the rows of a strip to frames while they go by.
///
/// What is combined of a frame lives from its first row to its last, or until the samples before its own are done: frames
/// are given away in the order of the samples.
struct FrameCombiner {
  /// Rows that follow each other in the source and go to one frame.
  private struct Segment {
    let rows: Range<Int>
    let sample: Int
    let frame: Int
  }

  /// Frames `[count, dimension]` of a sample, from `first` on; NaN where no value was finite.
  typealias Output = (_ sample: Int, _ first: Int, _ frames: [Double]) throws -> Void

  /// Frames are given away this many at a time, or a sample's last ones.
  private static let batch = 64

  private let width: Int
  private let collapse: Collapse
  /// By first row.
  private var segments: [Segment] = []
  /// By sample, then frame: the last row that goes to it; -1 where none does.
  private var lastRows: [[Int]]
  private var combined: [Int: CombinedFrames] = [:]
  /// The first segment that may still want rows.
  private var next = 0
  /// The first sample that is not done yet, and its first frame that still waits for rows.
  private var pending = 0
  private var waiting = 0

  /// - Parameter frames: by sample; nil for one that wants none.
  init(_ frames: [SampleFrames?], width: Int, by collapse: Collapse) {
    self.width = width
    self.collapse = collapse
    lastRows = frames.map { Array(repeating: -1, count: $0?.count ?? 0) }
    for (sample, frames) in frames.enumerated() {
      for run in frames?.runs ?? [] {
        segments.append(Segment(rows: run.rows.range, sample: sample, frame: run.frame))
        lastRows[sample][run.frame] = max(lastRows[sample][run.frame], run.rows.end - 1)
      }
    }
    // Sorting is stable: the rows of a frame that has one twice stay in order.
    segments.sort { $0.rows.lowerBound < $1.rows.lowerBound }
  }

  /// The rows that go to frames, some more than once, by start.
  var wanted: [RowRun] { segments.map { RowRun(start: $0.rows.lowerBound, count: $0.rows.count) } }

  /// The rows of each segment that lie in a band.
  func rows(in band: Range<Int>) -> [Range<Int>] {
    segments[next...].prefix { $0.rows.lowerBound < band.upperBound }
      .map { $0.rows.clamped(to: band) }.filter { !$0.isEmpty }
  }

  /// Adds rows `[count, width]` from row `start` on; bands come in row order.
  mutating func add(_ values: Span<Float>, from start: Int, _ output: Output) throws {
    let band = start..<start + values.count / width
    var isFirst = true
    for index in segments.indices[next...] {
      let segment = segments[index]
      guard segment.rows.lowerBound < band.upperBound else { break }
      let rows = segment.rows.clamped(to: band)
      // What lies before the band is done with, up to the first that reaches into it.
      if isFirst && segment.rows.upperBound <= band.upperBound { next = index + 1 } else { isFirst = false }
      guard !rows.isEmpty else { continue }
      try giveAway(before: rows.lowerBound, output)
      combined[segment.sample, default: CombinedFrames(dimension: width, by: collapse)]
        .add(
          values.extracting((rows.lowerBound - start) * width..<(rows.upperBound - start) * width), to: segment.frame)
    }
    try giveAway(before: band.upperBound, output)
  }

  /// Gives away what is left, once every row went by.
  mutating func finish(_ output: Output) throws { try giveAway(before: .max, output) }

  /// Gives away the frames, in order, whose last row lies before `row`.
  private mutating func giveAway(before row: Int, _ output: Output) throws {
    while pending < lastRows.count {
      let lastRows = lastRows[pending]
      // Rows may come back to a frame after its neighbour is done, but never to one behind the first that waits.
      while waiting < lastRows.count && lastRows[waiting] < row { waiting += 1 }
      let isDone = waiting == lastRows.count
      let first = combined[pending]?.firstFrame ?? 0
      if waiting > first, isDone || waiting - first >= Self.batch {
        var frames = combined.removeValue(forKey: pending) ?? CombinedFrames(dimension: width, by: collapse)
        try output(pending, first, frames.take(before: waiting))
        combined[pending] = frames
      }
      guard isDone else { return }
      combined[pending] = nil
      pending += 1
      waiting = 0
    }
  }
}
