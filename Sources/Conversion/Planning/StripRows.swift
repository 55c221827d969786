internal import ComputationalSequences
internal import PackedSequences
internal import Preprocessing
internal import Segments

/// The rows of a strip that each of its samples takes.
struct StripRows: Sendable {
  let intervals: Intervals
  /// By sample of the strip, in frame order.
  let rows: [[RowRun]]

  init(_ strip: Strip, intervals: Intervals, samples: [Sample]) {
    self.intervals = intervals
    if strip.isWhole {
      rows = [OverlapSearch.everyRow(of: intervals)]
    } else {
      rows = OverlapSearch.rows(of: intervals, in: strip.samples.map { (samples[$0].start, samples[$0].end) })
    }
  }

  /// The frames of every sample of the strip.
  ///
  /// - Parameters:
  ///   - zeroRows: which rows hold values that count as zero.
  ///   - lagged: where rows take their values from, if not from themselves.
  func frames(
    _ strip: Strip, samples: [Sample], rules: FrameRules, zeroRows: RowFlags?, lagged: LaggedRows?
  ) -> [SampleFrames] {
    zip(strip.samples, rows).map { index, rows in
      let sample = samples[index]
      let planner = FramePlanner(rules: rules, start: sample.start, end: sample.end)
      let frames = planner.frames(
        of: rows, starts: intervals.starts, ends: intervals.ends, isZero: { zeroRows?[lagged?[$0] ?? $0] ?? false })
      return lagged?.applied(to: frames, areAverages: rules.rate != nil) ?? frames
    }
  }

  /// Every wanted row once or more, by start.
  var wanted: [RowRun] { rows.joined().sorted { $0.start < $1.start } }
}

/// A bit a row.
struct RowFlags: Sendable {
  private var words: [UInt64]

  init(rows: Int) { words = Array(repeating: 0, count: (rows + 63) / 64) }

  /// For the rows of a strip and the one after them, which stands for rows without a value and is set.
  init(strip rows: Int) {
    self.init(rows: rows + 1)
    self[rows] = true
  }

  subscript(row: Int) -> Bool {
    get { words[row >> 6] >> UInt64(row & 63) & 1 == 1 }
    set {
      let bit = UInt64(1) << UInt64(row & 63)
      if newValue { words[row >> 6] |= bit } else { words[row >> 6] &= ~bit }
    }
  }
}
