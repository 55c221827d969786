internal import Preprocessing
internal import Shards

/// A dataset that is put together from samples of others: each sample's frames are somewhere already, and only want to be
/// brought to their places.
struct Assembly: Sendable {
  /// One sample of a source.
  struct Place: Sendable {
    /// Among ``Assembly/shards``.
    let shard: Int
    /// Among the shard's samples.
    let sample: Int
  }

  /// Where the frames of one modality come from.
  struct Modality: Sendable {
    /// Its place in the sources' schema.
    let source: Int
    /// By sample of the result.
    let places: [Place]
    /// What is still to be done to values; nil where they are copied.
    let finisher: Finisher?
  }

  /// Of all sources.
  let shards: [Shard]
  let schema: ShardSchema
  /// In order, with the number of their samples.
  let splits: [(split: String, samples: Int)]
  /// By sample of the result: where its id, interval and labels stand.
  let places: [Place]
  let modalities: [Modality]
  let shapes: [SampleShape]
  /// By modality: where each sample's frames begin among all of the modality; one more at the end.
  let frameStarts: [[Int]]
  /// The same for bytes of tokens.
  let tokenStarts: [[Int]]

  init(
    shards: [Shard], schema: ShardSchema, splits: [(split: String, samples: Int)], places: [Place],
    modalities: [Modality]
  ) {
    self.shards = shards
    self.schema = schema
    self.splits = splits
    self.places = places
    self.modalities = modalities
    let shapes = places.indices.map { index in
      let sizes = modalities.map { modality -> (frames: Int, tokenBytes: Int) in
        let place = modality.places[index]
        let shard = shards[place.shard]
        return (
          shard.frameRange(sample: place.sample, modality: modality.source).count,
          shard.tokenBytes(sample: place.sample, modality: modality.source).count
        )
      }
      return SampleShape(
        idBytes: shards[places[index].shard].id(places[index].sample).utf8.count, frames: sizes.map(\.frames),
        tokenBytes: sizes.map(\.tokenBytes))
    }
    self.shapes = shapes
    frameStarts = modalities.indices.map { m in DatasetLayout.starts(shapes.map { $0.frames[m] }) }
    tokenStarts = modalities.indices.map { m in DatasetLayout.starts(shapes.map { $0.tokenBytes[m] }) }
  }

  /// What a shard says of a sample beside its frames.
  func row(_ index: Int) -> SampleRow {
    let (shard, sample) = (shards[places[index].shard], places[index].sample)
    let (start, end) = shard.interval(sample)
    var labels: [Float] = []
    if !schema.labels.isEmpty {
      let span = shard.labels(sample)
      for column in span.indices { labels.append(span[column]) }
    }
    return SampleRow(id: shard.id(sample), start: start, end: end, labels: labels)
  }

  /// The frames of a modality by split.
  func frames(_ modality: Int) -> [Int] {
    var start = 0
    return splits.map { _, count in
      defer { start += count }
      return frameStarts[modality][start + count] - frameStarts[modality][start]
    }
  }
}
