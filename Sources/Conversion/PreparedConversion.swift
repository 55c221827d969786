internal import JSONValues
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
    try plan.checkFrames(sizePass.sizes)
    self.plan = plan
    self.configuration = configuration
    sizes = sizePass.sizes
    inputs = try plan.inputs(digests: sizePass.digests)
    configurationJSON = plan.configurationJSON(configuration)
    fingerprint = ConversionPlan.fingerprint(configuration: configurationJSON, inputs: inputs)
    layout = try DatasetLayout(plan, sizes, configuration, fingerprint: fingerprint)
  }
}
