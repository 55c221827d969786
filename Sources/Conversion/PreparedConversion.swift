internal import JSONValues
internal import Segments
internal import Shards
internal import Workers

/// A conversion of which everything is known but values: samples, sizes, the place of every byte, the fingerprint.
struct PreparedConversion {
  let plan: ConversionPlan
  let configuration: ConversionConfiguration
  /// By modality, then strip.
  let sizes: [[StripSizes]]
  let inputs: [Manifest.Input]
  let configurationJSON: JSONValue
  let fingerprint: String
  let layout: DatasetLayout

  init(
    _ plan: ConversionPlan, _ configuration: ConversionConfiguration, _ pool: WorkerPool<Worker>,
    _ progress: ProgressReport
  ) throws {
    let sizePass = try SizePass(plan, pool: pool, progress: progress)
    try Self.checkOverlap(plan, sizePass.sizes)
    self.plan = plan
    self.configuration = configuration
    sizes = sizePass.sizes
    inputs = try plan.inputs(digests: sizePass.digests)
    configurationJSON = plan.configurationJSON(configuration)
    fingerprint = ConversionPlan.fingerprint(configuration: configurationJSON, inputs: inputs)
    layout = try DatasetLayout(plan, sizes, configuration, fingerprint: fingerprint)
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
