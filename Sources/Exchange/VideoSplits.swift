internal import PackedSequences
internal import Shards

/// Which splits the segments of each video are in.
struct VideoSplits {
  private var homes: [String: String] = [:]
  /// The videos whose segments are in more than one split.
  private(set) var torn: Set<String> = []

  init() {}

  init(_ dataset: Dataset) {
    for split in dataset.splits {
      for shard in split.shards {
        for sample in 0..<shard.sampleCount { add(SampleID(parsing: shard.id(sample)), in: split.name) }
      }
    }
  }

  mutating func add(_ id: SampleID, in split: String) {
    let video = id.video
    if let home = homes.updateValue(split, forKey: video), home != split { torn.insert(video) }
  }
}
