internal import Autodiff
internal import Batches
internal import Evaluation
internal import FusionModels
internal import Workers

extension Trainer {
  /// Evaluates the best epoch's weights on valid and test and writes what the folder keeps of it.
  borrowing func finish(_ state: TrainingState, _ pool: WorkerPool<GroupWorker>) throws -> TrainingResult {
    guard let bestEpoch = state.stopping.bestEpoch, let baselines = Baselines(trainLabels: plan.train.labels()) else {
      throw TrainingError.noBestEpoch(epochs: state.epoch)
    }
    let best = try Checkpoint(run.bestPath).weights(plan.model.layout)
    let computation = ModelComputation(plan.model, weights: best, pool: pool, threads: threads)
    var splits: [SplitResult] = []
    for (name, source) in [("valid", plan.valid), ("test", plan.test)] {
      let predicted = try computation.predict(source, batchSize: plan.configuration.training.batchSize)
      let labels = source.labels()
      let result = SplitResult(
        split: name, loss: predicted.loss, predictions: predicted.values, labels: labels, baselines: baselines)
      splits.append(result)
      guard name == "test" else { continue }
      try run.write(
        labels.indices.map { Prediction(id: source.id($0), label: labels[$0], prediction: predicted.values[$0]) })
      // Last: it is what tells a finished run.
      try run.write(result.report(bestEpoch: bestEpoch))
    }
    return TrainingResult(
      bestEpoch: bestEpoch, epochs: state.epoch,
      stoppedEarly: state.epoch < plan.configuration.training.epochs, splits: splits)
  }
}

extension SplitResult {
  package func report(bestEpoch: Int?) -> TestReport {
    TestReport(
      metrics: [("loss", loss)] + metrics.pairs, samples: metrics.samples, bestEpoch: bestEpoch,
      baselines: [("majority", majority.pairs), ("median", median.pairs)])
  }
}
