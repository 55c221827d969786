internal import Autodiff
package import Batches
internal import Evaluation
package import FusionModels
package import Shards
internal import Workers

/// A checkpoint's model, ready to predict on a dataset.
package struct TrainedModel: Sendable {
  package let model: any FusionModel
  package let configuration: RunConfiguration
  /// What could not be read from the checkpoint and was taken from the options.
  package let note: String?
  package let source: BatchSource
  /// Samples that are predicted at a time, which changes no prediction.
  var batchSize: Int
  private let bestEpoch: Int?
  let weights: FloatBuffer
  let dataset: Dataset
  let checkpointPath: String

  /// - Parameters:
  ///   - fallback: where the checkpoint is another program's: heads, order and label; shapes come from the tensors. A label
  ///     that it names comes before the checkpoint's.
  ///   - split: what to predict on.
  ///   - needsLabels: whether samples without labels are an error.
  ///   - isForced: whether another normalization than the training's is let pass.
  package init(
    _ checkpoint: Checkpoint, on dataset: Dataset, split: String, fallback: RunConfiguration, needsLabels: Bool,
    isForced: Bool
  ) throws {
    var configuration = checkpoint.metadata?.configuration ?? fallback
    if let metadata = checkpoint.metadata {
      configuration.data.order = metadata.dataset.order
      try metadata.dataset.check(
        dataset.manifest, dataset: dataset.path, checkpoint: checkpoint.path, isForced: isForced)
      note = nil
    } else {
      let shapes = try ModelShapes(checkpoint)
      shapes.apply(to: &configuration)
      try configuration.check()
      configuration.data.order = configuration.data.order ?? shapes.order
      let order = configuration.data.order ?? []
      note =
        "\(checkpoint.path) says nothing of heads and order: taking \(configuration.model.headCount) heads, order "
        + "\(order.joined(separator: ", ")) (--set model.num_heads=N and --order change them)"
    }
    let order = try configuration.order(on: dataset)
    let label = fallback.data.label ?? configuration.data.label
    let isLabelMissing = label.map { !dataset.schema.labels.contains($0) } ?? dataset.schema.labels.isEmpty
    source = try BatchSource(
      dataset, split: split, modalities: order,
      label: isLabelMissing && !needsLabels ? .none : label.map { .column($0) } ?? .standard,
      roundsLabels: configuration.data.classCount == 7,
      fill: checkpoint.metadata?.fill ?? configuration.fill(order: order, on: dataset))
    if needsLabels { try source.checkLabels() }
    model = configuration.model(sources: [source])
    weights = try checkpoint.weights(model.layout)
    batchSize = configuration.training.batchSize
    bestEpoch = checkpoint.metadata?.stopping.bestEpoch
    self.configuration = configuration
    self.dataset = dataset
    checkpointPath = checkpoint.path
  }

  /// Predictions for every sample of the split, in its order.
  package func predictions(threads: RunConfiguration.ThreadCount? = nil) throws -> [Prediction] {
    let values = try predict(threads: threads).values
    return values.indices.map {
      Prediction(id: source.id($0), label: source.labelName == nil ? nil : source.label($0), prediction: values[$0])
    }
  }

  /// The split's metrics, beside predictors that know the train labels only.
  package func evaluate(threads: RunConfiguration.ThreadCount? = nil) throws -> (
    result: SplitResult, report: TestReport
  ) {
    let predicted = try predict(threads: threads)
    // Baselines want train labels; without a train split they are those of the split itself.
    let train = dataset.split(named: "train").flatMap { $0.sampleCount > 0 ? $0.name : nil } ?? source.split.name
    let known = try BatchSource(
      dataset, split: train, modalities: source.modalities.map(\.name),
      label: source.labelName.map { .column($0) } ?? .standard, roundsLabels: source.roundsLabels)
    try known.checkLabels()
    guard let baselines = Baselines(trainLabels: known.labels()) else { throw TrainingError.noBestEpoch(epochs: 0) }
    let result = SplitResult(
      split: source.split.name, loss: predicted.loss, predictions: predicted.values, labels: source.labels(),
      baselines: baselines)
    return (result, result.report(bestEpoch: bestEpoch))
  }

  private func predict(threads: RunConfiguration.ThreadCount?) throws -> ModelComputation.Predictions {
    let threads = (threads ?? .all).number
    return try WorkerPool.withWorkers(threads: threads, budget: .max, state: GroupWorker()) { pool in
      try ModelComputation(model, weights: weights, pool: pool, threads: threads)
        .predict(source, batchSize: batchSize)
    }
  }
}
