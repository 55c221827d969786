/// The sizes of one sample: all that is needed to lay out the shard that will hold it.
package struct SampleShape: Sendable, Equatable {
  /// UTF-8 bytes of the sample's id.
  package var idBytes: Int
  /// Frames by modality.
  package var frames: [Int]
  /// Bytes of all tokens by modality; 0 where frames are numbers.
  package var tokenBytes: [Int]

  package init(idBytes: Int, frames: [Int], tokenBytes: [Int]) {
    self.idBytes = idBytes
    self.frames = frames
    self.tokenBytes = tokenBytes
  }
}

/// Decides where one shard ends and the next begins.
package enum ShardPartition {
  /// Cuts the samples of a split into shards.
  ///
  /// A shard closes before the sample that would take its tensors (`labels` to `times`, without `_crc.*`, `_pad.k` and
  /// the header) over `limit` bytes. A sample larger than that stands alone. No samples: no shard.
  ///
  /// - Complexity: O(samples × modalities).
  package static func cut(_ samples: [SampleShape], schema: ShardSchema, limit: Int) -> [Range<Int>] {
    let base = schema.fixedBytes
    var shards: [Range<Int>] = []
    var start = 0
    var bytes = base
    for (index, sample) in samples.enumerated() {
      let size = schema.bytes(of: sample)
      if index > start && bytes + size > limit {
        shards.append(start..<index)
        start = index
        bytes = base
      }
      bytes += size
    }
    if start < samples.count { shards.append(start..<samples.count) }
    return shards
  }
}

extension ShardSchema {
  /// Bytes that a shard's tensors have before its first sample: the leading zero of every list of offsets.
  fileprivate var fixedBytes: Int { 8 * (1 + modalities.count { $0.isTokens } + modalities.count) }

  /// Bytes that a sample adds to a shard's tensors.
  fileprivate func bytes(of sample: SampleShape) -> Int {
    var bytes = 4 * labels.count + 16 + sample.idBytes + 8
    for (m, modality) in modalities.enumerated() {
      let frameBytes = (modality.isTokens ? 8 : modality.frameBytes) + 1 + (keepsTimes ? 8 : 0)
      bytes += 8 + sample.frames[m] * frameBytes + sample.tokenBytes[m]
    }
    return bytes
  }
}
