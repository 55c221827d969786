internal import ComputationalSequences
internal import PackedSequences
internal import Preprocessing
internal import Segments

/// The rows of a strip that each of its samples takes: those of the modality, or of what it is aligned to.
struct StripRows: Sendable {
  /// Of the rows that samples take.
  let intervals: Intervals
  /// By sample of the strip, in frame order.
  let rows: [[RowRun]]
  /// Which rows of the modality those are made of, where it is aligned.
  let aligned: AlignedRows?
  /// By sample: rows that it lacks, because nothing overlaps them, or because they are too short to be aligned to.
  let unmatched: [Int]
  let short: [Int]

  /// - Parameters:
  ///   - intervals: of the modality's rows.
  ///   - pivot: of the rows that it is aligned to; nil where it keeps its own.
  init(
    _ strip: Strip, of modality: ModalityPlan, intervals: Intervals, pivot: Intervals?, samples: [Sample]
  ) {
    let segments = strip.samples.map { (start: samples[$0].start, end: samples[$0].end) }
    func taken(of intervals: Intervals) -> [[RowRun]] {
      if strip.isWhole { return [OverlapSearch.everyRow(of: intervals)] }
      return intervals.count == 0
        ? Array(repeating: [], count: segments.count) : OverlapSearch.rows(of: intervals, in: segments)
    }
    if let pivot, let rules = modality.settings.alignment {
      let aligned = AlignedRows(of: intervals, to: pivot, keepsUnmatched: rules.missing == .zero)
      self.aligned = aligned
      self.intervals = aligned.intervals
      unmatched = taken(of: aligned.unmatched).map(\.rowCount)
    } else {
      aligned = nil
      self.intervals = intervals
      unmatched = segments.map { _ in 0 }
    }
    var rows = taken(of: self.intervals)
    if modality.isPivot {
      // Only a sample that takes an entry whole has rows as short as that.
      let lengths = rows.map(\.rowCount)
      rows = rows.map {
        $0.filteringRows { !AlignedRows.isShort(start: intervals.starts[$0], end: intervals.ends[$0]) }
      }
      short = zip(lengths, rows).map { $0 - $1.rowCount }
    } else {
      short = segments.map { _ in 0 }
    }
    self.rows = rows
  }

  /// The frames of every sample of the strip.
  ///
  /// - Parameters:
  ///   - zeroRows: which rows hold values that count as zero: of those that samples take where the modality is aligned,
  ///     else of those that values are taken from.
  ///   - lagged: where rows take their values from, if not from themselves.
  func frames(
    _ strip: Strip, samples: [Sample], settings: ModalitySettings, zeroRows: RowFlags?, lagged: LaggedRows?
  ) -> [SampleFrames] {
    zip(strip.samples, rows).map { index, rows in
      let sample = samples[index]
      let planner = FramePlanner(rules: settings.rules, start: sample.start, end: sample.end)
      let source = aligned == nil ? lagged : nil
      let frames = planner.frames(
        of: rows, starts: intervals.starts, ends: intervals.ends, isZero: { zeroRows?[source?[$0] ?? $0] ?? false })
      return sources(of: frames, settings, lagged)
    }
  }

  /// Frames of rows that samples take, as frames of the rows that their values come from.
  private func sources(
    of frames: SampleFrames, _ settings: ModalitySettings, _ lagged: LaggedRows?
  ) -> SampleFrames {
    var result = frames
    if let aligned, let rules = settings.alignment {
      result.runs = []
      for run in frames.runs {
        for (index, row) in run.rows.range.enumerated() {
          let sources = rules.collapse.sources(aligned.frames(of: row))
          if sources.isEmpty { result.imputed.append(run.frame + index) }
          for rows in sources { result.runs.append(FrameRun(rows: rows, frame: run.frame + index)) }
        }
      }
    }
    return lagged?.applied(to: result, areCombined: settings.combinesRows) ?? result
  }

  /// Every aligned row as a frame of its own, whatever samples take.
  func everyFrame(_ settings: ModalitySettings, lagged: LaggedRows?) -> SampleFrames {
    var frames = SampleFrames()
    frames.count = intervals.count
    frames.runs = [FrameRun(rows: RowRun(start: 0, count: intervals.count), frame: 0)]
    return sources(of: frames, settings, lagged)
  }

  /// How many of a sample's rows are made of rows of the modality.
  func matched(_ sample: Int) -> Int {
    guard let aligned else { return rows[sample].rowCount }
    return rows[sample].reduce(0) { $0 + $1.range.count { !aligned.frames(of: $0).isEmpty } }
  }

  /// Every row that a sample takes, once or more, by start.
  var wanted: [RowRun] { rows.joined().sorted { $0.start < $1.start } }
}

extension [RowRun] {
  fileprivate func filteringRows(_ isKept: (Int) -> Bool) -> [RowRun] {
    var kept: [RowRun] = []
    for run in self {
      for row in run.range where isKept(row) { kept.append(row: row) }
    }
    return kept
  }
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
