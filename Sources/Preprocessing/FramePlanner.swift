package import PackedSequences

/// Turns the rows of a sample into frames: leaves out zero rows, averages to a rate, cuts to a length.
///
/// Pure arithmetic on intervals, so that it gives sizes before a value is read and the same answer when the values are.
package struct FramePlanner: Sendable {
  package let rules: FrameRules
  /// Where the sample lies, in seconds.
  package let start: Double
  package let end: Double

  package init(rules: FrameRules, start: Double, end: Double) {
    self.rules = rules
    self.start = start
    self.end = end
  }

  /// - Parameters:
  ///   - rows: the sample's rows, ordered by start, ties by row.
  ///   - starts: starts of all rows of the strip, seconds.
  ///   - ends: their ends.
  ///   - isZero: whether a row counts as zero; asked only where zero rows are left out.
  package func frames(
    of rows: [RowRun], starts: [Double], ends: [Double], isZero: (Int) -> Bool
  ) -> SampleFrames {
    var result = SampleFrames()
    let kept = rules.dropsZeroFrames ? nonzero(rows, isZero, &result) : rows
    if let rate = rules.rate {
      average(kept, rate, starts, ends, &result)
    } else {
      let window = window(of: kept.rowCount, &result)
      cut(kept, to: window, &result)
      result.times.reserveCapacity(2 * result.count)
      for run in result.runs {
        for row in run.rows.range {
          // Both bounds to the sample: a frame of an entry that is taken whole may lie outside.
          appendTime(min(max(starts[row], start), end), min(max(ends[row], start), end), &result)
        }
      }
    }
    return result
  }

  private func nonzero(_ rows: [RowRun], _ isZero: (Int) -> Bool, _ result: inout SampleFrames) -> [RowRun] {
    var kept: [RowRun] = []
    for run in rows {
      for row in run.range {
        if isZero(row) { result.zeroRows += 1 } else { kept.append(row: row) }
      }
    }
    return kept
  }

  /// The rows whose places lie in a window, each a frame.
  private func cut(_ rows: [RowRun], to window: Range<Int>, _ result: inout SampleFrames) {
    var place = 0
    for run in rows {
      let kept = (place..<place + run.count).clamped(to: window)
      if !kept.isEmpty {
        result.runs.append(
          FrameRun(
            rows: RowRun(start: run.start + kept.lowerBound - place, count: kept.count),
            frame: kept.lowerBound - window.lowerBound))
      }
      place += run.count
    }
  }

  /// The frames that stay of `count`, first or last; sets the result's counts.
  private func window(of count: Int, _ result: inout SampleFrames) -> Range<Int> {
    result.count = min(count, rules.maxFrames ?? count)
    result.cutFrames = count - result.count
    return rules.keep == .first ? 0..<result.count : result.cutFrames..<count
  }

  private func appendTime(_ from: Double, _ to: Double, _ result: inout SampleFrames) {
    result.times.append(Float(from - start))
    result.times.append(Float(to - start))
  }

  /// Frame = clamp(⌊(midpoint − start)·rate⌋, 0, ⌈duration·rate⌉ − 1), without the empty ones.
  private func average(
    _ rows: [RowRun], _ rate: Double, _ starts: [Double], _ ends: [Double], _ result: inout SampleFrames
  ) {
    let duration = end - start
    let last = max(0, (duration * rate).rounded(.up) - 1)
    var binned: [(row: Int, bin: Double)] = []
    for run in rows {
      for row in run.range {
        let midpoint = (starts[row] + ends[row]) / 2
        binned.append((row, min(max(((midpoint - start) * rate).rounded(.down), 0), last)))
      }
    }
    let filled = Set(binned.map { $0.bin }).sorted()
    let window = window(of: filled.count, &result)
    let frames = Dictionary(uniqueKeysWithValues: filled[window].enumerated().map { ($1, $0) })
    for (row, bin) in binned.sorted(by: { $0.row < $1.row }) {
      guard let frame = frames[bin] else { continue }
      if let run = result.runs.last, run.frame == frame, run.rows.end == row {
        result.runs[result.runs.count - 1].rows.count += 1
      } else {
        result.runs.append(FrameRun(rows: RowRun(start: row, count: 1), frame: frame))
      }
    }
    for bin in filled[window] {
      result.times.append(Float(bin / rate))
      result.times.append(Float(min((bin + 1) / rate, duration)))
    }
  }
}
