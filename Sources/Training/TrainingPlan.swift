package import Batches
package import FusionModels
package import Shards

/// What is to be trained, and on what: a dataset and a configuration that fit each other.
package struct TrainingPlan: Sendable {
  /// Resolved: the order and the label column are named.
  package let configuration: RunConfiguration
  let dataset: Dataset
  package let identity: DatasetIdentity
  package let model: GatedRecurrentFusion
  package let train: BatchSource
  package let valid: BatchSource
  package let test: BatchSource

  /// Opens the splits and looks at every label.
  ///
  /// - Throws: ``TrainingError`` or `BatchError` where the dataset lacks something or a label is not a number.
  package init(_ dataset: Dataset, _ configuration: RunConfiguration) throws {
    var configuration = configuration
    // Before the splits: without labels there usually are none.
    guard !dataset.schema.labels.isEmpty else { throw BatchError.noLabels(path: dataset.path) }
    let order = try configuration.order(on: dataset)
    func source(_ split: String) throws -> BatchSource {
      guard dataset.split(named: split) != nil else {
        throw TrainingError.missingSplit(path: dataset.path, name: split, found: dataset.splits.map(\.name))
      }
      let source = try BatchSource(
        dataset, split: split, modalities: order,
        label: configuration.data.label.map { .column($0) } ?? .standard,
        roundsLabels: configuration.data.classCount == 7)
      try source.checkLabels()
      return source
    }
    train = try source("train")
    valid = try source("valid")
    test = try source("test")
    configuration.data.order = order
    configuration.data.label = train.labelName
    self.configuration = configuration
    self.dataset = dataset
    identity = DatasetIdentity(dataset.manifest, order: order)
    model = GatedRecurrentFusion(configuration, sources: [train, valid, test])
  }

  /// The splits in the order of training.
  package var sources: [(name: String, source: BatchSource)] {
    [("train", train), ("valid", valid), ("test", test)]
  }
}

extension GatedRecurrentFusion {
  /// The configuration's model for the modalities of some splits, in their order.
  package init(_ configuration: RunConfiguration, sources: [BatchSource]) {
    let longest = sources.flatMap { $0.frameStatistics() }.reduce(1) { max($0, $1.longest) }
    self.init(
      ModelConfiguration(configuration.model),
      inputs: sources[0].modalities.map { ModelInput(name: $0.name, dimension: $0.dimension) }, positions: longest)
  }
}

extension ModelConfiguration {
  init(_ section: RunConfiguration.ModelSection) {
    self.init(
      width: section.width, layers: section.layerCount, feedForward: section.feedForwardWidth,
      heads: section.headCount, dropout: Float(section.dropout), auxiliaryWeight: Float(section.auxiliaryLossWeight))
  }
}
