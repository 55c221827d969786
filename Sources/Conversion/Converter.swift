internal import ComputationalSequences
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
  package var warnings: [String] = []
  /// What the splits come from; nil where they come from the datasets that this one is made of.
  package var folds: String?
  /// Whether the dataset was there already, and nothing was done.
  package var wasFinished = false
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
    var folder = try OutputFolder(output, overwrites: configuration.overwrites, resumes: configuration.resumes)
    do {
      let threads = configuration.threads ?? Processors.available
      let kept = budget / 2 / threads
      let partial = folder.partial
      progress.begin(.sizing, nil)
      let sequences = try SequenceCollection(inputs)
      let prepared = try sequences.leavingOutUnfit(configuration) {
        try WorkerPool<Worker>.withWorkers(
          threads: threads, budget: budget, state: Worker(keptBytes: kept)
        ) { pool in
          try PreparedConversion(try ConversionPlan(sequences, configuration), configuration, pool, progress)
        }
      }
      let plan = prepared.plan
      if var report = try folder.finished(prepared, path: Path.trimmed(output)) {
        (report.warnings, report.folds) = (plan.warnings, plan.samples.folds?.description)
        return report
      }
      let journal = try folder.journal(for: prepared)
      let result = try WorkerPool<Worker>.withWorkers(
        threads: threads, budget: budget, state: Worker(keptBytes: kept)
      ) { pool in try build(prepared, in: partial, journal: journal, pool, progress) }
      try folder.commit()
      return ConversionReport(
        path: Path.trimmed(output), manifest: result.manifest, ledger: result.ledger,
        notes: result.notes + folder.notes,
        warnings: plan.warnings, folds: plan.samples.folds?.description)
    } catch {
      folder.abandon()
      throw error
    }
  }

  /// Carries a conversion out.
  ///
  /// - Parameters:
  ///   - folder: holds nothing but what the journal speaks of.
  ///   - journal: nil for a conversion that nobody will go on with.
  static func build(
    _ prepared: PreparedConversion, in folder: String, journal: Journal?, _ pool: WorkerPool<Worker>,
    _ progress: ProgressReport
  ) throws -> (manifest: Manifest, ledger: [LedgerEntry], notes: [String]) {
    let (plan, sizes, layout, configuration) = (
      prepared.plan, prepared.sizes, prepared.layout, prepared.configuration
    )
    let writers = try layout.shards.map { shard in
      try ShardWriter(
        path: Path.join(folder, shard.name.description), layout: shard.layout, keepsContent: journal != nil)
    }
    let moments = try configuration.part.map { _ in try MomentRecordWriter(in: folder, plan, sizes) }
    let filled = try fill(plan, sizes, layout, configuration, folder, writers, moments, journal, pool, progress)
    let ledger = LedgerBuilder.entries(plan, sizes, dropsIncomplete: configuration.dropsIncomplete)
    let builder = ManifestBuilder(plan: plan, layout: layout, sizes: sizes, values: filled.modalities)
    var part: Manifest.Part?
    if let number = configuration.part, let moments {
      part = builder.part(number, moments: try moments.finish(), ledger: ledger)
    }
    let manifest = builder.manifest(
      fingerprint: prepared.fingerprint, configuration: prepared.configurationJSON, inputs: prepared.inputs,
      records: filled.records, ledger: ledger, part: part)
    try ManifestBuilder.write(manifest, ledger, to: folder)
    return (manifest, ledger, plan.notes)
  }

  /// Reads every modality and fills the shards.
  ///
  /// One modality after another goes through both passes, the largest first: its scratch files are gone before the next
  /// one's grow, and its blocks are on their way to disk while others are read.
  private static func fill(
    _ plan: ConversionPlan, _ sizes: [[StripSizes]], _ layout: DatasetLayout, _ configuration: ConversionConfiguration,
    _ folder: String, _ writers: [ShardWriter], _ moments: MomentRecordWriter?, _ journal: Journal?,
    _ pool: WorkerPool<Worker>, _ progress: ProgressReport
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
      let journal = try journal.map { try ModalityJournal($0, modality: m, modality, layout, writers, pool) }
      let known = modality.knownDestination(clipped: clipped)
      var sink = FrameSink(
        modality: m, plan: modality, layout: layout, scratch: scratch, writers: writers,
        destination: known ?? .scratch)
      // What nothing is fitted on can wait until the scaling is known, and then needs no scratch.
      let fitted = modality.isTokens ? plan.samples.splits : [plan.fittedSplit]
      var record: MainPass.RecordHandler?
      if let moments { record = { place, found in try moments.write(found, modality: m, place: place) } }
      values[m] = try MainPass(
        plan, splits: fitted, sizes[m], sink: sink, pool: pool, progress: progress, journal: journal, record: record
      ).values
      values[m].statistics = modality.givenStatistics ?? values[m].moments.map { Manifest.Statistics($0) }
      if modality.fitsQuartiles {
        values[m].statistics?.quartiles = try quartiles(
          of: modality, frames: layout.frames(m, ofSplit: plan.fittedSplit), scratch, journal, pool)
      }
      let finisher = values[m].statistics.map {
        modality.finisher(Scaling(modality.normalization, $0), clipped: clipped)
      }
      try shardPass.submit(
        m, splits: fitted, scratch: scratch, finisher: finisher, areFilled: known != nil, journal: journal)

      sink.destination = known ?? finisher.map { .shards($0) } ?? .scratch
      let others = plan.samples.splits.filter { !fitted.contains($0) }
      let rest = try MainPass(
        plan, splits: others, sizes[m], sink: sink, pool: pool, progress: progress, journal: journal)
      values[m].nonfinite.add(rest.values.nonfinite)
      try shardPass.submit(
        m, splits: others, scratch: scratch, finisher: finisher, areFilled: true, journal: journal)
      counters[m] = clipped
    }
    progress.begin(.syncing, nil)
    let records = try shardPass.finish()
    for (m, counter) in counters.enumerated() { values[m].clipped = counter?.total ?? 0 }
    return (values, records)
  }

  /// What an interrupted conversion noted, or what the frames in scratch tell, which is then noted.
  private static func quartiles(
    of modality: ModalityPlan, frames: Range<Int>, _ scratch: Scratch, _ journal: ModalityJournal?,
    _ pool: WorkerPool<Worker>
  ) throws -> Manifest.Quartiles {
    if let noted = journal?.quartiles { return noted }
    let width = modality.selection.count
    let quartiles = try QuartilePass.quartiles(
      of: ScratchFrames(scratch: scratch, frames: frames, width: width), width: width,
      combinesRows: modality.settings.combinesRows, pool: pool)
    try journal?.append(quartiles)
    return quartiles
  }
}
