internal import ComputationalSequences
internal import PackedSequences
internal import Preprocessing
internal import Segments
internal import Shards

/// What the main pass learns of a strip's values.
struct StripValues: Sendable, Equatable {
  /// Over the frames that normalization is fitted on, combined in sample order; nil where the strip has none of them.
  var moments: Moments?
  let nonfinite: Manifest.Nonfinite

  /// - Parameters:
  ///   - moments: of the frames that would be fitted on.
  ///   - counted: a record that has seen every value, finite or not, or the non-finite ones at least.
  init(moments: Moments, counted: Moments, overflows: Int, isFitted: Bool) {
    if isFitted {
      var moments = moments
      moments.setCounts(of: counted)
      self.moments = moments
    }
    nonfinite = Manifest.Nonfinite(
      nan: Int(counted.values(.nan).reduce(0, +)), posinf: Int(counted.values(.posinf).reduce(0, +)),
      neginf: Int(counted.values(.neginf).reduce(0, +)), f32Overflow: overflows)
  }
}

/// One strip of the main pass: its features are read once, its frames go to their places.
struct StripTask: Sendable {
  let source: StripSource
  /// Of the rows that the strip's are aligned to.
  let pivot: StripSource?
  let strip: Strip
  var sink: FrameSink
  let samples: [Sample]
  let sizes: StripSizes
  /// Whether normalization is fitted on the strip's frames.
  let isFitted: Bool

  var plan: ModalityPlan { sink.plan }
  /// Selected columns.
  var width: Int { plan.selection.count }

  /// - Parameter file: where the features need libhdf5; only on the thread that may call it.
  /// - Returns: nil for tokens.
  func run(_ worker: inout Worker, file: SequenceFile?) throws -> StripValues? {
    let frames = try frames(&worker.reader)
    let places = strip.samples.map { sink.layout.places[$0] }
    for (frames, place) in zip(frames, places) {
      if let place { try sink.write(times: frames.times, place: place) }
    }
    let features = FeatureReader(source: source, file: file)
    if plan.isTokens {
      try copyTokens(frames, places, features, &worker)
      return nil
    }
    return plan.settings.combinesRows
      ? try combineNumbers(frames, places, features, &worker) : try copyNumbers(frames, places, features, &worker)
  }

  /// What the first pass planned, planned again where it was too much to keep.
  private func frames(_ reader: inout BandReader) throws -> [SampleFrames] {
    if let frames = sizes.frames { return frames }
    let rows = StripRows(
      strip, of: plan, intervals: try source.readIntervals(&reader).all,
      pivot: try pivot?.readIntervals(&reader).all, samples: samples)
    return rows.frames(
      strip, samples: samples, settings: plan.settings, zeroRows: sizes.zeroRows, lagged: sizes.lagged)
  }
}
