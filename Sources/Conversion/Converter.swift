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
    return try build(try ConversionPlan(inputs: inputs, configuration), configuration, in: folder, pool, progress)
  }

  /// Carries a plan out in a folder that is there and empty.
  static func build(
    _ plan: ConversionPlan, _ configuration: ConversionConfiguration, in folder: String, _ pool: WorkerPool<Worker>,
    _ progress: ProgressReport
  ) throws -> (manifest: Manifest, ledger: [LedgerEntry], notes: [String]) {
    let sizePass = try SizePass(plan, pool: pool, progress: progress)
    let sizes = sizePass.sizes
    try checkOverlap(plan, sizes)
    let inputRecords = try plan.inputs(digests: sizePass.digests)
    let json = plan.configurationJSON(configuration)
    let fingerprint = ConversionPlan.fingerprint(configuration: json, inputs: inputRecords)
    let layout = try DatasetLayout(plan, sizes, configuration, fingerprint: fingerprint)

    let writers = try layout.shards.map { shard in
      try ShardWriter(path: Path.join(folder, shard.name.description), layout: shard.layout)
    }
    let moments = try configuration.part.map { _ in try MomentRecordWriter(in: folder, plan, sizes) }
    let filled = try fill(plan, sizes, layout, configuration, folder, writers, moments, pool, progress)
    let ledger = LedgerBuilder.entries(plan, sizes, dropsIncomplete: configuration.dropsIncomplete)
    let builder = ManifestBuilder(plan: plan, layout: layout, sizes: sizes, values: filled.modalities)
    var part: Manifest.Part?
    if let number = configuration.part, let moments {
      part = builder.part(number, moments: try moments.finish(), ledger: ledger)
    }
    let manifest = builder.manifest(
      fingerprint: fingerprint, configuration: json, inputs: inputRecords, records: filled.records, ledger: ledger,
      part: part)
    try ManifestBuilder.write(manifest, ledger, to: folder)
    return (manifest, ledger, plan.notes)
  }

  /// Reads every modality and fills the shards.
  ///
  /// One modality after another goes through both passes, the largest first: its scratch files are gone before the next
  /// one's grow, and its blocks are on their way to disk while others are read.
  private static func fill(
    _ plan: ConversionPlan, _ sizes: [[StripSizes]], _ layout: DatasetLayout, _ configuration: ConversionConfiguration,
    _ folder: String, _ writers: [ShardWriter], _ moments: MomentRecordWriter?, _ pool: WorkerPool<Worker>,
    _ progress: ProgressReport
  ) throws -> (modalities: [ModalityValues], records: [ShardRecord]) {
    progress.begin(.reading, MainPass.storedBytes(plan, sizes) + layout.shards.reduce(0) { $0 + $1.layout.fileSize })
    let shardPass = ShardPass(plan: plan, layout: layout, writers: writers, pool: pool, progress: progress)
    try shardPass.writeTables()
    var values = [ModalityValues](repeating: ModalityValues(), count: plan.modalities.count)
    for m in plan.modalities.indices.sorted(by: { layout.frameBytes($0) > layout.frameBytes($1) }) {
      let modality = plan.modalities[m]
      let scratch = try Scratch(folder: folder, modality: modality, keepsTimes: plan.keepsTimes(configuration))
      let known = modality.knownDestination
      var sink = FrameSink(
        modality: m, plan: modality, layout: layout, scratch: scratch, writers: writers,
        destination: known ?? .scratch)
      // What nothing is fitted on can wait until the scaling is known, and then needs no scratch.
      let fitted = modality.isTokens ? plan.samples.splits : [plan.fittedSplit]
      var record: MainPass.RecordHandler?
      if let moments { record = { place, found in try moments.write(found, modality: m, place: place) } }
      values[m] = try MainPass(
        plan, splits: fitted, sizes[m], sink: sink, pool: pool, progress: progress, record: record
      ).values
      values[m].statistics = modality.givenStatistics ?? values[m].moments.map { Manifest.Statistics($0) }
      let scaling = values[m].statistics.map { Scaling(modality.settings.normalization, $0) }
      try shardPass.submit(
        m, splits: fitted, scratch: scratch, scaling: scaling, areFilled: known != nil)

      sink.destination = known ?? scaling.map { .shards($0) } ?? .scratch
      let others = plan.samples.splits.filter { !fitted.contains($0) }
      let rest = try MainPass(plan, splits: others, sizes[m], sink: sink, pool: pool, progress: progress)
      values[m].nonfinite.add(rest.values.nonfinite)
      try shardPass.submit(m, splits: others, scratch: scratch, scaling: scaling, areFilled: true)
    }
    progress.begin(.syncing, nil)
    return (values, try shardPass.finish())
  }

  /// Labels and features that share no moment do not belong together, whatever their names.
  private static func checkOverlap(_ plan: ConversionPlan, _ sizes: [[StripSizes]]) throws {
    for (modality, sizes) in zip(plan.modalities, sizes)
    where !sizes.contains(where: { $0.samples.contains { $0.rows > 0 } }) {
      guard modality.root.rows > 0 else { throw SegmentsError.noRows(modality: modality.root.name) }
      // What one part lacks others may have: whoever merges them sees.
      if modality.isPart { continue }
      if let labels = plan.labelsName {
        throw SegmentsError.noOverlap(labels: labels, modality: modality.root.name)
      }
    }
  }
}
