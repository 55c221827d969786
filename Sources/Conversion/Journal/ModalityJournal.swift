internal import PackedSequences
internal import Shards
internal import Synchronization
internal import Workers

/// The journal of one modality: what of it was done before, as far as it is there as claimed.
struct ModalityJournal: Sendable {
  let journal: Journal
  let modality: Int
  /// Blocks that are in their shards as claimed.
  private let confirmed: [BlockName: BlockClaim]
  /// The quartiles as they were noted; nil where they were not.
  let quartiles: Manifest.Quartiles?
  /// Whether some block is still to be made, or quartiles are to be found, so that what went to scratch is wanted.
  private let needsData: Bool

  /// Reads the blocks that were claimed, on the workers.
  init(
    _ journal: Journal, modality: Int, _ plan: ModalityPlan, _ layout: DatasetLayout, _ writers: [ShardWriter],
    _ pool: WorkerPool<Worker>
  ) throws {
    let found = Mutex<[BlockName: BlockClaim]>([:])
    var total = 0
    for (s, (shard, writer)) in zip(layout.shards, writers).enumerated() {
      for (t, tensor) in shard.layout.tensors.enumerated() where tensor.role.frames == modality {
        total += tensor.blockCount
        for block in 0..<tensor.blockCount {
          let name = BlockName(shard: s, tensor: t, block: block)
          guard let claim = journal.claims.blocks[name] else { continue }
          try pool.submit(cost: ShardLayout.blockBytes) { _ in
            if try writer.confirm(claim.crc32, tensor: t, block: block) { found.withLock { $0[name] = claim } }
          }
        }
      }
    }
    try pool.wait()
    self.journal = journal
    self.modality = modality
    confirmed = found.withLock { $0 }
    // A record of another dimension would be another journal's, but nothing shall trap.
    let noted = journal.claims.quartiles[modality]
    quartiles = noted?.median.count == plan.selection.count ? noted : nil
    needsData = confirmed.count < total || plan.fitsQuartiles && quartiles == nil
  }

  /// What is known of a block that is there as claimed; nil where it must be made.
  func confirmed(_ block: BlockName) -> BlockClaim? { confirmed[block] }

  var confirmedCount: Int { confirmed.count }

  /// What was found of a strip before, where all its bytes are still there or none of them is wanted.
  ///
  /// - Returns: nil where the strip must be done.
  func restored(strip: Int, sink: FrameSink, _ buffer: inout ScratchBuffer) throws -> RestoredStrip? {
    guard let claim = try journal.claim(modality: modality, strip: strip) else { return nil }
    if needsData {
      for extent in claim.extents where try !sink.holds(extent, &buffer) { return nil }
    }
    // A record of another dimension would be another journal's, but nothing shall trap.
    if let moments = claim.values?.moments, moments.dimension != sink.dimension { return nil }
    return RestoredStrip(values: claim.values, clipped: claim.clipped)
  }

  func append(strip: Int, _ values: StripValues?, clipped: Int, _ log: WriteLog) throws {
    try journal.append(
      .strip(modality: modality, strip: strip, values: values, clipped: clipped, extents: log.extents))
  }

  func append(_ quartiles: Manifest.Quartiles) throws {
    try journal.append(.quartiles(modality: modality, quartiles))
  }
}

struct RestoredStrip {
  let values: StripValues?
  let clipped: Int
}

/// The writes of one strip, in order.
final class WriteLog: Sendable {
  private let written = Mutex<[Extent]>([])

  var extents: [Extent] { written.withLock { $0 } }

  func note(_ bytes: RawSpan, at offset: Int, of place: Extent.Place) {
    if bytes.byteCount == 0 { return }
    let extent = Extent(place: place, offset: offset, length: bytes.byteCount, crc32: Checksum.crc32(bytes))
    written.withLock { $0.append(extent) }
  }
}
