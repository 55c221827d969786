extension Shard {
  /// Holds the lists of offsets and the ids against what the shapes say. Touches nothing else.
  ///
  /// - Complexity: O(samples × modalities + token frames).
  func checkTables(_ counts: ShardCounts) throws(ShardError) {
    try check(idOffsets, ShardSchema.idOffsetsName, end: counts.idBytes)
    try checkIDs()
    for (m, modality) in schema.modalities.enumerated() {
      try check(offsets(modality: m), "\(modality.name).offsets", end: counts.frames[m])
      if modality.isTokens {
        try check(tokenOffsets(modality: m), "\(modality.name).token_offsets", end: counts.tokenBytes[m])
      }
    }
  }

  private func check(_ offsets: Span<Int64>, _ tensor: String, end: Int) throws(ShardError) {
    guard offsets[0] == 0 else { throw .offsetsStart(path: path, tensor: tensor, found: Int(offsets[0])) }
    var last: Int64 = 0
    for index in offsets.indices {
      let offset = offsets[index]
      if offset < last { throw .offsetsDecrease(path: path, tensor: tensor, index: index) }
      last = offset
    }
    guard last == end else { throw .offsetsEnd(path: path, tensor: tensor, expected: end, found: Int(last)) }
  }

  /// Every id must be UTF-8 by itself.
  private func checkIDs() throws(ShardError) {
    for sample in 0..<sampleCount {
      let range = Int(idOffsets[sample])..<Int(idOffsets[sample + 1])
      do { _ = try UTF8Span(validating: idBytes.extracting(range)) } catch {
        throw .invalidID(path: path, sample: sample)
      }
    }
  }
}
