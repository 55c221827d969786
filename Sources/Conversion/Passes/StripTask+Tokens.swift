internal import ComputationalSequences
internal import PackedSequences
internal import Preprocessing

extension StripTask {
  /// Copies tokens to their places.
  func copyTokens(
    _ frames: [SampleFrames], _ places: [Int?], _ features: FeatureReader, _ worker: inout Worker
  ) throws {
    // The tokens of one entry: words, not frames, so few.
    var bytes: [UInt8] = []
    var starts: [Int] = []
    try features.readTokens(&worker.reader) { _, token in
      starts.append(bytes.count)
      for index in token.indices { bytes.append(token[index]) }
    }
    // The end of the last token, and that of the row after it, which stands for rows without a value.
    starts += [bytes.count, bytes.count]
    for (frames, place) in zip(frames, places) {
      guard let place else { continue }
      // Frames that no row became have no text.
      var rows = [Int](repeating: starts.count - 2, count: frames.count)
      for run in frames.runs {
        for (index, row) in run.rows.range.enumerated() { rows[run.frame + index] = row }
      }
      var tokens: [UInt8] = []
      var offsets: [Int64] = []
      for row in rows {
        offsets.append(Int64(tokens.count))
        tokens += bytes[starts[row]..<starts[row + 1]]
      }
      try sink.write(tokens: tokens, starts: offsets, place: place)
      var valid = [UInt8](repeating: 1, count: frames.count)
      for frame in frames.imputed { valid[frame] = 0 }
      try sink.write(valid: valid.span, place: place, first: 0)
    }
  }
}
