/// How many frames a split has of one modality: what an epoch costs, and which sample is the longest.
public struct FrameStatistics: Sendable, Equatable {
  public let modality: BatchModality
  /// Of all samples: as many as an epoch reads.
  public let frames: Int
  /// Those that are not masked.
  public let validFrames: Int
  /// The greatest number of frames that a sample has, masked ones included.
  public let longest: Int
  /// The first sample that has so many, by its number in the split.
  public let longestSample: Int
  /// Samples without a valid frame: those that lack the modality, or whose frames are all masked.
  public let samplesWithoutFrames: Int
}

extension BatchSource {
  /// The frames of each modality, in the source's order. Reads lists of offsets and masks, no values.
  ///
  /// - Complexity: O(samples × modalities + frames).
  public func frameStatistics() -> [FrameStatistics] {
    modalities.map { modality in
      var (frames, valid, empty, longest) = (0, 0, 0, (count: -1, sample: 0))
      for sample in 0..<sampleCount {
        let (shard, place) = split.locate(sample)
        let mask = shard.valid(sample: place, modality: modality.index)
        var found = 0
        for index in mask.indices where mask[index] != 0 { found += 1 }
        frames += mask.count
        valid += found
        if found == 0 { empty += 1 }
        if mask.count > longest.count { longest = (mask.count, sample) }
      }
      return FrameStatistics(
        modality: modality, frames: frames, validFrames: valid, longest: longest.count, longestSample: longest.sample,
        samplesWithoutFrames: empty)
    }
  }

  /// How many frames an epoch reads, of all modalities together. Looks at lists of offsets only.
  public var framesPerEpoch: Int {
    modalities.reduce(0) { sum, modality in
      split.shards.reduce(sum) { $0 + $1.frameCount(modality: modality.index) }
    }
  }
}
