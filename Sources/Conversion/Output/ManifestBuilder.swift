internal import Files
internal import JSONValues
internal import Preprocessing
internal import Shards

/// Puts together what a finished dataset says of itself.
struct ManifestBuilder {
  let plan: ConversionPlan
  let layout: DatasetLayout
  let sizes: [[StripSizes]]
  let values: [ModalityValues]

  func manifest(
    fingerprint: String, configuration: JSONValue, inputs: [Manifest.Input], records: [ShardRecord],
    ledger: [LedgerEntry], part: Manifest.Part? = nil
  ) -> Manifest {
    var content = ContentDigest()
    for record in records { content.add(record) }
    return Manifest(
      fingerprint: fingerprint, content: content.hex, configuration: configuration, inputs: inputs,
      modalities: plan.modalities.indices.map(modality), labels: plan.samples.labelNames,
      splits: plan.samples.splits.map { split($0, records) }, ledger: Ledger.record(ledger),
      alignment: alignment, part: part)
  }

  /// What the manifest of a part adds.
  func part(_ number: PartNumber, moments: Manifest.MomentsFile, ledger: [LedgerEntry]) -> Manifest.Part {
    let splits = Dictionary(
      plan.samples.samples.map { ($0.id.description, $0.split) }, uniquingKeysWith: { first, _ in first })
    let lines = ledger.filter(\.reason.isOfSample)
    func sums(_ count: (StripSizes.Sample) -> Int) -> [Int] {
      sizes.map { strips in strips.reduce(0) { $0 + $1.samples.reduce(0) { $0 + count($1) } } }
    }
    return Manifest.Part(
      index: number.index, count: number.count, rows: sums { $0.rows + $0.unmatched }, matched: sums(\.matched),
      ledgerLines: plan.samples.splits.map { split in lines.count { splits[$0.id] == split } }, moments: moments)
  }

  private var alignment: Manifest.Alignment? {
    guard let pivot = plan.pivot else { return nil }
    let uneven = layout.shapes.count { shape in shape.frames.contains { $0 != shape.frames[0] } }
    var imputed: [String: Int] = [:]
    for (m, modality) in plan.modalities.enumerated() where modality.settings.alignment != nil {
      imputed[modality.name] = keptSizes(m).reduce(0) { $0 + $1.imputed }
    }
    return Manifest.Alignment(root: pivot.root.name, unevenSamples: uneven, imputed: imputed)
  }

  /// What the first pass learned of a modality's frames in the samples of the dataset.
  private func keptSizes(_ m: Int) -> [StripSizes.Sample] {
    zip(plan.modalities[m].strips, sizes[m]).flatMap { strip, sizes in
      zip(strip.samples, sizes.samples).filter { layout.places[$0.0] != nil }.map { $0.1 }
    }
  }

  private func modality(_ m: Int) -> Manifest.Modality {
    let modality = plan.modalities[m]
    var dropped: [String: Int] = [:]
    for size in keptSizes(m) {
      if size.zeroRows > 0 { dropped["zero_frames", default: 0] += size.zeroRows }
      if size.cutFrames > 0 { dropped["max_frames", default: 0] += size.cutFrames }
      if size.unmatched > 0 { dropped["no_overlap", default: 0] += size.unmatched }
      if size.short > 0 { dropped["short_rows", default: 0] += size.short }
    }
    return Manifest.Modality(
      name: modality.name, root: modality.root.name, dimension: modality.isTokens ? 0 : modality.selection.count,
      dimensionNames: modality.isTokens ? nil : modality.dimensionNames,
      content: modality.isTokens ? .tokens : .values(modality.storedType), rate: modality.settings.rules.rate,
      normalization: modality.normalization, statistics: values[m].statistics, framesDropped: dropped,
      nonfinite: modality.isTokens ? nil : values[m].nonfinite,
      clip: modality.clip.map { Manifest.Clip(limit: $0, values: values[m].clipped) })
  }

  private func split(_ name: String, _ records: [ShardRecord]) -> Manifest.Split {
    let shards = layout.shards.indices.filter { layout.shards[$0].split == name }
    return Manifest.Split(
      name: name, samples: shards.reduce(0) { $0 + layout.shards[$1].members.count },
      frames: plan.modalities.indices.map { m in
        shards.reduce(0) { $0 + layout.frames(m, of: layout.shards[$1]).count }
      },
      shards: shards.map { Manifest.ShardFile(records[$0]) })
  }
}

extension Manifest.Statistics {
  init(_ moments: Moments) {
    func whole(_ field: Moments.Field) -> [Int] { moments.values(field).map { Int($0) } }
    let hasValues = moments.values(.count).map { $0 > 0 }
    func range(_ field: Moments.Field) -> [Double?] { zip(moments.values(field), hasValues).map { $1 ? $0 : nil } }
    self.init(
      count: whole(.count), mean: moments.values(.mean), std: moments.deviations, min: range(.min), max: range(.max),
      nan: whole(.nan), posinf: whole(.posinf), neginf: whole(.neginf))
  }
}

extension ManifestBuilder {
  /// Writes both to the folder that a dataset is built in, and syncs them.
  static func write(_ manifest: Manifest, _ ledger: [LedgerEntry], to folder: String) throws {
    for (name, text) in [(Ledger.fileName, Ledger.encoded(ledger)), (Manifest.fileName, manifest.encoded())] {
      // An interrupted conversion may have come as far.
      try Folder.removeAll(Path.join(folder, name))
      let file = try File(creating: Path.join(folder, name))
      try file.write(text, at: 0)
      try file.sync()
    }
  }
}
