internal import ComputationalSequences
internal import PackedSequences
internal import Preprocessing
internal import Segments
internal import Shards

/// What the main pass learns of a strip's values.
struct StripValues: Sendable {
  /// Over the frames that normalization would be fitted on; combined in sample order.
  var moments: Moments
  var nonfinite = Manifest.Nonfinite()

  /// Takes the totals of non-finite values out of a record.
  mutating func count(_ moments: Moments) {
    nonfinite.nan = Int(moments.values(.nan).reduce(0, +))
    nonfinite.posinf = Int(moments.values(.posinf).reduce(0, +))
    nonfinite.neginf = Int(moments.values(.neginf).reduce(0, +))
  }
}

/// One strip of the main pass: its features are read once, its frames go to their places.
struct StripTask: Sendable {
  let source: StripSource
  let strip: Strip
  let sink: FrameSink
  let samples: [Sample]
  let sizes: StripSizes

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
    return plan.settings.rules.rate == nil
      ? try copyNumbers(frames, places, features, &worker) : try averageNumbers(frames, places, features, &worker)
  }

  /// What the first pass planned, planned again where it was too much to keep.
  private func frames(_ reader: inout BandReader) throws -> [SampleFrames] {
    if let frames = sizes.frames { return frames }
    let rows = StripRows(strip, intervals: try source.readIntervals(&reader).all, samples: samples)
    return rows.frames(strip, samples: samples, rules: plan.settings.rules, zeroRows: sizes.zeroRows)
  }
}
