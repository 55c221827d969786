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
      let rows = shard.members.map { place in
        let sample = plan.samples.samples[layout.kept[place]]
        return SampleRow(id: sample.id.description, start: sample.start, end: sample.end, labels: sample.labels)
      }
      try writer.writeTables(rows, shapes: layout.shapes[shard.members])
    }
  }

  /// Hands the blocks of a modality to the workers, once the main pass has been through it.
  ///
  /// - Parameters:
  ///   - splits: those that the main pass has been through.
  ///   - finisher: nil for tokens.
  ///   - areFilled: whether their values are in the shards already.
  ///   - journal: where blocks are noted, and which of them are there from before.
  func submit(
    _ m: Int, splits: [String], scratch: Scratch, finisher: Finisher?, areFilled: Bool, journal: ModalityJournal?
  ) throws {
    for (s, (shard, writer)) in zip(layout.shards, writers).enumerated() where splits.contains(shard.split) {
      for (index, tensor) in shard.layout.tensors.enumerated() where tensor.role.frames == m {
        for block in 0..<tensor.blockCount {
          let clipped = ValueCounter(within: finisher?.clipped)
          let job = BlockJob(
            writer: writer, tensor: index, block: block, plan: plan.modalities[m], scratch: scratch,
            finisher: finisher?.counting(in: clipped),
            frames: layout.frames(m, of: shard), tokenBytes: layout.tokenBytes(m, of: shard), isFilled: areFilled)
          let name = BlockName(shard: s, tensor: index, block: block)
          if let claim = journal?.confirmed(name) {
            finisher?.clipped.add(claim.clipped)
            progress.advance(tensor.range(ofBlock: block).count)
            continue
          }
          try pool.submit(cost: 4 << 20) { [progress] worker in
            let crc32 = try job.run(&worker)
            try journal?.journal.append(.block(name, BlockClaim(crc32: crc32, clipped: clipped.total)))
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
}

extension TensorRole {
  /// The modality of a tensor that has something for every frame; not of the table that says where samples begin.
  var frames: Int? { if case .offsets = self { nil } else { modality } }
}
