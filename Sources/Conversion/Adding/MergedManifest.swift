internal import ComputationalSequences
internal import JSONValues
internal import Shards

/// What a dataset says of itself once modalities were added: what one conversion of all sequences would have said.
struct MergedManifest {
  let manifest: Manifest

  /// - Parameters:
  ///   - old: of the dataset.
  ///   - new: of the added modalities by themselves.
  ///   - isNamed: whether they were asked for with `--modality`: they then come last, else they take their places.
  init(_ old: Manifest, _ new: Manifest, isNamed: Bool) {
    var modalities = old.modalities + new.modalities
    if !isNamed && old.modalities.map(\.name) == old.modalities.map(\.name).sorted(by: ModalityCatalog.precedes) {
      modalities.sort { ModalityCatalog.precedes($0.name, $1.name) }
    }
    var byName = JSONObject()
    for modality in modalities {
      byName[modality.name] =
        old.configuration["modalities"]?[modality.name] ?? new.configuration["modalities"]?[modality.name]
    }
    var configuration = old.configuration.object ?? [:]
    configuration["order"] = JSONValue(modalities.map(\.name))
    configuration["modalities"] = .object(byName)
    var manifest = old
    manifest.modalities = modalities
    manifest.configuration = .object(configuration)
    manifest.inputs = (old.inputs + new.inputs).sorted { $0.root.utf8.lexicographicallyPrecedes($1.root.utf8) }
    manifest.fingerprint = ConversionPlan.fingerprint(configuration: manifest.configuration, inputs: manifest.inputs)
    self.manifest = manifest
  }

  /// Sample after sample, each with its modalities in their order; then what became no sample.
  static func ledger(
    _ old: [LedgerEntry], _ new: [LedgerEntry], samples: [String], order: [String], unlabelled: [String]
  ) -> [LedgerEntry] {
    let places = Dictionary(uniqueKeysWithValues: order.enumerated().map { ($1, $0) })
    let bySample = Dictionary(grouping: (old + new).filter(\.reason.isOfSample), by: \.id)
    var entries = samples.flatMap { id in
      (bySample[id] ?? []).sorted { (places[$0.modality ?? ""] ?? -1) < (places[$1.modality ?? ""] ?? -1) }
    }
    entries += old.filter { $0.reason == .noSplit || $0.reason == .noLabel }
    entries += (old + new).filter { $0.reason == .unfit }
    let known = old.filter { $0.reason == .unlabelled }
    let ids = Set(known.map(\.id)).union(unlabelled).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    return entries + ids.map { LedgerBuilder.unlabelled($0) }
  }
}
