internal import Shards

/// When a sample's frames were, in seconds of the source.
enum FrameTimes {
  /// Starts and ends, `[frames, 2]`.
  ///
  /// Stored times are binary32 numbers, relative to the sample's start. What is given here comes out as the same
  /// binary32 numbers when a conversion subtracts the sample's start again: the nearest Double is at least as near to
  /// them as the one that they were made of. A frame that ends with its sample ends at exactly the same moment.
  ///
  /// Without stored times the frames are spread evenly over the sample.
  static func intervals(of shard: Shard, sample: Int, modality: Int) -> [Double] {
    let (start, end) = shard.interval(sample)
    let frames = shard.frameRange(sample: sample, modality: modality).count
    var result: [Double] = []
    result.reserveCapacity(2 * frames)
    guard shard.schema.keepsTimes else {
      let bound = { (frame: Int) in frame == frames ? end : start + (end - start) * Double(frame) / Double(frames) }
      for frame in 0..<frames { result += [bound(frame), bound(frame + 1)] }
      return result
    }
    let times = shard.times(sample: sample, modality: modality)
    let length = Float(end - start)
    for index in times.indices {
      result.append(times[index] == length ? end : start + Double(times[index]))
    }
    return result
  }
}
