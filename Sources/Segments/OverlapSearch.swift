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
  /// - Complexity: O(n + m log m) where starts and ends are sorted; else O(n log n + m log m + candidates), where the
  ///   candidates of a segment are the frames from the first that reaches it to the last that starts within it.
  package static func rows(of frames: Intervals, in segments: [(start: Double, end: Double)]) -> [[RowRun]] {
    var result = [[RowRun]](repeating: [], count: segments.count)
    let order = order(of: frames)
    let search = order == nil && isSorted(frames.ends) ? runs(of: frames) : rows(of: frames, in: order)
    // Segments by start, so that no search ever goes back.
    var first = 0
    for segment in segments.indices.sorted(by: { segments[$0].start < segments[$1].start }) {
      result[segment] = search(segments[segment].start, segments[segment].end, &first)
    }
    return result
  }

  private typealias Search = (_ start: Double, _ end: Double, _ first: inout Int) -> [RowRun]

  /// For frames whose starts and ends both never decrease: what a segment overlaps is one run, less the rows that are
  /// too short to overlap anything.
  private static func runs(of frames: Intervals) -> Search {
    let (starts, ends) = (frames.starts, frames.ends)
    let hasShortRows = starts.indices.contains { ends[$0] - starts[$0] <= tolerance }
    return { start, end, first in
      while first < ends.count && ends[first] - start <= tolerance { first += 1 }
      guard end - start > tolerance else { return [] }
      var (low, high) = (first, starts.count)
      while low < high {
        let middle = (low + high) / 2
        if end - starts[middle] > tolerance { low = middle + 1 } else { high = middle }
      }
      if !hasShortRows { return low > first ? [RowRun(start: first, count: low - first)] : [] }
      var runs: [RowRun] = []
      for row in first..<low where ends[row] - starts[row] > tolerance { runs.append(row: row) }
      return runs
    }
  }

  /// For frames in any order.
  private static func rows(of frames: Intervals, in order: [Int]?) -> Search {
    let order = order ?? Array(0..<frames.count)
    let starts = order.map { frames.starts[$0] }
    // The greatest end so far: frames before the first that reaches a segment cannot belong to it or to any later one.
    var reach = order.map { frames.ends[$0] }
    for index in reach.indices.dropFirst() { reach[index] = max(reach[index], reach[index - 1]) }
    return { start, end, first in
      while first < order.count && reach[first] - start <= tolerance { first += 1 }
      var runs: [RowRun] = []
      var index = first
      while index < order.count && end - starts[index] > tolerance {
        let row = order[index]
        if overlaps(frames.starts[row], frames.ends[row], start, end) { runs.append(row: row) }
        index += 1
      }
      return runs
    }
  }

  /// Every row, by start, ties by row.
  package static func everyRow(of frames: Intervals) -> [RowRun] {
    guard let order = order(of: frames) else {
      return frames.count > 0 ? [RowRun(start: 0, count: frames.count)] : []
    }
    var runs: [RowRun] = []
    for row in order { runs.append(row: row) }
    return runs
  }

  /// Rows by start, ties by row; nil where they are in that order already.
  private static func order(of frames: Intervals) -> [Int]? {
    isSorted(frames.starts)
      ? nil : frames.starts.indices.sorted { (frames.starts[$0], $0) < (frames.starts[$1], $1) }
  }

  private static func isSorted(_ values: [Double]) -> Bool {
    for index in values.indices.dropFirst() where values[index - 1] > values[index] { return false }
    return true
  }
}
