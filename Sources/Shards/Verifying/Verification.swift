internal import Files
internal import PackedSequences
internal import Synchronization
internal import Workers

/// A checking thread's own: room for a block, and the means to inflate one.
private struct CheckingMemory: ~Copyable {
  var buffer = [UInt8](repeating: 0, count: ShardLayout.blockBytes)
  var reader = FrameReader()
}

/// Reads a whole dataset and says what is wrong with it.
public enum Verification {
  /// What was checked, and what is wrong with it.
  public struct Report: Sendable {
    /// In the order of the manifest, the ledger, and the shards' bytes; empty where all is well.
    public var findings: [Finding]
    /// Nil where it cannot be trusted.
    public var manifest: Manifest?
    /// Shards that are packed, whether or not they are there as they are, too.
    public var packedShards = 0
    /// Blocks whose CRCs were checked.
    public var checksums = 0
  }

  /// Checks everything that a dataset, or a part of one, says of itself: the manifest and its CRC; the ledger's size, CRC
  /// and counts; a part's moment records; each
  /// shard's size, header and lists of offsets; the CRC of every MiB of every tensor; that masks are 0 or 1, padding is
  /// zero and samples are in order; the digest over all CRCs; and that no other shards lie about. Packed shards are
  /// inflated frame by frame, in memory; where a shard is there packed and as it is, both are checked.
  ///
  /// A manifest that cannot be trusted is the only finding, as everything else hangs on it. Blocks are read into
  /// buffers, not through the mapping: memory stays at a few MiB a thread, and a disk that fails is a finding, too. Only
  /// ids and lists of offsets are mapped as well.
  ///
  /// - Parameters:
  ///   - path: the dataset's folder.
  ///   - threads: how many check blocks at once; at least 1.
  ///   - progress: called on this thread, with the bytes handed to the workers so far and the bytes in all.
  /// - Throws: ``ShardError`` where `path` is no dataset at all.
  public static func report(
    _ path: String, threads: Int = 1, progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }
  ) throws -> Report {
    let folder = try OpenFolder.ofDataset(path)
    let manifest: Manifest
    do throws(ShardError) { manifest = try folder.manifest() } catch {
      if case .notADataset = error { throw error }
      return Report(findings: [Finding(error)])
    }
    var findings: [Finding] = []
    do throws(ShardError) { _ = try folder.ledger(manifest.ledger) } catch { findings.append(Finding(error)) }
    if let part = manifest.part {
      do throws(ShardError) { try folder.checkMoments(part.moments) } catch { findings.append(Finding(error)) }
    }
    let shards = try open(manifest, in: folder, &findings)
    findings += try check(shards, threads: threads, progress: progress)
    findings += order(shards.filter { !$0.isCopy })
    // A shard that could not be read has been found already.
    let originals = shards.filter { !$0.isCopy }
    if originals.count == manifest.splits.reduce(0, { $0 + $1.shards.count }) {
      var digest = ContentDigest()
      for shard in originals { digest.add(shard.record) }
      let found = digest.hex
      if found != manifest.content {
        findings.append(
          Finding(.contentDigest(path: folder.manifestPath, expected: manifest.content, found: found)))
      }
    }
    return Report(
      findings: findings, manifest: manifest, packedShards: shards.count { $0.isPacked },
      checksums: shards.reduce(0) { $0 + $1.checksumCount })
  }

  /// What ``report(_:threads:progress:)`` finds wrong.
  public static func run(
    _ path: String, threads: Int = 1, progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }
  ) throws -> [Finding] { try report(path, threads: threads, progress: progress).findings }

  /// Opens every shard that the manifest names, and finds those that it does not name.
  private static func open(
    _ manifest: Manifest, in folder: borrowing OpenFolder, _ findings: inout [Finding]
  ) throws -> [CheckedShard] {
    var schema = manifest.schema(keepsTimes: false)
    var shards: [CheckedShard] = []
    for split in manifest.splits {
      var originals: [CheckedShard] = []
      for entry in split.shards {
        var original: CheckedShard?
        for source in sources(entry, in: folder, &findings) {
          do throws(ShardError) {
            let shard = try CheckedShard(
              source, entry, split: split.name, manifest: manifest, schema: schema,
              keepsTimes: shards.isEmpty ? nil : schema.keepsTimes, isCopy: original != nil)
            schema = shard.header.schema
            shards.append(shard)
            if let error = shard.tableError { findings.append(Finding(error)) }
            if let original, original.record.crcBytes != shard.record.crcBytes {
              findings.append(Finding(.copiesDiffer(path: original.header.path, packed: shard.header.path)))
            }
            original = original ?? shard
          } catch { findings.append(Finding(error)) }
        }
        if let original { originals.append(original) }
      }
      if originals.count == split.shards.count {
        let errors = totals(originals.map(\.header.counts), split, manifest, path: folder.manifestPath)
        findings += errors.map { Finding($0) }
      }
    }
    findings += try superfluous(manifest, in: folder)
    return shards
  }

  /// A shard as it is, packed, or both.
  private static func sources(
    _ entry: Manifest.ShardFile, in folder: borrowing OpenFolder, _ findings: inout [Finding]
  ) -> [ShardSource] {
    var sources: [ShardSource] = []
    var isFound = false
    do throws(ShardError) {
      if let file = try folder.fileIfThere(entry.file) { sources.append(.plain(SharedFile(file))) }
    } catch {
      isFound = true
      findings.append(Finding(error))
    }
    do throws(ShardError) {
      if let packed = try folder.packedShard(entry) { sources.append(.packed(packed)) }
    } catch {
      isFound = true
      findings.append(Finding(error))
    }
    if sources.isEmpty && !isFound {
      findings.append(Finding(.missingFile(path: Path.join(folder.path, entry.file))))
    }
    return sources
  }

  /// Shards that the manifest does not name, packed or not.
  private static func superfluous(_ manifest: Manifest, in folder: borrowing OpenFolder) throws -> [Finding] {
    let known = Set(manifest.splits.flatMap { $0.shards.flatMap { [$0.file, $0.packedFile] } })
    return try folder.names().filter { name in
      let isPacked = name.hasSuffix(ShardName.packedSuffix)
      let plain = isPacked ? String(name.dropLast(ShardName.packedSuffix.count)) : name
      return ShardName(parsing: plain) != nil && !known.contains(name)
    }.map { Finding(.superfluousFile(path: Path.join(folder.path, $0))) }
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

  /// Hands every block of every shard to the workers, neighbours together: they may share a packed frame.
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
    // A job holds nothing while it waits.
    try WorkerPool<CheckingMemory>.withWorkers(threads: max(1, threads), budget: 0, state: CheckingMemory()) { pool in
      for (s, shard) in shards.enumerated() {
        for (blocks, bytes) in shard.runsOfBlocks() {
          try pool.submit(cost: 0) { memory in
            for (tensor, block) in blocks {
              let findings = shard.check(tensor, block: block, &memory.buffer, &memory.reader)
              if findings.isEmpty { continue }
              places.withLock { $0.append(Place(shard: s, tensor: tensor, block: block, findings: findings)) }
            }
          }
          done += bytes
          progress(done, total)
        }
      }
    }
    return places.withLock { $0 }.sorted { ($0.shard, $0.tensor, $0.block) < ($1.shard, $1.tensor, $1.block) }
      .flatMap(\.findings)
  }

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
