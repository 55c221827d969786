internal import Files
internal import PackedSequences
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

  /// - Throws: an error of any module below; `output` is then as it was before.
  package static func run(
    inputs: [String], output: String, _ configuration: ConversionConfiguration, progress: ProgressReport
  ) throws -> ConversionReport {
    Folder.reportFileSizeLimits()
    var folder = try OutputFolder(output, overwrites: configuration.overwrites)
    do {
      let threads = configuration.threads ?? Processors.available
      let partial = folder.partial
      let kept = budget / 2 / threads
      let result = try WorkerPool<Worker>.withWorkers(
        threads: threads, budget: budget, state: Worker(keptBytes: kept)
      ) { pool in try build(inputs, configuration, in: partial, pool, progress) }
      try folder.commit()
      return ConversionReport(
        path: Path.trimmed(output), manifest: result.manifest, ledger: result.ledger, notes: result.notes + folder.notes
      )
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
    try plan.checkFrames(sizes)
    let inputRecords = try plan.inputs(digests: sizePass.digests)
    let json = plan.configurationJSON(configuration)
    let fingerprint = ConversionPlan.fingerprint(configuration: json, inputs: inputRecords)
    let layout = try DatasetLayout(plan, sizes, configuration, fingerprint: fingerprint)

    let writers = try layout.shards.map { shard in
      try ShardWriter(path: Path.join(folder, shard.name.description), layout: shard.layout)
    }
    let filled = try fill(plan, sizes, layout, configuration, folder, writers, pool, progress)
    let ledger = LedgerBuilder.entries(plan, sizes, dropsIncomplete: configuration.dropsIncomplete)
    let manifest = ManifestBuilder(plan: plan, layout: layout, sizes: sizes, values: filled.modalities).manifest(
      fingerprint: fingerprint, configuration: json, inputs: inputRecords, records: filled.records, ledger: ledger)
    try write(Ledger.encoded(ledger), to: Path.join(folder, Ledger.fileName))
    try write(manifest.encoded(), to: Path.join(folder, Manifest.fileName))
    return (manifest, ledger, plan.notes)
  }

  /// Reads every modality and fills the shards.
  ///
  /// One modality after another goes through both passes, the largest first: its scratch files are gone before the next
  /// one's grow, and its blocks are on their way to disk while others are read.
  private static func fill(
    _ plan: ConversionPlan, _ sizes: [[StripSizes]], _ layout: DatasetLayout, _ configuration: ConversionConfiguration,
    _ folder: String, _ writers: [ShardWriter], _ pool: WorkerPool<Worker>, _ progress: ProgressReport
  ) throws -> (modalities: [ModalityValues], records: [ShardRecord]) {
    progress.begin(.reading, MainPass.storedBytes(plan, sizes) + layout.shards.reduce(0) { $0 + $1.layout.fileSize })
    let shardPass = ShardPass(plan: plan, layout: layout, writers: writers, pool: pool, progress: progress)
    try shardPass.writeTables()
    var values = [ModalityValues](repeating: ModalityValues(), count: plan.modalities.count)
    var counters = [ValueCounter?](repeating: nil, count: plan.modalities.count)
    for m in plan.modalities.indices.sorted(by: { layout.frameBytes($0) > layout.frameBytes($1) }) {
      let modality = plan.modalities[m]
      let scratch = try Scratch(
        folder: folder, modality: modality, keepsTimes: plan.keepsTimes(configuration),
        hasImputed: sizes[m].contains { $0.samples.contains { $0.imputed > 0 } })
      let clipped = ValueCounter()
      func finisher(_ scaling: Scaling?) -> Finisher? {
        scaling.map { Finisher(plan: modality, scaling: $0, clipped: clipped) }
      }
      var sink = FrameSink(
        modality: m, plan: modality, layout: layout, scratch: scratch, writers: writers,
        finisher: finisher(modality.knownScaling))
      // What nothing is fitted on can wait until the scaling is known, and then needs no scratch.
      let fitted = modality.isTokens ? plan.samples.splits : [plan.fittedSplit]
      values[m] = try MainPass(plan, splits: fitted, sizes[m], sink: sink, pool: pool, progress: progress).values
      values[m].statistics = modality.givenStatistics ?? values[m].moments.map { Manifest.Statistics($0) }
      if modality.settings.normalization == .robust && modality.givenStatistics == nil {
        values[m].statistics?.quartiles = try QuartilePass.quartiles(
          of: modality, frames: layout.frames(m, ofSplit: plan.fittedSplit), scratch: scratch, pool: pool)
      }
      let known = finisher(values[m].statistics.map { Scaling(modality.settings.normalization, $0) })
      try shardPass.submit(
        m, splits: fitted, scratch: scratch, finisher: known, areFilled: modality.knownScaling != nil)

      sink.finisher = known
      let others = plan.samples.splits.filter { !fitted.contains($0) }
      let rest = try MainPass(plan, splits: others, sizes[m], sink: sink, pool: pool, progress: progress)
      values[m].nonfinite.add(rest.values.nonfinite)
      try shardPass.submit(m, splits: others, scratch: scratch, finisher: known, areFilled: true)
      counters[m] = clipped
    }
    progress.begin(.syncing, nil)
    let records = try shardPass.finish()
    for (m, counter) in counters.enumerated() { values[m].clipped = counter?.total ?? 0 }
    return (values, records)
  }

  private static func write(_ text: String, to path: String) throws {
    let file = try File(creating: path)
    try file.write(text, at: 0)
    try file.sync()
  }
}
