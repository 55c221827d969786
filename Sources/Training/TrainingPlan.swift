package import Batches
package import FusionModels
package import Shards

/// What is to be trained, and on what: a dataset and a configuration that fit each other.
package struct TrainingPlan: Sendable {
  /// Resolved: the order and the label column are named.
  package let configuration: RunConfiguration
  let dataset: Dataset
  package let identity: DatasetIdentity
  package let model: any FusionModel
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
    let fill = configuration.fill(order: order, on: dataset)
    func source(_ split: String) throws -> BatchSource {
      guard dataset.split(named: split) != nil else {
        throw TrainingError.missingSplit(path: dataset.path, name: split, found: dataset.splits.map(\.name))
      }
      let source = try BatchSource(
        dataset, split: split, modalities: order,
        label: configuration.data.label.map { .column($0) } ?? .standard,
        roundsLabels: configuration.data.classCount == 7, fill: fill)
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
    model = configuration.model(sources: [train, valid, test])
  }

  /// The splits in the order of training.
  package var sources: [(name: String, source: BatchSource)] {
    [("train", train), ("valid", valid), ("test", test)]
  }
}

extension RunConfiguration {
  /// What samples are filled up to where masks do not count: the modalities' greatest lengths in the whole dataset; nil
  /// where they do.
  package func fill(order: [String], on dataset: Dataset) -> [Int]? {
    data.masks ? nil : dataset.greatestLengths(order)
  }

  /// The configuration's model for the modalities of some splits, in their order.
  package func model(sources: [BatchSource]) -> any FusionModel {
    let longest = sources.flatMap { $0.frameStatistics() }.reduce(1) { max($0, $1.longest) }
    let inputs = sources[0].modalities.map { ModelInput(name: $0.name, dimension: $0.dimension) }
    if model.kind == "mult" {
      return MultimodalTransformer(MultimodalTransformerConfiguration(model), inputs: inputs, positions: longest)
    }
    if model.component == ModelSection.single {
      return SingleModality(ModelConfiguration(model), input: inputs[0], positions: longest)
    }
    return GatedRecurrentFusion(ModelConfiguration(model), inputs: inputs, positions: longest)
  }
}

extension RunConfiguration.ModelSection {
  /// The family, and what an ablation leaves out.
  var title: String { component == "full" ? kind : "\(kind) (\(component))" }
}

extension MultimodalTransformerConfiguration {
  init(_ section: RunConfiguration.ModelSection) {
    var dropout = Dropout()
    dropout.textAttention = Float(section.attentionDropout)
    dropout.otherAttention = Float(section.otherAttentionDropout)
    dropout.relu = Float(section.reluDropout)
    dropout.residual = Float(section.residualDropout)
    dropout.embedding = Float(section.embeddingDropout)
    dropout.output = Float(section.outputDropout)
    self.init(width: section.width, layers: section.layerCount, heads: section.headCount, dropout: dropout)
  }
}

extension ModelConfiguration {
  init(_ section: RunConfiguration.ModelSection) {
    self.init(
      width: section.width, layers: section.layerCount, feedForward: section.feedForwardWidth,
      heads: section.headCount, dropout: Float(section.dropout), auxiliaryWeight: Float(section.auxiliaryLossWeight),
      component: GRFComponent(rawValue: section.component) ?? .full)
  }
}
