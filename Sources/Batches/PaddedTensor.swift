internal import Shards

/// One modality of a batch as a dense tensor, every sample padded to the same length, and the mask that says which of its
/// frames are real.
///
/// For models and libraries that want rectangles. This project's own never does: a MOSI-sized batch padded to its longest
/// sample is mostly padding, and the arithmetic on it is wasted.
public struct PaddedTensor: Sendable, Equatable {
  /// Where a sample's padding is.
  public enum Side: Sendable, CaseIterable {
    /// Before its frames.
    case left
    /// After its frames.
    case right
  }

  public let samples: Int
  /// Frames a sample, padding included.
  public let length: Int
  public let dimension: Int
  /// `[samples, length, dimension]`, row-major; 0 in the padding. Masked frames hold what is stored.
  public let values: [Float]
  /// `[samples, length]`: true where a frame is there and valid, false where it is masked or padding.
  public let mask: [Bool]
}

extension Batch {
  /// Copies one modality into a padded tensor; 16-bit numbers are widened, exactly.
  ///
  /// - Parameters:
  ///   - modality: its place in the source's order.
  ///   - side: where the padding goes.
  ///   - length: frames a sample, by default as many as the longest of the batch has.
  /// - Precondition: no sample has more frames than `length`: frames are never cut off here; `grf-data convert
  ///   --max-frames` does that.
  /// - Complexity: O(samples × length × dimension).
  public func padded(modality: Int, side: PaddedTensor.Side = .right, length: Int? = nil) -> PaddedTensor {
    let longest = longest(modality: modality)
    let length = length ?? longest
    precondition(longest <= length, "a sample of \(longest) frames in a tensor of \(length)")
    let (place, dimension) = (modalities[modality].index, modalities[modality].dimension)
    var values = [Float](repeating: 0, count: count * length * dimension)
    var mask = [Bool](repeating: false, count: count * length)
    var target = values.mutableSpan
    for sample in 0..<count {
      let (shard, inShard) = (shards[places[sample].shard], places[sample].sample)
      let frames = frameCount(sample: sample, modality: modality)
      let first = sample * length + (side == .left ? length - frames : 0)
      shard.widen(sample: inShard, modality: place, into: &target, at: first * dimension)
      let valid = shard.valid(sample: inShard, modality: place)
      for frame in valid.indices { mask[first + frame] = valid[frame] != 0 }
    }
    return PaddedTensor(samples: count, length: length, dimension: dimension, values: values, mask: mask)
  }
}
