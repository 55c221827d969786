internal import ComputationalSequences
internal import Files
internal import JSONValues
internal import PackedSequences
internal import Shards
internal import Workers

/// Adds modalities to a finished dataset: the result is, byte for byte, what one conversion of all sequences makes.
///
/// Only the new sequences are read. They are converted by themselves over the dataset's samples; then shards are cut anew
/// and filled, the old modalities' bytes copied as they are stored.
package enum Adder {
  static let folderName = "added"

  /// - Parameter configuration: what is to be done to the new modalities; what concerns the dataset as a whole is taken
  ///   from there.
  /// - Throws: ``ConversionError`` where the result would not be that of one conversion; `path` is then as it was before.
  package static func run(
    inputs: [String], to path: String, _ configuration: ConversionConfiguration, progress: ProgressReport
  ) throws -> ConversionReport {
    Folder.reportFileSizeLimits()
    let dataset = try Dataset.open(path)
    var configuration = configuration
    try take(dataset, into: &configuration)
    var folder = try OutputFolder(path, overwrites: true)
    do {
      let threads = configuration.threads ?? Processors.available
      let partial = folder.partial
      try SourceCheck.run([dataset], threads: threads, progress: progress)
      let sequences = try SequenceCollection(inputs)
      let result = try sequences.leavingOutUnfit(configuration) {
        try WorkerPool<Worker>.withWorkers(
          threads: threads, budget: 96 << 20, state: Worker(keptBytes: (48 << 20) / threads)
        ) { pool in try build(sequences, dataset, configuration, in: partial, pool, progress) }
      }
      try Folder.removeAll(Path.join(folder.partial, folderName))
      try folder.commit()
      return ConversionReport(
        path: Path.trimmed(path), manifest: result.manifest, ledger: result.ledger, notes: result.notes + folder.notes)
    } catch {
      folder.abandon()
      throw error
    }
  }

  /// What the dataset decides for all its modalities.
  private static func take(_ dataset: Dataset, into configuration: inout ConversionConfiguration) throws {
    let given = dataset.manifest.configuration
    guard given["like"] == .null || given["like"] == nil else {
      throw ConversionError.cannotAdd(
        dataset: dataset.path, why: "it was made --like another one, which has no other modalities")
    }
    if let alignment = dataset.manifest.alignment {
      throw ConversionError.cannotAdd(
        dataset: dataset.path, why: "its modalities are aligned to \"\(alignment.root)\", which it does not hold")
    }
    if configuration.align != nil {
      throw ConversionError.cannotAdd(dataset: dataset.path, why: "--align concerns all modalities")
    }
    configuration.keepsTimes = given["times"]?.string != "drop"
    configuration.shardBytes = given["shard_bytes"]?.integer ?? configuration.shardBytes
    configuration.dropsIncomplete = false
  }

  private static func build(
    _ sequences: SequenceCollection, _ dataset: Dataset, _ configuration: ConversionConfiguration, in folder: String,
    _ pool: WorkerPool<Worker>, _ progress: ProgressReport
  ) throws -> (manifest: Manifest, ledger: [LedgerEntry], notes: [String]) {
    let plan = try ConversionPlan(adding: sequences, to: dataset, configuration)
    let apart = Path.join(folder, folderName)
    // A first attempt may have found entries that do not fit.
    try Folder.removeAll(apart)
    try Folder.create(apart)
    let made = try Converter.build(
      PreparedConversion(plan, configuration, pool, progress), in: apart, journal: nil, pool, progress)
    let added = try Dataset.open(apart)
    try checkComplete(added, for: dataset)

    let merged = MergedManifest(dataset.manifest, made.manifest, isNamed: !configuration.modalities.isEmpty)
    let manifest = merged.manifest
    let shards = dataset.splits.flatMap(\.shards) + added.splits.flatMap(\.shards)
    let places = self.places(dataset, first: 0)
    let addedPlaces = self.places(added, first: dataset.splits.reduce(0) { $0 + $1.shards.count })
    let splits = dataset.splits.map { (split: $0.name, samples: $0.sampleCount) }
    var schema = manifest.schema(keepsTimes: configuration.keepsTimes ?? true)
    schema.labels = dataset.schema.labels
    let assembly = Assembly(
      shards: shards, schema: schema, splits: splits, places: places,
      modalities: manifest.modalities.map { modality in
        let old = dataset.manifest.modalities.firstIndex { $0.name == modality.name }
        let new = made.manifest.modalities.firstIndex { $0.name == modality.name } ?? 0
        return Assembly.Modality(
          source: old ?? new, places: old == nil ? addedPlaces : places, finisher: nil)
      })
    let plans = try ShardPlan.cut(
      splits, shapes: assembly.shapes, schema: schema, limit: configuration.shardBytes,
      fingerprint: manifest.fingerprint)
    let records = try AssemblyPass(assembly: assembly, plans: plans, progress: progress).run(in: folder, pool)
    let ledger = MergedManifest.ledger(
      try dataset.ledger(), made.ledger, samples: assembly.places.indices.map { assembly.row($0).id },
      order: manifest.modalities.map(\.name), unlabelled: plan.unlabelledEntries)
    let result = assembly.manifest(like: manifest, modalities: manifest.modalities, plans, records, ledger)
    try ManifestBuilder.write(result, ledger, to: folder)
    return (result, ledger, plan.notes)
  }

  /// Every sample of a dataset, in order.
  private static func places(_ dataset: Dataset, first: Int) -> [Assembly.Place] {
    dataset.splits.flatMap(\.shards).enumerated().flatMap { index, shard in
      (0..<shard.sampleCount).map { Assembly.Place(shard: first + index, sample: $0) }
    }
  }

  /// A dataset without incomplete samples would lose more of them, and its statistics with them.
  private static func checkComplete(_ added: Dataset, for dataset: Dataset) throws {
    guard dataset.manifest.configuration["drop_incomplete"]?.bool == true else { return }
    for modality in added.schema.modalities.indices {
      let lacking = added.splits.flatMap(\.shards).reduce(0) { sum, shard in
        sum + (0..<shard.sampleCount).count { shard.frameRange(sample: $0, modality: modality).isEmpty }
      }
      guard lacking == 0 else {
        throw ConversionError.cannotAdd(
          dataset: dataset.path,
          why: "\(lacking) samples lack frames of \(added.schema.modalities[modality].name) and would be left out as "
            + "incomplete, which changes the statistics of all")
      }
    }
  }
}
