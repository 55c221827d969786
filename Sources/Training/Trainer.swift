internal import Autodiff
internal import Batches
internal import Evaluation
internal import FusionModels
internal import PackedSequences
internal import Workers

/// Trains a model and keeps its run's folder: the loop over epochs and steps.
///
/// The same seed gives the same weights to the bit: on any number of threads, on every processor with fused multiplication and
/// addition, and interrupted and taken up again anywhere.
package struct Trainer: ~Copyable {
  /// What the weights are at first.
  enum Start: Sendable {
    /// Drawn by the seed.
    case fresh
    /// Read from elsewhere; all else begins anew.
    case weights(FloatBuffer)
    /// Everything from a checkpoint of this run.
    case resumed(Checkpoint)
  }

  /// Whom a training tells what happens, and who may end it; both are called on the thread that trains.
  package struct Observer {
    let emit: (TrainingEvent) -> Void
    let isStopRequested: () -> Bool

    /// - Parameter isStopRequested: asked after each step; where it says yes, the training saves itself and ends.
    package init(emit: @escaping (TrainingEvent) -> Void, isStopRequested: @escaping () -> Bool = { false }) {
      self.emit = emit
      self.isStopRequested = isStopRequested
    }
  }

  let plan: TrainingPlan
  let run: RunDirectory
  let start: Start
  let threads: Int
  let observer: Observer
  let clock = ContinuousClock()

  init(_ plan: TrainingPlan, run: consuming RunDirectory, start: Start, observer: Observer) {
    self.plan = plan
    self.run = run
    self.start = start
    self.observer = observer
    threads = plan.configuration.training.threads.number
  }

  /// The run's folder.
  package var path: String { run.path }

  /// Trains to the end, or until stopped.
  package consuming func train() throws -> TrainingOutcome {
    var state = try state()
    var log = try log(state)
    let (plan, threads) = (plan, threads)
    // So that a process killed in its first epoch can be gone on with, first weights from elsewhere included.
    if try !run.hasCheckpoint { try state.write(run.lastPath, plan) }
    return try WorkerPool.withWorkers(threads: threads, budget: .max, state: GroupWorker()) { pool in
      var computation = ModelComputation(
        plan.model, weights: state.weights, pool: pool, threads: threads,
        lanes: plan.configuration.training.lanes)
      observer.emit(.started(summary(state)))
      let epochs = plan.configuration.training.epochs
      while state.epoch < epochs, !state.stopping.isExhausted {
        guard try runEpoch(&state, &computation) else {
          try state.write(run.lastPath, plan)
          return .interrupted(epochs: state.epoch, steps: state.step)
        }
        try finishEpoch(&state, computation, &log)
        if observer.isStopRequested(), state.epoch < epochs, !state.stopping.isExhausted {
          return .interrupted(epochs: state.epoch, steps: 0)
        }
      }
      return .finished(try finish(state, pool))
    }
  }

  private func state() throws(TrainingError) -> TrainingState {
    switch start {
    case .fresh: return TrainingState(plan)
    case .weights(let weights):
      let state = TrainingState(plan)
      state.weights.copy(from: weights)
      return state
    case .resumed(let checkpoint): return try TrainingState(resuming: checkpoint, plan)
    }
  }

  private var formerArithmetic: String? {
    guard case .resumed(let checkpoint) = start, let former = checkpoint.metadata?.arithmetic else { return nil }
    return former == Kernels.arithmetic ? nil : former
  }

  private func log(_ state: TrainingState) throws(TrainingError) -> MetricsLog {
    if case .resumed = start { return try MetricsLog(resuming: run.metricsPath, after: state.epoch) }
    return MetricsLog(run.metricsPath)
  }

  private func summary(_ state: TrainingState) -> TrainingStart {
    TrainingStart(
      run: run.path, kind: plan.configuration.model.title, order: plan.configuration.data.order ?? [],
      label: plan.train.labelName ?? "", labelCount: plan.dataset.schema.labels.count,
      roundsLabels: plan.train.roundsLabels,
      samples: plan.sources.map { ($0.name, $0.source.sampleCount) },
      parameters: plan.model.layout.count,
      framesPerEpoch: plan.train.frameStatistics().map { ($0.modality.name, $0.frames) },
      fill: plan.train.fill.map { Array(zip(plan.train.modalities.map(\.name), $0)) },
      stepsPerEpoch: plan.train.batchCount(size: plan.configuration.training.batchSize),
      epochs: plan.configuration.training.epochs, threads: threads, lanes: plan.configuration.training.lanes,
      kernels: Kernels.name, formerArithmetic: formerArithmetic, resumedEpochs: state.epoch, resumedSteps: state.step)
  }
}

extension RunConfiguration.ThreadCount {
  /// As many as there are processors, or as was said.
  var number: Int {
    switch self {
    case .all: Processors.available
    case .count(let count): count
    }
  }
}
