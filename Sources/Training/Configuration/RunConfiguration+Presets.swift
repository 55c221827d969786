extension RunConfiguration {
  /// The families of models. The preset of the same name has a family's published values.
  public static let kinds = ["grf", "mult"]

  /// `grf` is the published configuration file; `grf-4m` has the size of the published table; `mult` is the baseline
  /// beside it, as it was published.
  public static let presetNames = ["grf", "grf-4m", "mult"]

  /// - Throws: ``TrainingError/unknownPreset(name:)``.
  public static func preset(_ name: String) throws(TrainingError) -> RunConfiguration {
    switch name {
    case "grf": return RunConfiguration()
    case "grf-4m":
      var configuration = RunConfiguration()
      configuration.model.width = 128
      configuration.model.feedForwardWidth = 512
      return configuration
    case "mult": return mult
    default: throw .unknownPreset(name: name)
    }
  }

  /// Source: Tsai et al. 2019 and the published program.
  private static var mult: RunConfiguration {
    var configuration = RunConfiguration()
    configuration.model.kind = "mult"
    configuration.model.width = 30
    configuration.model.layerCount = 5
    configuration.model.headCount = 5
    configuration.training.weightDecay = 0
    configuration.training.epochs = 40
    configuration.training.patience = nil
    configuration.training.schedule = .plateau
    configuration.training.batchSize = 24
    configuration.training.maxGradientNorm = 0.8
    configuration.training.minLearningRate = 0
    return configuration
  }

  /// Makes the model one of another family: whatever is as the present family's preset has it becomes as the other's has.
  ///
  /// - Returns: false where there is no such family.
  mutating func become(_ kind: String) -> Bool {
    guard let present = try? Self.preset(model.kind), Self.kinds.contains(kind),
      let other = try? Self.preset(kind)
    else { return false }
    guard kind != model.kind else { return true }
    model.kind = kind
    for key in ConfigurationKey.all where key.name != ConfigurationKey.kindName {
      if key.write(self) == key.write(present) { _ = key.read(key.write(other), &self) }
    }
    return true
  }
}
