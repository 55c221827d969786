internal import Autodiff
internal import Batches
internal import Evaluation
internal import FusionModels
internal import Workers

extension Trainer {
  /// The steps of an epoch, from where the state stands.
  ///
  /// - Returns: false where it was stopped before the last step.
  borrowing func runEpoch(_ state: inout TrainingState, _ computation: inout ModelComputation) throws -> Bool {
    let settings = plan.configuration.training
    let steps = plan.train.batchCount(size: settings.batchSize)
    let order = EpochOrder(
      count: plan.train.sampleCount, seed: UInt64(settings.seed), epoch: state.epoch, isShuffled: settings.shuffles)
    let rate = state.rate(settings)
    var batch = plan.train.makeBatch(capacity: settings.batchSize)
    while state.step < steps {
      let began = clock.now
      plan.train.fill(&batch, from: order, index: state.step, size: settings.batchSize)
      let filled = clock.now
      let (result, norm) = try computation.differentiate(
        batch, seed: UInt64(settings.seed), epoch: state.epoch)
      try checkFinite(result, norm, computation.gradients, batch, state)
      state.optimizerSteps += 1
      try computation.step(
        AdamWStep(
          step: state.optimizerSteps, learningRate: rate, decay: settings.weightDecay,
          gradientScale: min(1, settings.maxGradientNorm / (norm + 1e-6))),
        first: state.first, second: state.second)
      state.step += 1
      state.predictions += result.predictions
      state.lossSum += result.loss * Double(batch.count)
      let seconds = began.duration(to: clock.now).seconds
      state.seconds += seconds
      state.loaderSeconds += began.duration(to: filled).seconds + result.packing.seconds / Double(threads)
      state.session.add(seconds)
      report(result, batch, seconds, state, steps: steps)
      if state.step < steps, observer.isStopRequested() { return false }
    }
    return true
  }

  /// Metrics, the folder's files, and the state of the next epoch.
  borrowing func finishEpoch(
    _ state: inout TrainingState, _ computation: ModelComputation, _ log: inout MetricsLog
  ) throws {
    let settings = plan.configuration.training
    let order = EpochOrder(
      count: plan.train.sampleCount, seed: UInt64(settings.seed), epoch: state.epoch, isShuffled: settings.shuffles)
    let train = Metrics(predictions: state.predictions, labels: order.map { plan.train.label($0) })
    let trainLoss = state.lossSum / Double(plan.train.sampleCount)
    let predicted = try computation.predict(plan.valid, batchSize: settings.batchSize)
    let valid = Metrics(predictions: predicted.values, labels: plan.valid.labels())
    let isBest = state.stopping.record(epoch: state.epoch + 1, mae: valid[.mae])
    let rate = state.rate(settings)
    state.plateau?.record(loss: predicted.loss)
    let speed = Double(plan.train.sampleCount) / max(state.seconds, 1e-9)
    let report = EpochReport(
      epoch: state.epoch + 1, epochs: settings.epochs, trainLoss: trainLoss, validLoss: predicted.loss, train: train,
      valid: valid, learningRate: rate, trainSeconds: state.seconds, samplesPerSecond: speed, isBest: isBest,
      epochsWithoutImprovement: state.stopping.epochsWithoutImprovement)
    try log.append(report.lines(loaderSeconds: state.loaderSeconds))
    state.finishEpoch()
    // A killed process finds the last one whole: what was written before it is written again.
    if isBest { try state.writeWeights(run.bestPath, plan) }
    try state.write(run.lastPath, plan)
    observer.emit(.epoch(report))
  }

  /// - Throws: ``TrainingError/notFinite(epoch:step:what:samples:place:)``.
  private borrowing func checkFinite(
    _ result: ModelComputation.Result, _ norm: Double, _ gradients: FloatBuffer, _ batch: Batch, _ state: TrainingState
  ) throws(TrainingError) {
    let isLoss = !result.loss.isFinite || result.nonfinite != nil
    if !isLoss, norm.isFinite { return }
    var place = result.nonfinite ?? "the loss"
    if !isLoss, let first = gradients.firstNonfinite {
      place = plan.model.layout.entries.first { $0.range.contains(first) }?.name ?? "the gradients"
    }
    throw .notFinite(
      epoch: state.epoch + 1, step: state.step + 1, what: isLoss ? .loss : .gradient,
      samples: (0..<batch.count).map { batch.id($0) }, place: place)
  }

  private borrowing func report(
    _ result: ModelComputation.Result, _ batch: Batch, _ seconds: Double, _ state: TrainingState, steps: Int
  ) {
    if state.session.steps == min(3, steps) { observer.emit(.timing(forecast(state, steps: steps))) }
    observer.emit(
      .step(
        StepReport(
          epoch: state.epoch + 1, epochs: plan.configuration.training.epochs, step: state.step, steps: steps,
          loss: result.loss, samplesPerSecond: Double(batch.count) / max(seconds, 1e-9),
          secondsLeft: state.session.mean * Double(steps - state.step))))
  }

  private borrowing func forecast(_ state: TrainingState, steps: Int) -> EpochForecast {
    let seconds = state.session.mean * Double(steps)
    // Only a long epoch asks which frames make it long: finding out reads every mask.
    let longest = seconds > 600 ? plan.train.frameStatistics().max { $0.frames < $1.frames } : nil
    return EpochForecast(seconds: seconds, longestModality: longest?.modality.name)
  }
}

extension EpochReport {
  /// The epoch's lines of `metrics.jsonl`.
  fileprivate func lines(loaderSeconds: Double) -> [MetricsLog.Line] {
    let trainMeasures: Measures =
      [("loss", trainLoss)] + train.pairs
      + [
        ("learning_rate", learningRate), ("train_seconds", trainSeconds), ("samples_per_second", samplesPerSecond),
        ("loader_seconds", loaderSeconds),
      ]
    return [
      .init(epoch: epoch, split: "train", trainMeasures),
      .init(epoch: epoch, split: "valid", [("loss", validLoss)] + valid.pairs + [("learning_rate", learningRate)]),
    ]
  }
}

extension Duration {
  var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
