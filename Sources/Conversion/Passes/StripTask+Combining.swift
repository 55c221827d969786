internal import ComputationalSequences
internal import PackedSequences
internal import Preprocessing
internal import Shards

extension StripTask {
  /// Combines rows to frames, puts those in their places, and gathers the moments of the valid ones.
  func combineNumbers(
    _ frames: [SampleFrames], _ places: [Int?], _ features: FeatureReader, _ worker: inout Worker
  ) throws -> StripValues {
    let collapse = plan.settings.alignment?.collapse ?? .mean
    let wanted: [SampleFrames?] = zip(frames, places).map { $1 == nil ? nil : $0 }
    var combiner = FrameCombiner(wanted, width: width, by: collapse)
    var output = CombinedOutput(task: self, imputed: frames.map(\.imputed), places: places)
    var counted = Moments(dimension: width)
    var overflowed = 0
    var flags: [UInt8] = []
    var buffer = ScratchBuffer()
    swap(&buffer, &worker.target)
    defer { swap(&buffer, &worker.target) }
    try features.readBands(wanted: combiner.wanted, selection: plan.selection, &worker.reader) {
      start, values, overflows in
      let band = start..<start + values.count / width
      if flags.count < band.count { flags = Array(repeating: 0, count: band.count) }
      if RowTests.finiteRows(values, dimension: width, into: &flags) > 0 {
        let broken = combiner.rows(in: band).flatMap { $0.filter { flags[$0 - start] == 0 } }
        for row in broken.sorted() {
          let frame = values.extracting((row - start) * width..<(row - start + 1) * width)
          if plan.settings.nonfinite == .error { throw nonfiniteValue(frame, row: row) }
          counted.add(frame)
          overflowed += overflows[row - start]
        }
      }
      try combiner.add(values, from: start) { try output.write($0, $1, $2, &buffer) }
    }
    try combiner.finish { try output.write($0, $1, $2, &buffer) }
    return StripValues(moments: output.moments, counted: counted, overflows: overflowed, isFitted: isFitted)
  }
}

/// Where combined frames go.
private struct CombinedOutput {
  let task: StripTask
  /// By sample: frames that no row became.
  let imputed: [[Int]]
  let places: [Int?]
  private(set) var moments: Moments

  init(task: StripTask, imputed: [[Int]], places: [Int?]) {
    self.task = task
    self.imputed = imputed
    self.places = places
    moments = Moments(dimension: task.width)
  }

  mutating func write(_ sample: Int, _ first: Int, _ frames: [Double], _ buffer: inout ScratchBuffer) throws {
    guard let place = places[sample] else { return }
    let width = task.width
    var valid = [UInt8](repeating: 1, count: frames.count / width)
    if task.plan.settings.nonfinite == .mask {
      _ = RowTests.finiteRows(frames.span, dimension: width, into: &valid)
    }
    for frame in imputed[sample] where valid.indices.contains(frame - first) { valid[frame - first] = 0 }
    try task.sink.write(valid: valid.span, place: place, first: first)
    var start = 0
    // Runs of valid frames at a time: a call costs more than a frame.
    for frame in 0...valid.count where frame == valid.count || valid[frame] == 0 {
      if frame > start { moments.add(frames.span.extracting(start * width..<frame * width)) }
      start = frame + 1
    }
    try task.sink.write(frames.span, place: place, first: first, buffer: &buffer)
  }
}
