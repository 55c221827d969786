internal import Shards

extension Assembly {
  /// The manifest of the result.
  ///
  /// - Parameter manifest: whose fingerprint, configuration, inputs, labels and alignment it has.
  func manifest(
    like manifest: Manifest, modalities: [Manifest.Modality], _ plans: [ShardPlan], _ records: [ShardRecord],
    _ ledger: [LedgerEntry]
  ) -> Manifest {
    var content = ContentDigest()
    for record in records { content.add(record) }
    let frames = modalities.indices.map { self.frames($0) }
    return Manifest(
      fingerprint: manifest.fingerprint, content: content.hex, configuration: manifest.configuration,
      inputs: manifest.inputs, modalities: modalities, labels: manifest.labels,
      splits: splits.enumerated().map { s, split in
        Manifest.Split(
          name: split.split, samples: split.samples, frames: frames.map { $0[s] },
          shards: zip(plans, records).filter { $0.0.split == split.split }.map { Manifest.ShardFile($0.1) })
      }, ledger: Ledger.record(ledger), alignment: manifest.alignment)
  }
}
