internal import ComputationalSequences
internal import PackedSequences
internal import Preprocessing
internal import Segments

/// What the first pass learns of a strip.
struct StripSizes: Sendable {
  struct Sample: Sendable {
    var frames = 0
    var tokenBytes = 0
    /// Rows that belong to the sample, before any was left out.
    var rows = 0
    var zeroRows = 0
    var cutFrames = 0
    /// Frames that stand for rows which nothing overlaps, where the modality is aligned; such rows that were left out.
    var imputed = 0
    var unmatched = 0
    /// Rows that are made of rows of the modality: all of them, or those that something overlaps.
    var matched = 0
    /// Rows that its frames are made of and that have no bytes.
    var absentRows = 0
    /// Rows too short to be aligned to.
    var short = 0
  }

  /// By sample of the strip.
  var samples: [Sample] = []
  /// Rows that count as zero, where the modality leaves them out.
  var zeroRows: RowFlags?
  /// Where rows take their values from, where the modality's come too late.
  var lagged: LaggedRows?
  /// Where the strip lies and what was planned, for the main pass; nil where it was too much to keep.
  var source: StripSource?
  var frames: [SampleFrames]?

  /// Bytes that ``source`` and ``frames`` take.
  fileprivate(set) var keptBytes = 0

  /// This without what only spares work.
  var bare: StripSizes {
    var bare = self
    (bare.source, bare.frames, bare.keptBytes) = (nil, nil, 0)
    return bare
  }
}

/// Sizes one strip.
struct SizeJob: Sendable {
  let source: StripSource
  /// Of the rows that the strip's are aligned to.
  let pivot: StripSource?
  let strip: Strip
  let modality: ModalityPlan
  let samples: [Sample]
  /// Where the modality is moved together with its words.
  let words: SpokenWords?

  /// Intervals do not tell how long tokens are, nor which frames are zero.
  var needsFeatures: Bool {
    modality.isTokens || modality.settings.rules.dropsZeroFrames || modality.settings.lag != nil
  }

  /// Bytes that the job works in; rows are empty only where all their columns are.
  var workingBytes: Int {
    source.workingBytes(selected: modality.settings.lag == nil ? modality.selection.count : modality.root.dimension)
  }

  func run(
    _ reader: inout BandReader, file: SequenceFile?
  ) throws -> (sizes: StripSizes, digests: [[UInt8]]) {
    let (intervals, byPart) = try source.readIntervals(&reader)
    let rows = StripRows(
      strip, of: modality, intervals: intervals, pivot: try pivot?.readIntervals(&reader).all, samples: samples)
    let features = FeatureReader(source: source, file: file)
    var result = StripSizes()
    var tokenLengths: [Int] = []
    if modality.isTokens {
      tokenLengths = Array(repeating: 0, count: intervals.count + 1)
      var empty = RowFlags(strip: intervals.count)
      try features.readTokens(&reader) { row, token in
        tokenLengths[row] = token.count
        if EmptyToken.matches(token) { empty[row] = true }
      }
      result.lagged = lagged(intervals.starts, empty)
      if modality.settings.rules.dropsZeroFrames {
        result.zeroRows = rows.aligned == nil ? empty : emptyFrames(of: rows, empty, result.lagged)
      }
    } else {
      // Any row may give its value to one that is wanted.
      let all = [RowRun(start: 0, count: intervals.count)]
      if modality.settings.lag != nil {
        let columns = ColumnSelection.all(modality.root.dimension)
        var empty = try zeroRows(all, columns, intervals.count, features, &reader)
        try words?.mark(&empty, intervals: byPart, &reader)
        result.lagged = lagged(intervals.starts, empty)
      }
      if modality.settings.rules.dropsZeroFrames {
        result.zeroRows =
          try rows.aligned == nil
          ? zeroRows(result.lagged == nil ? rows.wanted : all, modality.selection, intervals.count, features, &reader)
          : zeroFrames(of: rows, result.lagged, features, &reader)
      }
    }
    let frames = rows.frames(
      strip, samples: samples, settings: modality.settings, zeroRows: result.zeroRows, lagged: result.lagged)
    let absent = source.absentRows(modality.selection)
    result.samples = frames.enumerated().map { index, frames in
      StripSizes.Sample(
        frames: frames.count,
        tokenBytes: modality.isTokens ? frames.runs.lazy.flatMap(\.rows.range).reduce(0) { $0 + tokenLengths[$1] } : 0,
        rows: rows.rows[index].rowCount, zeroRows: frames.zeroRows, cutFrames: frames.cutFrames,
        imputed: frames.imputed.count, unmatched: rows.unmatched[index], matched: rows.matched(index),
        absentRows: absent.map { absent in frames.runs.reduce(0) { $0 + $1.rows.range.count { absent[$0] } } } ?? 0,
        short: rows.short[index])
    }
    result.source = source
    result.frames = frames
    result.keptBytes =
      source.parts.reduce(0) { $0 + ($1.features?.chunkSizes.count ?? 0) * 24 + 512 }
      + frames.reduce(0) { $0 + $1.runs.count * 24 + $1.times.count * 4 + $1.imputed.count * 8 + 64 }
    return (result, source.digests(of: byPart))
  }

  private func lagged(_ starts: [Double], _ empty: RowFlags) -> LaggedRows? {
    modality.settings.lag.map { lag in
      LaggedRows(lag: lag, entries: source.parts.map(\.entry.rows), starts: starts, isEmpty: { empty[$0] })
    }
  }

  private func zeroRows(
    _ wanted: [RowRun], _ selection: ColumnSelection, _ count: Int, _ features: FeatureReader,
    _ reader: inout BandReader
  ) throws -> RowFlags {
    var result = RowFlags(strip: count)
    var flags: [UInt8] = []
    let width = selection.count
    try features.readBands(wanted: wanted, selection: selection, &reader) { first, values, _ in
      let count = values.count / width
      if flags.count < count { flags = Array(repeating: 0, count: count) }
      RowTests.zeroRows(values, dimension: width, into: &flags)
      for row in 0..<count where flags[row] != 0 { result[first + row] = true }
    }
    return result
  }
}
