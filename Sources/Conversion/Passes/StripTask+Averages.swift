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

  /// Averages rows to frames. A frame's sums live from its first row to its last, or until the samples before it are
  /// done: frames are written, and enter the moments, in the order of the samples.
  func averageNumbers(
    _ frames: [SampleFrames], _ places: [Int?], _ features: FeatureReader, _ worker: inout Worker
  ) throws -> StripValues {
    var sources: [Source] = []
    var lastRows = frames.map { [Int](repeating: -1, count: $0.count) }
    for (sample, (frames, place)) in zip(frames, places).enumerated() where place != nil {
      for run in frames.runs {
        for row in run.rows.range { sources.append(Source(row: row, sample: sample, frame: run.frame)) }
        lastRows[sample][run.frame] = max(lastRows[sample][run.frame], run.rows.end - 1)
      }
    }
    sources.sort { ($0.row, $0.sample) < ($1.row, $1.sample) }

    var output = AverageOutput(task: self, places: places, lastRows: lastRows)
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
  /// Frames are written this many at a time, or a sample's last ones.
  private static let batch = 64

  let task: StripTask
  let places: [Int?]
  /// By sample, then frame: the last row that goes to it.
  let lastRows: [[Int]]
  var moments: Moments
  private var sums: [Int: FrameAverage] = [:]
  /// The first sample that is not written yet, and its first frame that still waits for rows.
  private var pending = 0
  private var waiting = 0

  init(task: StripTask, places: [Int?], lastRows: [[Int]]) {
    self.task = task
    self.places = places
    self.lastRows = lastRows
    moments = Moments(dimension: task.width)
  }

  mutating func add(_ row: Span<Float>, to frame: Int, of sample: Int) {
    sums[sample, default: FrameAverage(dimension: task.width)].add(row, to: frame)
  }

  /// Writes the frames, in order, whose last row lies before `row`.
  mutating func writeFinished(before row: Int, _ buffer: inout ScratchBuffer) throws {
    while pending < places.count {
      let lastRows = lastRows[pending]
      // Rows may come back to a frame after its neighbour is done, but never to one behind the first that waits.
      while waiting < lastRows.count && lastRows[waiting] < row { waiting += 1 }
      let isDone = waiting == lastRows.count
      let first = sums[pending]?.firstFrame ?? 0
      if let place = places[pending], waiting > first, isDone || waiting - first >= Self.batch {
        try write(sums[pending]?.take(before: waiting) ?? [], from: first, place: place, &buffer)
      }
      guard isDone else { return }
      sums[pending] = nil
      pending += 1
      waiting = 0
    }
  }

  private mutating func write(
    _ averages: [Double], from first: Int, place: Int, _ buffer: inout ScratchBuffer
  ) throws {
    let width = task.width
    var valid = [UInt8](repeating: 1, count: averages.count / width)
    if task.plan.settings.nonfinite == .mask {
      _ = RowTests.finiteRows(averages.span, dimension: width, into: &valid)
      try task.sink.write(valid: valid.span, place: place, first: first)
    }
    for (frame, isValid) in valid.enumerated() where isValid != 0 {
      moments.add(averages.span.extracting(frame * width..<(frame + 1) * width))
    }
    try task.sink.write(averages.span, place: place, first: first, buffer: &buffer)
  }
}
