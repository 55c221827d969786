internal import Files
internal import PackedSequences
internal import Segments
package import Shards
internal import Workers

/// What a conversion made.
package struct ConversionReport: Sendable {
  package let path: String
  package let manifest: Manifest
  package let ledger: [LedgerEntry]
  package let notes: [String]
}

/// Turns computational sequences into a dataset: plan, sizes, main pass, shards, commit.
package enum Converter {
  /// Bytes that jobs may hold together; with what the rest of the program needs this stays well under 256 MB.
  private static let budget = 96 << 20
  /// More shards than this are not open at once: frames then always go through scratch files.
  private static let greatestOpenShards = 64

  /// - Throws: an error of any module below; `output` is then as it was before.
  package static func run(
    inputs: [String], output: String, _ configuration: ConversionConfiguration, progress: ProgressReport
  ) throws -> ConversionReport {
    Folder.reportFileSizeLimits()
    var folder = try OutputFolder(output, overwrites: configuration.overwrites)
    do {
      let threads = configuration.threads ?? Processors.available
      let result = try WorkerPool<Worker>.withWorkers(threads: threads, budget: budget, state: { Worker() }) { pool in
        try build(inputs, configuration, in: folder.partial, pool, progress)
      }
      progress.begin(.syncing, nil)
      try folder.commit()
      return ConversionReport(
        path: folder.path, manifest: result.manifest, ledger: result.ledger, notes: result.notes + folder.notes)
    } catch {
      folder.abandon()
      throw error
    }
  }

  private static func build(
    _ inputs: [String], _ configuration: ConversionConfiguration, in folder: String, _ pool: WorkerPool<Worker>,
    _ progress: ProgressReport
  ) throws -> (manifest: Manifest, ledger: [LedgerEntry], notes: [String]) {
    progress.begin(.sizing, nil)
    let plan = try ConversionPlan(inputs: inputs, configuration)
    let sizePass = try SizePass(plan, pool: pool, progress: progress)
    let sizes = sizePass.sizes
    try checkOverlap(plan, sizes)
    let inputRecords = try plan.inputs(digests: sizePass.digests)
    let json = plan.configurationJSON(configuration)
    let fingerprint = ConversionPlan.fingerprint(configuration: json, inputs: inputRecords)
    let layout = try DatasetLayout(plan, sizes, configuration, fingerprint: fingerprint)

    progress.begin(.reading, MainPass.storedBytes(plan))
    let writers = try shardsToFill(plan, layout, folder)
    let keepsTimes = plan.keepsTimes(configuration)
    let scratch = try plan.modalities.map { modality in
      try Scratch(
        folder: folder, modality: modality, goesToShard: writers != nil && modality.knownScaling != nil,
        keepsTimes: keepsTimes)
    }
    let sinks = plan.modalities.indices.map { m in
      FrameSink(modality: m, plan: plan.modalities[m], layout: layout, scratch: scratch[m], writers: writers)
    }
    let mainPass = try MainPass(plan, sizes, sinks: sinks, pool: pool, progress: progress)
    let statistics = zip(plan.modalities, mainPass.values).map { modality, values in
      modality.givenStatistics ?? values.moments.map { Manifest.Statistics($0) }
    }

    progress.begin(.writing, layout.shards.reduce(0) { $0 + $1.layout.fileSize })
    let shardPass = ShardPass(
      plan: plan, layout: layout, scratch: scratch,
      scalings: zip(plan.modalities, statistics).map { modality, statistics in
        statistics.map { Scaling(modality.settings.normalization, $0) }
      }, progress: progress)
    let records = try shardPass.run(folder: folder, writers: writers, pool: pool)

    let ledger = LedgerBuilder.entries(plan, sizes, dropsIncomplete: configuration.dropsIncomplete)
    let builder = ManifestBuilder(
      plan: plan, layout: layout, sizes: sizes, values: mainPass.values, statistics: statistics)
    let manifest = builder.manifest(
      fingerprint: fingerprint, configuration: json, inputs: inputRecords, records: records, ledger: ledger)
    try write(Ledger.encoded(ledger), to: Path.join(folder, Ledger.fileName))
    try write(manifest.encoded(), to: Path.join(folder, Manifest.fileName))
    return (manifest, ledger, plan.notes)
  }

  /// The shards, where some modality's frames can go there at once.
  private static func shardsToFill(
    _ plan: ConversionPlan, _ layout: DatasetLayout, _ folder: String
  ) throws -> [ShardWriter]? {
    guard plan.modalities.contains(where: { $0.knownScaling != nil }), layout.shards.count <= greatestOpenShards else {
      return nil
    }
    return try layout.shards.map { shard in
      try ShardWriter(path: Path.join(folder, shard.name.description), layout: shard.layout)
    }
  }

  /// Labels and features that share no moment do not belong together, whatever their names.
  private static func checkOverlap(_ plan: ConversionPlan, _ sizes: [[StripSizes]]) throws {
    guard let labels = plan.labels, !plan.samples.samples.isEmpty else { return }
    for (modality, sizes) in zip(plan.modalities, sizes)
    where !sizes.contains(where: { $0.samples.contains { $0.rows > 0 } }) {
      throw SegmentsError.noOverlap(labels: labels.root.name, modality: modality.root.name)
    }
  }

  private static func write(_ text: String, to path: String) throws {
    let file = try File(creating: path)
    try file.write(text, at: 0)
    try file.sync()
  }
}
