internal import Files
internal import PackedSequences
internal import Synchronization
internal import Workers

/// Reads a whole dataset and says what is wrong with it.
public enum Verification {
  /// Checks everything that a dataset, or a part of one, says of itself: the manifest and its CRC; the ledger's size, CRC
  /// and counts; a part's moment records; each
  /// shard's size, header and lists of offsets; the CRC of every MiB of every tensor; that masks are 0 or 1, padding is
  /// zero and samples are in order; the digest over all CRCs; and that no other shards lie about.
  ///
  /// A manifest that cannot be trusted is the only finding, as everything else hangs on it. Blocks are read into
  /// buffers, not through the mapping: memory stays at a few MiB a thread, and a disk that fails is a finding, too. Only
  /// ids and lists of offsets are mapped as well.
  ///
  /// - Parameters:
  ///   - path: the dataset's folder.
  ///   - threads: how many check blocks at once; at least 1.
  ///   - progress: called on this thread, with the bytes handed to the workers so far and the bytes in all.
  /// - Returns: what is wrong, in the order of the manifest, the ledger, and the shards' bytes; empty where all is well.
  /// - Throws: ``ShardError`` where `path` is no dataset at all.
  public static func run(
    _ path: String, threads: Int = 1, progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }
  ) throws -> [Finding] {
    let folder = try OpenFolder.ofDataset(path)
    let manifest: Manifest
    do throws(ShardError) { manifest = try folder.manifest() } catch {
      if case .notADataset = error { throw error }
      return [Finding(error)]
    }
    var findings: [Finding] = []
    do throws(ShardError) { _ = try folder.ledger(manifest.ledger) } catch { findings.append(Finding(error)) }
    if let part = manifest.part {
      do throws(ShardError) { try folder.checkMoments(part.moments) } catch { findings.append(Finding(error)) }
    }
    let shards = try open(manifest, in: folder, &findings)
    findings += try check(shards, threads: threads, progress: progress)
    findings += order(shards)
    // A shard that could not be read has been found already.
    if shards.count == manifest.splits.reduce(0, { $0 + $1.shards.count }) {
      var digest = ContentDigest()
      for shard in shards { digest.add(shard.record) }
      let found = digest.hex
      if found != manifest.content {
        findings.append(
          Finding(.contentDigest(path: folder.manifestPath, expected: manifest.content, found: found)))
      }
    }
    return findings
  }

  /// Opens every shard that the manifest names, and finds those that it does not name.
  private static func open(
    _ manifest: Manifest, in folder: borrowing OpenFolder, _ findings: inout [Finding]
  ) throws -> [CheckedShard] {
    var schema = manifest.schema(keepsTimes: false)
    var shards: [CheckedShard] = []
    for split in manifest.splits {
      let first = shards.count
      for entry in split.shards {
        do throws(ShardError) {
          let shard = try CheckedShard(
            folder.file(entry.file), entry, split: split.name, manifest: manifest, schema: schema,
            keepsTimes: shards.isEmpty ? nil : schema.keepsTimes)
          schema = shard.header.schema
          shards.append(shard)
          if let error = shard.tableError { findings.append(Finding(error)) }
        } catch { findings.append(Finding(error)) }
      }
      if shards.count - first == split.shards.count {
        let errors = totals(shards[first...].map(\.header.counts), split, manifest, path: folder.manifestPath)
        findings += errors.map { Finding($0) }
      }
    }
    let known = Set(manifest.splits.flatMap { $0.shards.map(\.file) })
    for name in try Folder.list(folder.path) where ShardName(parsing: name) != nil && !known.contains(name) {
      findings.append(Finding(.superfluousFile(path: Path.join(folder.path, name))))
    }
    return shards
  }

  private static func totals(
    _ counts: [ShardCounts], _ split: Manifest.Split, _ manifest: Manifest, path: String
  ) -> [ShardError] {
    var errors: [ShardError] = []
    let samples = counts.reduce(0) { $0 + $1.samples }
    if samples != split.samples {
      errors.append(.sampleCount(path: path, split: split.name, expected: split.samples, found: samples))
    }
    for (m, modality) in manifest.modalities.enumerated() {
      let frames = counts.reduce(0) { $0 + $1.frames[m] }
      if frames == split.frames[m] { continue }
      errors.append(
        .frameCount(
          path: path, split: split.name, modality: modality.name, expected: split.frames[m], found: frames))
    }
    return errors
  }

  /// Hands every block of every shard to the workers.
  private static func check(
    _ shards: [CheckedShard], threads: Int, progress: (Int, Int) -> Void
  ) throws -> [Finding] {
    struct Place {
      let shard: Int
      let tensor: Int
      let block: Int
      let findings: [Finding]
    }
    let places = Mutex<[Place]>([])
    let total = shards.reduce(0) { $0 + $1.header.tensors.reduce(0) { $0 + $1.byteCount } }
    var done = 0
    try WorkerPool.withWorkers(
      threads: max(1, threads), budget: max(1, threads) * 8 * ShardLayout.blockBytes, state: blockBuffer()
    ) { pool in
      for (s, shard) in shards.enumerated() {
        for (t, tensor) in shard.header.tensors.enumerated() {
          for block in 0..<tensor.blockCount {
            let bytes = tensor.range(ofBlock: block).count
            try pool.submit(cost: bytes) { buffer in
              let findings = shard.check(t, block: block, &buffer)
              if findings.isEmpty { return }
              places.withLock { $0.append(Place(shard: s, tensor: t, block: block, findings: findings)) }
            }
            done += bytes
            progress(done, total)
          }
        }
      }
    }
    return places.withLock { $0 }.sorted { ($0.shard, $0.tensor, $0.block) < ($1.shard, $1.tensor, $1.block) }
      .flatMap(\.findings)
  }

  /// A worker's own memory.
  @Sendable
  private static func blockBuffer() -> [UInt8] { Array(repeating: 0, count: ShardLayout.blockBytes) }

  /// Samples of a split must come in the order of their ids, over all its shards.
  private static func order(_ shards: [CheckedShard]) -> [Finding] {
    var findings: [Finding] = []
    var last: (split: String, id: SampleID)?
    for shard in shards.compactMap(\.shard) {
      for sample in 0..<shard.sampleCount {
        let id = SampleID(parsing: shard.id(sample))
        if let last, last.split == shard.split, !(last.id < id) {
          let (name, previous) = (id.description, last.id.description)
          findings.append(
            Finding(
              .sampleOrder(path: shard.path, sample: name, after: previous), firstSample: name, lastSample: name))
        }
        last = (shard.split, id)
      }
    }
    return findings
  }
}
