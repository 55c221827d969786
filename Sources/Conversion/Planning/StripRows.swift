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
  func frames(
    _ strip: Strip, samples: [Sample], rules: FrameRules, zeroRows: RowFlags?
  ) -> [SampleFrames] {
    zip(strip.samples, rows).map { index, rows in
      let sample = samples[index]
      let planner = FramePlanner(rules: rules, start: sample.start, end: sample.end)
      return planner.frames(
        of: rows, starts: intervals.starts, ends: intervals.ends, isZero: { zeroRows?[$0] ?? false })
    }
  }

  /// Every wanted row once or more, by start.
  var wanted: [RowRun] { rows.joined().sorted { $0.start < $1.start } }
}

/// A bit a row.
struct RowFlags: Sendable {
  private var words: [UInt64]

  init(rows: Int) { words = Array(repeating: 0, count: (rows + 63) / 64) }

  subscript(row: Int) -> Bool {
    get { words[row >> 6] >> UInt64(row & 63) & 1 == 1 }
    set {
      let bit = UInt64(1) << UInt64(row & 63)
      if newValue { words[row >> 6] |= bit } else { words[row >> 6] &= ~bit }
    }
  }
}
