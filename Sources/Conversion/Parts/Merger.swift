internal import Files
internal import JSONValues
internal import PackedSequences
internal import Preprocessing
internal import Segments
internal import Shards
internal import Workers

/// Puts the parts of a dataset together: the result is, byte for byte, what one conversion of everything makes.
///
/// Moment records are combined in the order of the whole; frames are normalized and narrowed once, from what the parts
/// store unrounded; shards are cut anew.
package enum Merger {
  /// - Throws: ``ConversionError`` where the parts do not make a whole, or one of them is damaged; `output` is then as it
  ///   was before, and so are the parts in any case.
  package static func run(
    parts paths: [String], output: String, overwrites: Bool, threads: Int? = nil, progress: ProgressReport
  ) throws -> ConversionReport {
    Folder.reportFileSizeLimits()
    let set = try PartSet(paths)
    let target = try Folder.resolved(Path.trimmed(output))
    for part in set.parts where try Folder.resolved(part.path) == target {
      throw ConversionError.outputIsSource(path: output)
    }
    var folder = try OutputFolder(output, overwrites: overwrites)
    do {
      let threads = threads ?? Processors.available
      try SourceCheck.run(set.parts, threads: threads, progress: progress)
      let partial = folder.partial
      let result = try WorkerPool<Worker>.withWorkers(
        threads: threads, budget: 64 << 20, state: Worker(keptBytes: (32 << 20) / threads)
      ) { pool in try build(set, in: partial, pool, progress) }
      try folder.commit()
      return ConversionReport(
        path: Path.trimmed(output), manifest: result.manifest, ledger: result.ledger, notes: folder.notes)
    } catch {
      folder.abandon()
      throw error
    }
  }

  private static func build(
    _ set: PartSet, in folder: String, _ pool: WorkerPool<Worker>, _ progress: ProgressReport
  ) throws -> (manifest: Manifest, ledger: [LedgerEntry]) {
    var common = set.manifest
    common.alignment = set.alignment
    let settings = try common.modalities.map { try MergedModality($0, common.configuration, path: set.parts[0].path) }
    try checkOverlap(set)
    var modalities = try finished(set, settings, pool)

    var shards: [Shard] = []
    let numbers = set.parts.map { dataset in
      dataset.splits.flatMap(\.shards).map { shard in
        shards.append(shard)
        return shards.count - 1
      }
    }
    let (places, splits) = set.samples(numbers)
    let schema = ShardSchema(
      labels: common.labels, modalities: modalities.map(\.schema),
      keepsTimes: common.configuration["times"]?.string != "drop")
    let assembly = Assembly(
      shards: shards, schema: schema, splits: splits, places: places,
      modalities: zip(modalities, settings).enumerated().map { m, pair in
        Assembly.Modality(source: m, places: places, finisher: pair.1.finisher(pair.0))
      })
    let plans = try ShardPlan.cut(
      splits, shapes: assembly.shapes, schema: schema, limit: common.configuration["shard_bytes"]?.integer ?? .max,
      fingerprint: common.fingerprint)
    let records = try AssemblyPass(assembly: assembly, plans: plans, progress: progress).run(in: folder, pool)
    for (m, settings) in settings.enumerated() { modalities[m].clip = settings.clip }
    let ledger = try set.ledger()
    let manifest = assembly.manifest(like: common, modalities: modalities, plans, records, ledger)
    try ManifestBuilder.write(manifest, ledger, to: folder)
    return (manifest, ledger)
  }

  /// What the whole says of its modalities: statistics over all parts, sums of what was dropped.
  private static func finished(
    _ set: PartSet, _ settings: [MergedModality], _ pool: WorkerPool<Worker>
  ) throws -> [Manifest.Modality] {
    let isLike = set.manifest.configuration["like"].map { $0 != .null } ?? false
    let records = try MomentRecords(set.parts.map(\.path))
    return try zip(set.manifest.modalities, settings).enumerated().map { m, pair in
      var (modality, settings) = pair
      modality.content = modality.content == .tokens ? .tokens : .values(settings.settings.type)
      modality.normalization = settings.settings.normalization
      if modality.content != .tokens && !isLike {
        modality.statistics = Manifest.Statistics(
          try records.combined(modality.name, dimension: modality.dimension))
        if modality.normalization == .robust {
          modality.statistics?.quartiles = try QuartilePass.quartiles(
            of: PartFrames(set, modality: m), width: modality.dimension,
            combinesRows: settings.settings.combinesRows, pool: pool)
        }
      }
      for part in set.parts.dropFirst() {
        let other = part.manifest.modalities[m]
        modality.framesDropped.merge(other.framesDropped, uniquingKeysWith: +)
        if let found = other.nonfinite { modality.nonfinite?.add(found) }
      }
      return modality
    }
  }

  /// As a conversion checks it, over all parts.
  private static func checkOverlap(_ set: PartSet) throws {
    for (m, modality) in set.manifest.modalities.enumerated() {
      func sum(_ count: (Manifest) -> Int?) -> Int { set.parts.reduce(0) { $0 + (count($1.manifest) ?? 0) } }
      let (rows, matched) = (sum { $0.part?.rows[m] }, sum { $0.part?.matched[m] })
      if rows == 0, let labels = set.manifest.configuration["labels"]?.string {
        throw SegmentsError.noOverlap(labels: labels, modality: modality.root)
      }
      if rows > 0, matched == 0, let root = set.manifest.alignment?.root {
        throw SegmentsError.noAlignedRows(root: root, modality: modality.root)
      }
      // Frames of samples that are left out count as well: none of them stands in the ledger as emptied.
      guard rows > 0, sum({ $0.splits.reduce(0) { $0 + $1.frames[m] } }) == 0,
        set.manifest.configuration["drop_incomplete"]?.bool != true
      else { continue }
      throw ConversionError.everyFrameDropped(
        modality: modality.name, rows: rows, what: modality.content == .tokens ? "are empty" : "are zero")
    }
  }
}

/// What was asked for a modality, as the configuration of the parts has it.
private struct MergedModality {
  let settings: ModalitySettings
  private let columns: [Int]
  private let clipped = ValueCounter()

  init(_ modality: Manifest.Modality, _ configuration: JSONValue, path: String) throws {
    guard let json = configuration["modalities"]?[modality.name], let settings = ModalitySettings(json: json) else {
      throw ShardError.missingField(
        path: Path.join(path, Manifest.fileName), field: "configuration.modalities.\(modality.name)")
    }
    self.settings = settings
    columns = json["select"]?.array.map { $0.compactMap(\.integer) } ?? Array(0..<modality.dimension)
  }

  /// Nil for tokens.
  func finisher(_ modality: Manifest.Modality) -> Finisher? {
    modality.statistics.map { statistics in
      Finisher(
        modality: modality.name, dimensionNames: modality.dimensionNames, columns: columns, settings: settings,
        scaling: Scaling(settings.normalization, statistics), clipped: clipped)
    }
  }

  /// What was clipped, once all blocks are made.
  var clip: Manifest.Clip? { settings.clip.map { Manifest.Clip(limit: $0, values: clipped.total) } }
}
