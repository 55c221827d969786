internal import Segments
internal import Shards

/// Where every sample's frames will be, known before a value is read.
struct DatasetLayout: Sendable {
  /// The samples of the dataset, as indices into the plan's samples, in order.
  let kept: [Int]
  /// By kept sample.
  let shapes: [SampleShape]
  let shards: [ShardPlan]
  /// By modality: where each kept sample's frames begin among all frames of the modality; one more at the end.
  let frameStarts: [[Int]]
  /// The same for bytes of tokens.
  let tokenStarts: [[Int]]
  /// By sample of the plan: its place in ``kept``, or nil where it was left out.
  let places: [Int?]
  let shardOfPlace: [Int]

  init(_ plan: ConversionPlan, _ sizes: [[StripSizes]], _ configuration: ConversionConfiguration, fingerprint: String)
    throws
  {
    let samples = plan.samples.samples
    var frames = Array(repeating: Array(repeating: 0, count: plan.modalities.count), count: samples.count)
    var tokenBytes = frames
    for (m, modality) in plan.modalities.enumerated() {
      for (strip, sizes) in zip(modality.strips, sizes[m]) {
        for (sample, size) in zip(strip.samples, sizes.samples) {
          frames[sample][m] = size.frames
          tokenBytes[sample][m] = size.tokenBytes
        }
      }
    }
    kept = samples.indices.filter { !configuration.dropsIncomplete || !frames[$0].contains(0) }
    let shapes = kept.map { index in
      SampleShape(
        idBytes: samples[index].id.description.utf8.count, frames: frames[index], tokenBytes: tokenBytes[index])
    }
    self.shapes = shapes
    var places = [Int?](repeating: nil, count: samples.count)
    for (place, index) in kept.enumerated() { places[index] = place }
    self.places = places
    frameStarts = plan.modalities.indices.map { m in Self.starts(shapes.map { $0.frames[m] }) }
    tokenStarts = plan.modalities.indices.map { m in Self.starts(shapes.map { $0.tokenBytes[m] }) }

    let schema = ShardSchema(
      labels: plan.samples.labelNames, modalities: plan.schema, keepsTimes: plan.keepsTimes(configuration))
    var counts: [(split: String, samples: Int)] = []
    var start = 0
    for split in plan.samples.splits {
      counts.append((split, kept[start...].prefix { samples[$0].split == split }.count))
      start += counts.last?.samples ?? 0
    }
    let shards = try ShardPlan.cut(
      counts, shapes: shapes, schema: schema, limit: configuration.shardBytes, fingerprint: fingerprint)
    var shardOfPlace = Array(repeating: 0, count: kept.count)
    for (shard, plan) in shards.enumerated() {
      for place in plan.members { shardOfPlace[place] = shard }
    }
    self.shards = shards
    self.shardOfPlace = shardOfPlace
  }

  /// Bytes of a modality's values or tokens in all shards.
  func frameBytes(_ modality: Int) -> Int {
    shards.reduce(0) { sum, shard in
      let index = shard.layout.index(of: .values(modality)) ?? shard.layout.index(of: .bytes(modality))
      return sum + (index.map { shard.layout.tensors[$0].byteCount } ?? 0)
    }
  }

  /// The frames of a modality that a shard holds, among all of the modality.
  func frames(_ modality: Int, of shard: ShardPlan) -> Range<Int> {
    frameStarts[modality][shard.members.lowerBound]..<frameStarts[modality][shard.members.upperBound]
  }

  /// The frames of a modality that a split holds, among all of the modality.
  func frames(_ modality: Int, ofSplit split: String) -> Range<Int> {
    let members = shards.filter { $0.split == split }.map(\.members)
    guard let first = members.first, let last = members.last else { return 0..<0 }
    return frameStarts[modality][first.lowerBound]..<frameStarts[modality][last.upperBound]
  }

  func tokenBytes(_ modality: Int, of shard: ShardPlan) -> Range<Int> {
    tokenStarts[modality][shard.members.lowerBound]..<tokenStarts[modality][shard.members.upperBound]
  }

  static func starts(_ counts: [Int]) -> [Int] {
    counts.reduce(into: [0]) { $0.append(($0.last ?? 0) + $1) }
  }
}
