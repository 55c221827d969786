internal import Files
internal import PackedSequences
internal import Shards
internal import Workers

/// The second pass: reads the scratch files in order and gives every block of every shard its final bytes and its CRC.
struct ShardPass {
  let plan: ConversionPlan
  let layout: DatasetLayout
  let scratch: [Scratch]
  /// By modality; nil for tokens.
  let scalings: [Scaling?]
  let progress: ProgressReport

  /// Shards whose blocks are written side by side; the rest wait, so that few files are open.
  private static let group = 16

  /// - Parameter writers: those that frames went to already, by shard, or nil.
  /// - Returns: a record a shard, in order.
  func run(folder: String, writers: [ShardWriter]?, pool: WorkerPool<Worker>) throws -> [ShardRecord] {
    var records: [ShardRecord] = []
    for start in stride(from: 0, to: layout.shards.count, by: Self.group) {
      let group = start..<min(start + Self.group, layout.shards.count)
      let open = try group.map { index in
        let shard = layout.shards[index]
        return try writers?[index]
          ?? ShardWriter(path: Path.join(folder, shard.name.description), layout: shard.layout)
      }
      for (index, writer) in zip(group, open) { try submit(layout.shards[index], to: writer, pool) }
      try pool.wait()
      for writer in open { records.append(try writer.finish()) }
    }
    return records
  }

  private func submit(
    _ shard: DatasetLayout.ShardPlan, to writer: ShardWriter, _ pool: WorkerPool<Worker>
  ) throws {
    let samples = shard.members.map { plan.samples.samples[layout.kept[$0]] }
    for (index, tensor) in shard.layout.tensors.enumerated() {
      switch tensor.role {
      case .labels: try writer.write(LittleEndian.bytes(samples.flatMap(\.labels)), tensor: index)
      case .interval: try writer.write(LittleEndian.bytes(samples.flatMap { [$0.start, $0.end] }), tensor: index)
      case .id: try writer.write(samples.flatMap { Array($0.id.description.utf8) }, tensor: index)
      case .idOffsets:
        try writer.write(Self.offsets(shard.members.map { layout.shapes[$0].idBytes }), tensor: index)
      case .offsets(let m):
        try writer.write(Self.offsets(shard.members.map { layout.shapes[$0].frames[m] }), tensor: index)
      case .values(let m), .bytes(let m), .tokenOffsets(let m), .valid(let m), .times(let m):
        for block in 0..<tensor.blockCount {
          let job = BlockJob(
            writer: writer, tensor: index, block: block, plan: plan.modalities[m], scratch: scratch[m],
            scaling: scalings[m], frames: layout.frames(m, of: shard), tokenBytes: layout.tokenBytes(m, of: shard))
          try pool.submit(cost: 4 << 20) { [progress] worker in
            try job.run(&worker)
            progress.advance(tensor.range(ofBlock: block).count)
          }
        }
      case .checksums, .padding: break
      }
    }
  }

  private static func offsets(_ counts: [Int]) -> [UInt8] {
    LittleEndian.bytes(counts.reduce(into: [Int64(0)]) { $0.append(($0.last ?? 0) + Int64($1)) })
  }
}
