internal import JSONValues
package import Shards
internal import Training

/// What the runs of an experiment have in common: a dataset, and the configuration that each is a variation of.
package struct Laboratory: Sendable {
  /// What was said of the configuration, later wins: the preset's values, a file's, single assignments.
  package struct Settings: Sendable {
    package var preset: String
    package var file: String?
    /// A tree of values in a file's place, and what errors call it.
    var document: (value: JSONValue, source: String)?
    package var assignments: [String]
    package var label: String?

    package init(preset: String = "grf", file: String? = nil, assignments: [String] = [], label: String? = nil) {
      self.preset = preset
      self.file = file
      self.assignments = assignments
      self.label = label
    }
  }

  /// The dataset's folder, as it was given.
  package let shards: String
  /// The digest of its bytes.
  package let content: String
  /// The modalities of numbers, the common ones first and in their common order.
  package let modalities: [String]
  /// The order where nothing else is asked for.
  package let order: [String]
  let settings: Settings
  /// The label column.
  let label: String

  /// Looks at the dataset and puts the configuration together once, so that what is wrong with either is said before any
  /// run begins.
  package init(_ dataset: Dataset, shards: String, _ settings: Settings) throws {
    self.shards = shards
    self.settings = settings
    content = dataset.manifest.content
    let numeric = dataset.schema.modalities.filter { $0.content != .tokens }.map(\.name)
    modalities = ModalityOrder.sorted(numeric)
    var configuration = try Self.configuration(settings, preset: settings.preset)
    configuration.data.shards = shards
    try configuration.check()
    let plan = try TrainingPlan(dataset, configuration)
    label = plan.configuration.data.label ?? ""
    order = plan.configuration.data.order ?? modalities
  }

  /// The configuration of a preset under the same settings.
  ///
  /// Of MulT: GRF's with the file's values, become MulT, since a file such as a run's has every value of GRF's; then the
  /// single assignments. What MulT has no use for is dropped.
  func configuration(preset: String? = nil) throws(TrainingError) -> RunConfiguration {
    var configuration = try Self.configuration(settings, preset: preset ?? settings.preset)
    configuration.data.shards = shards
    configuration.data.label = label
    configuration.training.threads = .count(1)
    return configuration
  }

  /// Refuses settings of what an experiment itself varies.
  ///
  /// - Parameter keys: each with the option that says which values it takes; nil where there is none.
  /// - Throws: ``ExperimentError/varied(key:option:)``.
  func refuse(_ keys: [(key: String, option: String?)]) throws {
    let found = try Self.configuration(settings, preset: settings.preset).values
    let standard = RunConfiguration().values
    for (key, option) in keys
    where found.first(where: { $0.0 == key })?.1 != standard.first(where: { $0.0 == key })?.1 {
      throw ExperimentError.varied(key: key, option: option)
    }
  }

  static func configuration(_ settings: Settings, preset: String) throws(TrainingError) -> RunConfiguration {
    let isMulT = preset == "mult" && settings.preset != preset
    var configuration = try RunConfiguration.preset(isMulT ? "grf" : preset)
    if let file = settings.file { _ = try configuration.apply(file: file) }
    if let (value, source) = settings.document { _ = try configuration.apply(value, source: source) }
    if isMulT { try configuration.set("model.kind", to: .string("mult"), source: "mult") }
    try configuration.apply(assignments: settings.assignments)
    if let label = settings.label { try configuration.set("data.label", to: .string(label), source: "--label") }
    if isMulT { configuration.dropUnused() }
    return configuration
  }
}
