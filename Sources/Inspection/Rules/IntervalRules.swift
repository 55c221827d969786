internal import ComputationalSequences
internal import Segments

/// The rules about the intervals of one entry, and about labels that share one.
struct IntervalRules {
  let entry: String
  let intervals: Intervals

  private var starts: [Double] { intervals.starts }
  private var ends: [Double] { intervals.ends }

  private func place(_ row: Int, _ detail: String? = nil) -> Place {
    Place(entry: entry, row: row, time: starts[row], detail: detail)
  }

  /// Rows by start, ties by row.
  func order() -> [Int] {
    let starts = starts
    let rows = Array(0..<starts.count)
    for row in rows.dropFirst() where starts[row - 1] > starts[row] {
      return rows.sorted { (starts[$0], $0) < (starts[$1], $1) }
    }
    return rows
  }

  /// - Parameters:
  ///   - order: as ``order()`` gives it.
  ///   - labels: `[rows, columns]` of a label sequence, else nil.
  func inspect(order: [Int], labels: (values: [Double], columns: Int)?, into findings: inout Findings) {
    let (starts, ends) = (starts, ends)
    // Seconds in common; below 0 where there is time between the two.
    func shared(_ first: Int, _ second: Int) -> Double {
      min(ends[first], ends[second]) - max(starts[first], starts[second])
    }
    for row in 0..<starts.count {
      if row > 0 && starts[row] < starts[row - 1] {
        findings.add(.unsorted, place(row, "row \(row - 1) begins at \(starts[row - 1].short) s"))
      }
      if ends[row] - starts[row] <= OverlapSearch.tolerance { findings.add(.zeroLength, place(row)) }
      if starts[row] < 0 { findings.add(.negativeStart, place(row)) }
      if row > 0 && shared(row - 1, row) > OverlapSearch.tolerance { findings.addInFileOrder(.overlapping) }
    }
    for (first, second) in zip(order, order.dropFirst()) {
      let shared = shared(first, second)
      if shared > OverlapSearch.tolerance {
        findings.add(.overlapping, place(second, "shares \(shared.short) s with row \(first)"))
      }
    }
    inspectRepeats(order, labels, into: &findings)
  }

  private func inspectRepeats(
    _ order: [Int], _ labels: (values: [Double], columns: Int)?, into findings: inout Findings
  ) {
    let (starts, ends) = (starts, ends)
    var low = 0
    while low < order.count {
      var high = low + 1
      while high < order.count && starts[order[high]] == starts[order[low]] { high += 1 }
      if high - low > 1 {
        let rows = order[low..<high].sorted { (ends[$0], $0) < (ends[$1], $1) }
        var first = rows[0]
        for row in rows.dropFirst() {
          guard ends[row] == ends[first] else {
            first = row
            continue
          }
          findings.add(.duplicateInterval, place(row, "as row \(first)"))
          if let labels { compare(row, first, labels, into: &findings) }
        }
      }
      low = high
    }
  }

  private func compare(
    _ row: Int, _ first: Int, _ labels: (values: [Double], columns: Int), into findings: inout Findings
  ) {
    for column in 0..<labels.columns {
      let (mine, its) = (labels.values[row * labels.columns + column], labels.values[first * labels.columns + column])
      // Two NaNs say the same.
      if mine == its || mine.isNaN && its.isNaN { continue }
      return findings.add(
        .conflictingLabels,
        Place(
          entry: entry, row: row, column: column, time: starts[row],
          detail: "\(Float(mine)), but \(Float(its)) in row \(first)"))
    }
  }
}
