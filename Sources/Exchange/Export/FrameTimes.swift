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
    guard shard.schema.keepsTimes else {
      return spread(shard.frameRange(sample: sample, modality: modality).count, from: start, to: end)
    }
    let times = shard.times(sample: sample, modality: modality)
    return intervals(times.indices.map { times[$0] }, start: start, end: end)
  }

  /// As above, from times relative to the start.
  static func intervals(_ times: [Float], start: Double, end: Double) -> [Double] {
    let length = Float(end - start)
    return times.map { $0 == length ? end : start + Double($0) }
  }

  /// Frames one after another, from the start to the end.
  static func spread(_ frames: Int, from start: Double, to end: Double) -> [Double] {
    let bound = { (frame: Int) in frame == frames ? end : start + (end - start) * Double(frame) / Double(frames) }
    var result: [Double] = []
    result.reserveCapacity(2 * frames)
    for frame in 0..<frames { result += [bound(frame), bound(frame + 1)] }
    return result
  }
}
