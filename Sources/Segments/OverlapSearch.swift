package import ComputationalSequences
package import PackedSequences

/// Which frames belong to which segment.
///
/// A frame belongs to a segment when the two share more than ``tolerance`` seconds: the rule of the CMU Multimodal
/// SDK's `align`. A frame may belong to several segments.
package enum OverlapSearch {
  /// Seconds.
  package static let tolerance = 1e-5

  package static func overlaps(_ start: Double, _ end: Double, _ otherStart: Double, _ otherEnd: Double) -> Bool {
    min(end, otherEnd) - max(start, otherStart) > tolerance
  }

  /// The rows of each segment, ordered by start, ties by row.
  ///
  /// - Parameters:
  ///   - frames: intervals of the rows, in any order.
  ///   - segments: intervals to fill, in any order.
  /// - Complexity: O(n log n + m log m + matches) where frames do not overlap at length; linear where both are sorted.
  package static func rows(of frames: Intervals, in segments: [(start: Double, end: Double)]) -> [[RowRun]] {
    let order = order(of: frames)
    let starts = order.map { frames.starts[$0] }
    // The greatest end so far: frames before the first that reaches a segment cannot belong to it or to any later one.
    var reach = order.map { frames.ends[$0] }
    for index in reach.indices.dropFirst() { reach[index] = max(reach[index], reach[index - 1]) }

    var result = [[RowRun]](repeating: [], count: segments.count)
    var first = 0
    for segment in segments.indices.sorted(by: { segments[$0].start < segments[$1].start }) {
      let (start, end) = segments[segment]
      while first < order.count && reach[first] - start <= tolerance { first += 1 }
      var index = first
      while index < order.count && end - starts[index] > tolerance {
        let row = order[index]
        if overlaps(frames.starts[row], frames.ends[row], start, end) { result[segment].append(row: row) }
        index += 1
      }
    }
    return result
  }

  /// Rows by start, ties by row.
  package static func order(of frames: Intervals) -> [Int] {
    let rows = Array(0..<frames.count)
    let isSorted = zip(rows, rows.dropFirst()).allSatisfy { frames.starts[$0] <= frames.starts[$1] }
    return isSorted ? rows : rows.sorted { (frames.starts[$0], $0) < (frames.starts[$1], $1) }
  }
}
