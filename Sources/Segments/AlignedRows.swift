package import ComputationalSequences
package import PackedSequences

/// The rows of one sequence laid over those of another: which of its frames each row takes, and the interval that they
/// cover.
///
/// The rule of the CMU Multimodal SDK's `align` and `impute`: a row takes the frames that it shares more than
/// ``OverlapSearch/tolerance`` seconds with. Its interval becomes the hull of what they share with it; its own, where
/// it takes none. Pure arithmetic on intervals, in Double.
package struct AlignedRows: Sendable {
  /// Of the rows that are there, in the order of the root that they come from.
  package private(set) var intervals = Intervals()
  /// The own intervals of rows that were left out because they take no frame.
  package private(set) var unmatched = Intervals()
  private var runs: [RowRun] = []
  /// By row: its first place in ``runs``; one more at the end.
  private var firstRuns = [0]

  /// - Parameters:
  ///   - frames: intervals of the sequence that is aligned, in any order.
  ///   - rows: intervals of the root that it is aligned to, in any order; ``isShort(start:end:)`` ones are left out.
  ///   - keepsUnmatched: whether a row without frames stays.
  /// - Complexity: as ``OverlapSearch/rows(of:in:)``, and one step more a frame of each row.
  package init(of frames: Intervals, to rows: Intervals, keepsUnmatched: Bool) {
    let rows = zip(rows.starts, rows.ends).lazy.filter { !Self.isShort(start: $0, end: $1) }
      .map { (start: $0, end: $1) }
    let segments = Array(rows)
    firstRuns.reserveCapacity(segments.count + 1)
    for (segment, taken) in zip(segments, OverlapSearch.rows(of: frames, in: segments)) {
      if let first = taken.first {
        // They come by start, so the first begins first; which of them ends last has to be looked for.
        var end = frames.ends[first.start]
        for run in taken {
          for row in run.range { end = max(end, frames.ends[row]) }
        }
        intervals.append(start: max(frames.starts[first.start], segment.start), end: min(end, segment.end))
      } else if keepsUnmatched {
        intervals.append(start: segment.start, end: segment.end)
      } else {
        unmatched.append(start: segment.start, end: segment.end)
        continue
      }
      runs += taken
      firstRuns.append(runs.count)
    }
  }

  /// Whether a row is too short to take anything.
  package static func isShort(start: Double, end: Double) -> Bool { end - start < OverlapSearch.tolerance }

  package var count: Int { intervals.count }

  /// The frames of a row, by start, ties by row of their sequence; none where nothing overlaps it.
  package func frames(of row: Int) -> ArraySlice<RowRun> { runs[firstRuns[row]..<firstRuns[row + 1]] }
}
