internal import Shards

/// Some samples of a split: their labels, and where in the mapping their frames lie.
///
/// A batch holds no frames. What ``frames(sample:modality:)`` gives are spans into the mapped shards. It may be read by
/// any number of threads at once.
///
/// Samples are given by their places in the batch, modalities by theirs in the source's order.
public struct Batch: Sendable {
  public let modalities: [BatchModality]
  /// Whether samples have a label.
  public let isLabelled: Bool
  /// See ``BatchSource/fill``.
  public let fill: [Int]?
  let shards: [Shard]
  private var samples: [Int] = []
  private var labels: [Float] = []
  /// By sample: its shard, and its place there.
  private(set) var places: [(shard: Int, sample: Int)] = []
  /// By sample, then modality.
  private var frameCounts: [Int] = []

  init(shards: [Shard], modalities: [BatchModality], isLabelled: Bool, fill: [Int]?, capacity: Int) {
    self.shards = shards
    self.modalities = modalities
    self.isLabelled = isLabelled
    self.fill = fill
    samples.reserveCapacity(capacity)
    labels.reserveCapacity(capacity)
    places.reserveCapacity(capacity)
    frameCounts.reserveCapacity(capacity * modalities.count)
  }

  mutating func removeAll() {
    samples.removeAll(keepingCapacity: true)
    labels.removeAll(keepingCapacity: true)
    places.removeAll(keepingCapacity: true)
    frameCounts.removeAll(keepingCapacity: true)
  }

  mutating func append(_ sample: Int, shard: Int, place: Int, label: Float) {
    samples.append(sample)
    labels.append(label)
    places.append((shard, place))
    for modality in modalities {
      frameCounts.append(shards[shard].frameRange(sample: place, modality: modality.index).count)
    }
  }

  /// How many samples it holds.
  public var count: Int { samples.count }

  /// The number of a sample in its split.
  public func sample(_ index: Int) -> Int { samples[index] }

  /// A sample's label, rounded where the source rounds them.
  ///
  /// - Precondition: ``isLabelled``.
  public func label(_ index: Int) -> Float {
    precondition(isLabelled, "a batch without labels was asked for one")
    return labels[index]
  }

  /// A sample's name, such as `03bSnISJMiM[4]`.
  public func id(_ index: Int) -> String { shards[places[index].shard].id(places[index].sample) }

  /// How many frames a sample has of a modality, masked ones included; 0 where it lacks the modality.
  public func frameCount(sample: Int, modality: Int) -> Int {
    frameCounts[sample * modalities.count + modality]
  }

  /// How many frames a sample has once it is filled up; nil where none is, so that masks count.
  public func filledCount(sample: Int, modality: Int) -> Int? {
    fill.map { max(1, $0[modality], frameCount(sample: sample, modality: modality)) }
  }

  /// The greatest ``frameCount(sample:modality:)`` of a modality; 0 without samples.
  public func longest(modality: Int) -> Int {
    var longest = 0
    for sample in 0..<count { longest = max(longest, frameCount(sample: sample, modality: modality)) }
    return longest
  }
}
