internal import PackedSequences

/// Which row of a strip each row takes its value from, where the values come some rows too late.
///
/// Rows of an entry are taken by start, ties by row. Those that hold something form a list; with a lag L each takes the
/// value of the one L places on (back, for a negative L). Empty rows stay as they are, between the others. Where the list
/// has no such place the row becomes empty: its own value would be another row's a second time.
package struct LaggedRows: Sendable, Equatable {
  /// What a lag can be, in rows.
  package static let lags = -1000...1000

  /// By row: the row whose value it takes, or ``count``.
  private var sources: [Int32]

  /// The rows of the strip, and the number that stands for a row without a value.
  package var count: Int { sources.count }

  /// - Parameters:
  ///   - lag: rows by which values come too late; one of ``lags``.
  ///   - entries: the number of rows of each entry of the strip, in order.
  ///   - starts: starts of all rows of the strip, seconds.
  ///   - isEmpty: whether a row holds nothing.
  /// - Complexity: O(n), where starts are not sorted O(n log n); four bytes a row.
  package init(lag: Int, entries: [Int], starts: [Double], isEmpty: (Int) -> Bool) {
    precondition(Self.lags.contains(lag) && entries.reduce(0, +) == starts.count)
    sources = (0..<Int32(starts.count)).map { $0 }
    var first = 0
    for rows in entries {
      let filled = Self.order(of: first..<first + rows, starts).filter { !isEmpty($0) }
      for (place, row) in filled.enumerated() {
        let source = place + lag
        sources[row] = Int32(filled.indices.contains(source) ? filled[source] : starts.count)
      }
      first += rows
    }
  }

  /// The row whose value a row takes; ``count`` for none.
  package subscript(row: Int) -> Int { Int(sources[row]) }

  /// Frames with the rows that their values come from, instead of those that their times come from.
  package func applied(to frames: SampleFrames, areCombined: Bool) -> SampleFrames {
    var result = frames
    result.runs = []
    for run in frames.runs {
      for (index, row) in run.rows.range.enumerated() {
        let (source, frame) = (self[row], areCombined ? run.frame : run.frame + index)
        if let last = result.runs.last, last.rows.end == source,
          frame == (areCombined ? last.frame : last.frame + last.rows.count)
        {
          result.runs[result.runs.count - 1].rows.count += 1
        } else {
          result.runs.append(FrameRun(rows: RowRun(start: source, count: 1), frame: frame))
        }
      }
    }
    return result
  }

  private static func order(of rows: Range<Int>, _ starts: [Double]) -> [Int] {
    let isSorted = rows.dropFirst().allSatisfy { starts[$0 - 1] <= starts[$0] }
    return isSorted ? Array(rows) : rows.sorted { (starts[$0], $0) < (starts[$1], $1) }
  }
}
