internal import ComputationalSequences
internal import PackedSequences
internal import Preprocessing
internal import Shards

extension StripTask {
  /// Where one row of the source goes.
  private struct Source {
    let row: Int
    let sample: Int
    let frame: Int
  }

  /// Averages rows to frames. A sample's sums live from its first row to its last; finished samples are written, and
  /// enter the moments, in sample order.
  func averageNumbers(
    _ frames: [SampleFrames], _ places: [Int?], _ features: FeatureReader, _ worker: inout Worker
  ) throws -> StripValues {
    var sources: [Source] = []
    var lastRows = [Int](repeating: -1, count: frames.count)
    for (sample, (frames, place)) in zip(frames, places).enumerated() where place != nil {
      for run in frames.runs {
        for row in run.rows.range { sources.append(Source(row: row, sample: sample, frame: run.frame)) }
        lastRows[sample] = max(lastRows[sample], run.rows.end - 1)
      }
    }
    sources.sort { ($0.row, $0.sample) < ($1.row, $1.sample) }

    var output = AverageOutput(task: self, places: places, frames: frames, lastRows: lastRows)
    var counted = Moments(dimension: width)
    var overflowed = 0
    var next = 0
    var wanted: [RowRun] = []
    for source in sources where wanted.last?.end != source.row + 1 { wanted.append(row: source.row) }
    try features.readBands(wanted: wanted, selection: plan.selection, &worker.reader) { start, values, overflows in
      let end = start + values.count / width
      while next < sources.count && sources[next].row < end {
        let source = sources[next]
        let row = values.extracting((source.row - start) * width..<(source.row - start + 1) * width)
        if plan.settings.nonfinite == .error, row.indices.contains(where: { !row[$0].isFinite }) {
          throw nonfiniteValue(row, row: source.row)
        }
        counted.add(row)
        overflowed += overflows[source.row - start]
        output.add(row, to: source.frame, of: source.sample)
        next += 1
        try output.writeFinished(before: next < sources.count ? sources[next].row : .max, &worker.target)
      }
    }
    try output.writeFinished(before: .max, &worker.target)
    return StripValues(moments: output.moments, counted: counted, overflows: overflowed, isFitted: isFitted)
  }
}

/// Averages under way.
private struct AverageOutput {
  let task: StripTask
  let places: [Int?]
  let frames: [SampleFrames]
  let lastRows: [Int]
  var moments: Moments
  private var sums: [Int: FrameAverage] = [:]
  /// The first sample that is not written yet.
  private var pending = 0

  init(task: StripTask, places: [Int?], frames: [SampleFrames], lastRows: [Int]) {
    self.task = task
    self.places = places
    self.frames = frames
    self.lastRows = lastRows
    moments = Moments(dimension: task.sink.dimension)
  }

  mutating func add(_ row: Span<Float>, to frame: Int, of sample: Int) {
    sums[sample, default: FrameAverage(frames: frames[sample].count, dimension: task.sink.dimension)]
      .add(row, to: frame)
  }

  /// Writes the samples, in order, whose last row lies before `row`.
  mutating func writeFinished(before row: Int, _ buffer: inout ScratchBuffer) throws {
    while pending < frames.count && lastRows[pending] < row {
      defer { pending += 1 }
      guard let place = places[pending], let sum = sums.removeValue(forKey: pending) else { continue }
      let averages = sum.averages()
      var valid = [UInt8](repeating: 1, count: frames[pending].count)
      if task.sink.plan.settings.nonfinite == .mask {
        _ = RowTests.finiteRows(averages.span, dimension: sum.dimension, into: &valid)
        try task.sink.write(valid: valid.span, place: place, first: 0)
      }
      for (frame, isValid) in valid.enumerated() where isValid != 0 {
        moments.add(averages.span.extracting(frame * sum.dimension..<(frame + 1) * sum.dimension))
      }
      try task.sink.write(averages.span, place: place, first: 0, buffer: &buffer)
    }
  }
}
