internal import ComputationalSequences
internal import PackedSequences
internal import Segments

/// Reads one strip of tokens and writes them to their places.
struct TokenStrip: Sendable {
  let source: StripSource
  let strip: Strip
  let sink: FrameSink
  let samples: [Sample]
  let zeroRows: RowFlags?

  func run(_ worker: inout Worker, file: SequenceFile?) throws {
    let intervals = try source.readIntervals(&worker.reader).all
    let rows = StripRows(strip, intervals: intervals, samples: samples)
    let frames = rows.frames(strip, samples: samples, rules: sink.plan.settings.rules, zeroRows: zeroRows)
    // The tokens of one entry: words, not frames, so few.
    var bytes: [UInt8] = []
    var starts: [Int] = []
    try FeatureReader(source: source, file: file).readTokens(&worker.reader) { _, token in
      starts.append(bytes.count)
      for index in token.indices { bytes.append(token[index]) }
    }
    starts.append(bytes.count)
    for (frames, sample) in zip(frames, strip.samples) {
      guard let place = sink.layout.places[sample] else { continue }
      try sink.write(times: frames.times, place: place)
      var tokens: [UInt8] = []
      var offsets: [Int64] = []
      for (row, _) in frames.sources {
        offsets.append(Int64(tokens.count))
        tokens += bytes[starts[row]..<starts[row + 1]]
      }
      try sink.write(tokens: tokens, starts: offsets, place: place)
    }
  }
}
