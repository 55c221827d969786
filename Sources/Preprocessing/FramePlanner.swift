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
    var kept: [Int] = []
    kept.reserveCapacity(rows.rowCount)
    for run in rows {
      for row in run.range {
        if rules.dropsZeroFrames && isZero(row) { result.zeroRows += 1 } else { kept.append(row) }
      }
    }
    if let rate = rules.rate {
      average(kept, rate, starts, ends, &result)
    } else {
      let window = window(of: kept.count, &result)
      result.sources = kept[window].enumerated().map { (row: $1, frame: $0) }
      for row in kept[window] {
        // Both bounds to the sample: a frame of an entry that is taken whole may lie outside.
        appendTime(min(max(starts[row], start), end), min(max(ends[row], start), end), &result)
      }
    }
    return result
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
    _ rows: [Int], _ rate: Double, _ starts: [Double], _ ends: [Double], _ result: inout SampleFrames
  ) {
    let duration = end - start
    let last = max(0, (duration * rate).rounded(.up) - 1)
    let bins = rows.map { row -> Double in
      let midpoint = (starts[row] + ends[row]) / 2
      return min(max(((midpoint - start) * rate).rounded(.down), 0), last)
    }
    let filled = Array(Set(bins)).sorted()
    let window = window(of: filled.count, &result)
    let frames = Dictionary(uniqueKeysWithValues: filled[window].enumerated().map { ($1, $0) })
    for (row, bin) in zip(rows, bins) {
      if let frame = frames[bin] { result.sources.append((row, frame)) }
    }
    result.sources.sort { $0.row < $1.row }
    for bin in filled[window] {
      result.times.append(Float(bin / rate))
      result.times.append(Float(min((bin + 1) / rate, duration)))
    }
  }
}
