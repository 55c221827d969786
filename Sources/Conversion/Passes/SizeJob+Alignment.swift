internal import ComputationalSequences
internal import PackedSequences
internal import Preprocessing

/// Which aligned frames are zero: that is told by their values, not by those of the rows that they are made of.
extension SizeJob {
  /// By aligned row: whether it holds no token, or one that says nothing.
  ///
  /// - Parameter empty: by row of the modality.
  func emptyFrames(of rows: StripRows, _ empty: RowFlags, _ lagged: LaggedRows?) -> RowFlags {
    var result = RowFlags(rows: rows.intervals.count)
    let frames = rows.everyFrame(modality.settings, lagged: lagged)
    for run in frames.runs where empty[run.rows.start] { result[run.frame] = true }
    for frame in frames.imputed { result[frame] = true }
    return result
  }

  /// By aligned row: whether every value of the frame that it becomes is 0.
  func zeroFrames(
    of rows: StripRows, _ lagged: LaggedRows?, _ features: FeatureReader, _ reader: inout BandReader
  ) throws -> RowFlags {
    var result = RowFlags(rows: rows.intervals.count)
    let width = modality.selection.count
    let frames = rows.everyFrame(modality.settings, lagged: lagged)
    var combiner = FrameCombiner([frames], width: width, by: modality.settings.alignment?.collapse ?? .mean)
    func note(_ sample: Int, _ first: Int, _ frames: [Double]) {
      for frame in 0..<frames.count / width
      where frames[frame * width..<(frame + 1) * width].allSatisfy({ $0 == 0 }) { result[first + frame] = true }
    }
    try features.readBands(wanted: combiner.wanted, selection: modality.selection, &reader) { start, values, _ in
      try combiner.add(values, from: start, note)
    }
    try combiner.finish(note)
    for frame in frames.imputed { result[frame] = true }
    return result
  }
}
