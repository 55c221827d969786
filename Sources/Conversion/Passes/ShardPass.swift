internal import PackedSequences
internal import Shards
internal import Workers

/// The second pass: reads the scratch files in order and gives every block of every shard its final bytes and its CRC.
struct ShardPass {
  let plan: ConversionPlan
  let layout: DatasetLayout
  /// By shard.
  let writers: [ShardWriter]
  let pool: WorkerPool<Worker>
  let progress: ProgressReport

  /// Writes what the plan alone decides: labels, intervals, ids, and where each sample's frames begin.
  func writeTables() throws {
    for (shard, writer) in zip(layout.shards, writers) {
      let samples = shard.members.map { plan.samples.samples[layout.kept[$0]] }
      for (index, tensor) in shard.layout.tensors.enumerated() {
        switch tensor.role {
        case .labels: try writer.write(TensorBytes.of(samples.flatMap { $0.labels }), tensor: index)
        case .interval: try writer.write(TensorBytes.of(samples.flatMap { [$0.start, $0.end] }), tensor: index)
        case .id: try writer.write(samples.flatMap { Array($0.id.description.utf8) }, tensor: index)
        case .idOffsets: try writer.write(Self.offsets(shard.members.map { layout.shapes[$0].idBytes }), tensor: index)
        case .offsets(let m):
          try writer.write(Self.offsets(shard.members.map { layout.shapes[$0].frames[m] }), tensor: index)
        default: break
        }
      }
    }
  }

  /// Hands the blocks of a modality to the workers, once the main pass has been through it.
  ///
  /// - Parameters:
  ///   - splits: those that the main pass has been through.
  ///   - finisher: nil for tokens.
  ///   - areFilled: whether their values are in the shards already.
  func submit(_ m: Int, splits: [String], scratch: Scratch, finisher: Finisher?, areFilled: Bool) throws {
    for (shard, writer) in zip(layout.shards, writers) where splits.contains(shard.split) {
      for (index, tensor) in shard.layout.tensors.enumerated() where tensor.role.frames == m {
        for block in 0..<tensor.blockCount {
          let job = BlockJob(
            writer: writer, tensor: index, block: block, plan: plan.modalities[m], scratch: scratch, finisher: finisher,
            frames: layout.frames(m, of: shard), tokenBytes: layout.tokenBytes(m, of: shard), isFilled: areFilled)
          try pool.submit(cost: 4 << 20) { [progress] worker in
            try job.run(&worker)
            progress.advance(tensor.range(ofBlock: block).count)
          }
        }
      }
    }
  }

  /// Waits for all blocks, then completes every shard and syncs it to disk.
  ///
  /// - Returns: a record a shard, in order.
  func finish() throws -> [ShardRecord] {
    try pool.wait()
    return try writers.map { try $0.finish() }
  }

  private static func offsets(_ counts: [Int]) -> [UInt8] {
    TensorBytes.of(counts.reduce(into: [Int64(0)]) { $0.append(($0.last ?? 0) + Int64($1)) })
  }
}

extension TensorRole {
  /// The modality of a tensor that has something for every frame; not of the table that says where samples begin.
  fileprivate var frames: Int? { if case .offsets = self { nil } else { modality } }
}
