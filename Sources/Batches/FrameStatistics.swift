public import Shards

/// How many frames a split has of one modality: what an epoch costs, and which sample is the longest. Where a source fills
/// samples up, those frames count like stored ones, and all are valid.
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
  /// Samples without a valid frame: those that lack the modality, or whose frames are all masked. None where samples are
  /// filled up.
  public let samplesWithoutFrames: Int
}

extension BatchSource {
  /// The frames of each modality, in the source's order. Reads lists of offsets and masks, no values.
  ///
  /// - Complexity: O(samples × modalities + frames).
  public func frameStatistics() -> [FrameStatistics] {
    modalities.indices.map { place in
      let modality = modalities[place]
      if let length = fill?[place] { return filledStatistics(modality, length: length) }
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

  private func filledStatistics(_ modality: BatchModality, length: Int) -> FrameStatistics {
    var (frames, longest) = (0, (count: 0, sample: 0))
    for sample in 0..<sampleCount {
      let (shard, place) = split.locate(sample)
      let count = max(1, length, shard.frameRange(sample: place, modality: modality.index).count)
      frames += count
      if count > longest.count { longest = (count, sample) }
    }
    return FrameStatistics(
      modality: modality, frames: frames, validFrames: frames, longest: longest.count, longestSample: longest.sample,
      samplesWithoutFrames: 0)
  }

  /// How many stored frames an epoch reads, of all modalities together. Looks at lists of offsets only.
  public var framesPerEpoch: Int {
    modalities.reduce(0) { sum, modality in
      split.shards.reduce(sum) { $0 + $1.frameCount(modality: modality.index) }
    }
  }
}

extension Dataset {
  /// The greatest number of frames that any sample of any split has, by modality, masked ones included: what a program
  /// pads to that pads once and for all.
  ///
  /// - Parameter names: modalities of the dataset.
  /// - Complexity: O(samples); looks at lists of offsets only.
  public func greatestLengths(_ names: [String]) -> [Int] {
    names.map { name in
      guard let modality = schema.modalities.firstIndex(where: { $0.name == name }) else { return 0 }
      var greatest = 0
      for shard in splits.flatMap(\.shards) {
        for sample in 0..<shard.sampleCount {
          greatest = max(greatest, shard.frameRange(sample: sample, modality: modality).count)
        }
      }
      return greatest
    }
  }
}
