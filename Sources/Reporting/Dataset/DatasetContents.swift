internal import Shards

/// What a dataset's figures need of its samples, gathered in one pass; values are not touched.
struct DatasetContents {
  struct Modality {
    let name: String
    /// Samples by their length in frames, by split.
    var lengths: [[Int: Int]]
    /// Samples with a valid frame there, by tenths of a tenth of their segment's length; nil where frames bear no times.
    var covered: [Int]?
  }

  /// Parts that a segment is divided into for ``Modality/covered``.
  static let parts = 50

  let splits: [String]
  private(set) var modalities: [Modality]
  /// Samples of some length, which alone have a time line.
  private(set) var timed = 0

  /// - Complexity: O(frames).
  init(_ dataset: Dataset) {
    splits = dataset.splits.map(\.name)
    let keepsTimes = dataset.schema.keepsTimes
    modalities = dataset.schema.modalities.map { modality in
      Modality(
        name: modality.name, lengths: Array(repeating: [:], count: dataset.splits.count),
        covered: keepsTimes ? Array(repeating: 0, count: Self.parts) : nil)
    }
    for (s, split) in dataset.splits.enumerated() {
      for shard in split.shards { add(shard, split: s) }
    }
  }

  private mutating func add(_ shard: Shard, split: Int) {
    for sample in 0..<shard.sampleCount {
      let interval = shard.interval(sample)
      let seconds = interval.end - interval.start
      let isTimed = seconds.isFinite && seconds > 0
      if isTimed { timed += 1 }
      for m in modalities.indices {
        modalities[m].lengths[split][shard.frameRange(sample: sample, modality: m).count, default: 0] += 1
        guard isTimed, modalities[m].covered != nil else { continue }
        for part in Self.covered(shard, sample, m, seconds: seconds) { modalities[m].covered?[part] += 1 }
      }
    }
  }

  /// The parts of a segment whose middle lies in a valid frame.
  private static func covered(_ shard: Shard, _ sample: Int, _ modality: Int, seconds: Double) -> Set<Int> {
    let times = shard.times(sample: sample, modality: modality)
    let valid = shard.valid(sample: sample, modality: modality)
    var covered: Set<Int> = []
    for frame in valid.indices where valid[frame] != 0 && 2 * frame + 1 < times.count {
      let (start, end) = (Double(times[2 * frame]) / seconds, Double(times[2 * frame + 1]) / seconds)
      guard start.isFinite, end.isFinite else { continue }
      // Part k's middle is (k + 0.5) / parts.
      func place(_ share: Double) -> Double { max(0, min(1, share)) * Double(parts) - 0.5 }
      let first = max(0, Int(place(start).rounded(.up)))
      let last = min(parts - 1, Int(place(end).rounded(.down)))
      if first <= last { covered.formUnion(first...last) }
    }
    return covered
  }
}
