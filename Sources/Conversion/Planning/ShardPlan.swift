internal import Shards

/// One shard to be made.
struct ShardPlan: Sendable {
  let split: String
  let name: ShardName
  /// Places among all samples of the dataset.
  let members: Range<Int>
  let layout: ShardLayout

  /// Cuts the samples of all splits into shards.
  ///
  /// - Parameters:
  ///   - splits: in order, with the number of their samples.
  ///   - shapes: of all samples, split after split.
  ///   - limit: the bytes that a shard's tensors do not exceed.
  static func cut(
    _ splits: [(split: String, samples: Int)], shapes: [SampleShape], schema: ShardSchema, limit: Int,
    fingerprint: String
  ) throws -> [ShardPlan] {
    var shards: [ShardPlan] = []
    var start = 0
    for (split, count) in splits {
      let cuts = ShardPartition.cut(Array(shapes[start..<start + count]), schema: schema, limit: limit)
      for (index, cut) in cuts.enumerated() {
        let members = start + cut.lowerBound..<start + cut.upperBound
        shards.append(
          ShardPlan(
            split: split, name: ShardName(split: split, index: index, count: cuts.count), members: members,
            layout: try ShardLayout(
              schema: schema, samples: shapes[members],
              metadata: ShardLayout.metadata(split: split, fingerprint: fingerprint))))
      }
      start += count
    }
    return shards
  }
}

/// What a shard says of one sample beside its frames.
struct SampleRow {
  let id: String
  let start: Double
  let end: Double
  let labels: [Float]
}

extension ShardWriter {
  /// Writes what is known of samples before a frame is: labels, intervals, ids, and where each sample's frames begin.
  ///
  /// - Parameter shapes: of the same samples.
  func writeTables(_ rows: [SampleRow], shapes: ArraySlice<SampleShape>) throws {
    func offsets(_ counts: [Int]) -> [UInt8] {
      TensorBytes.of(counts.reduce(into: [Int64(0)]) { $0.append(($0.last ?? 0) + Int64($1)) })
    }
    for (index, tensor) in layout.tensors.enumerated() {
      switch tensor.role {
      case .labels: try write(TensorBytes.of(rows.flatMap { $0.labels }), tensor: index)
      case .interval: try write(TensorBytes.of(rows.flatMap { [$0.start, $0.end] }), tensor: index)
      case .id: try write(rows.flatMap { Array($0.id.utf8) }, tensor: index)
      case .idOffsets: try write(offsets(shapes.map(\.idBytes)), tensor: index)
      case .offsets(let m): try write(offsets(shapes.map { $0.frames[m] }), tensor: index)
      default: break
      }
    }
  }
}
