internal import Autodiff
internal import FusionModels
internal import PackedSequences

/// Where a training stands: everything that a checkpoint holds and that the next step depends on.
struct TrainingState {
  let weights: FloatBuffer
  /// AdamW's moments.
  let first: FloatBuffer
  let second: FloatBuffer
  var optimizerSteps = 0
  /// Complete epochs.
  var epoch = 0
  /// Steps of the epoch under way.
  var step = 0
  var stopping: EarlyStopping
  /// Nil where the learning rate goes by the epoch alone.
  var plateau: PlateauSchedule?
  /// Of the epoch under way, in its order of samples.
  var predictions: [Float] = []
  /// Of the epoch under way: the sum of each step's loss times its samples.
  var lossSum = 0.0
  /// Of the epoch under way.
  var seconds = 0.0
  var loaderSeconds = 0.0
  /// What this process has done; no checkpoint holds it.
  var session = Session()

  struct Session {
    private(set) var steps = 0
    private var seconds = 0.0

    /// Seconds a step.
    var mean: Double { seconds / Double(max(steps, 1)) }

    mutating func add(_ duration: Double) {
      steps += 1
      seconds += duration
    }
  }

  /// New weights, drawn by the configuration's seed.
  init(_ plan: TrainingPlan) {
    let seed = UInt64(plan.configuration.training.seed)
    weights = plan.model.initializer.draw(plan.model.layout, seed: seed)
    first = FloatBuffer(count: weights.count)
    second = FloatBuffer(count: weights.count)
    stopping = EarlyStopping(patience: plan.configuration.training.patience)
    plateau = PlateauSchedule(plan.configuration.training)
  }

  /// The learning rate of the epoch under way.
  func rate(_ settings: RunConfiguration.TrainingSection) -> Double {
    plateau?.rate ?? LearningRateSchedule(settings).rate(epoch: epoch)
  }

  /// Begins the next epoch.
  mutating func finishEpoch() {
    epoch += 1
    step = 0
    predictions.removeAll(keepingCapacity: true)
    lossSum = 0
    seconds = 0
    loaderSeconds = 0
  }
}

// MARK: Checkpoints

extension TrainingState {
  private static let firstPrefix = Checkpoint.optimizerPrefix + "exp_avg."
  private static let secondPrefix = Checkpoint.optimizerPrefix + "exp_avg_sq."
  private static let predictionsName = Checkpoint.epochPrefix + "predictions"
  /// What of the epoch under way is a sum: two halves of each Double, so that none of its bits is lost.
  private static let sumsName = Checkpoint.epochPrefix + "sums"

  /// Writes the weights only: what evaluation and others' programs want.
  func writeWeights(_ path: String, _ plan: TrainingPlan) throws(TrainingError) {
    let entries = plan.model.layout.entries
    var writer = try CheckpointWriter(
      path, metadata: metadata(plan), tensors: plan.model.layout.shapes())
    for entry in entries { try writer.write(weights.span.extracting(entry.range)) }
    try writer.finish()
  }

  /// Writes everything.
  func write(_ path: String, _ plan: TrainingPlan) throws(TrainingError) {
    let entries = plan.model.layout.entries
    var tensors = ["", Self.firstPrefix, Self.secondPrefix].flatMap { plan.model.layout.shapes(prefix: $0) }
    if step > 0 {
      tensors.append(TensorShape(name: Self.predictionsName, shape: [predictions.count]))
      tensors.append(TensorShape(name: Self.sumsName, shape: [sums.count]))
    }
    var writer = try CheckpointWriter(path, metadata: metadata(plan), tensors: tensors)
    for buffer in [weights, first, second] {
      for entry in entries { try writer.write(buffer.span.extracting(entry.range)) }
    }
    if step > 0 {
      let sums = sums
      try writer.write(predictions.span)
      try writer.write(sums.span)
    }
    try writer.finish()
  }

  /// Takes up a training where a checkpoint left it.
  init(resuming checkpoint: Checkpoint, _ plan: TrainingPlan) throws(TrainingError) {
    self.init(plan)
    guard let metadata = checkpoint.metadata else {
      throw .checkpointMetadata(path: checkpoint.path, key: "format")
    }
    let entries = plan.model.layout.entries
    try checkpoint.check(plan.model.layout.shapes())
    let state = Dictionary(uniqueKeysWithValues: checkpoint.state.map { ($0.name, $0.shape) })
    for (prefix, buffer) in [("", weights), (Self.firstPrefix, first), (Self.secondPrefix, second)] {
      for entry in entries {
        guard prefix.isEmpty || state[prefix + entry.name] == entry.shape else {
          throw .checkpointMetadata(path: checkpoint.path, key: prefix + entry.name)
        }
        try checkpoint.read(prefix + entry.name, entry, into: buffer)
      }
    }
    epoch = metadata.epoch
    step = metadata.step
    optimizerSteps = metadata.optimizerSteps
    stopping = metadata.stopping
    plateau = metadata.plateau
    guard step > 0 else { return }
    for name in [Self.predictionsName, Self.sumsName] where state[name] == nil {
      throw .checkpointMetadata(path: checkpoint.path, key: name)
    }
    predictions = try checkpoint.values(Self.predictionsName)
    let sums = try checkpoint.values(Self.sumsName)
    let expected = min(step * plan.configuration.training.batchSize, plan.train.sampleCount)
    guard predictions.count == expected, sums.count == 6 else {
      throw .checkpointMetadata(path: checkpoint.path, key: Self.predictionsName)
    }
    lossSum = Self.double(sums[0], sums[1])
    seconds = Self.double(sums[2], sums[3])
    loaderSeconds = Self.double(sums[4], sums[5])
  }

  private func metadata(_ plan: TrainingPlan) -> CheckpointMetadata {
    CheckpointMetadata(
      configuration: plan.configuration, dataset: plan.identity, epoch: epoch, step: step,
      optimizerSteps: optimizerSteps, stopping: stopping, plateau: plateau, fill: plan.train.fill,
      arithmetic: Kernels.arithmetic)
  }

  private var sums: [Float] {
    [lossSum, seconds, loaderSeconds].flatMap { value in
      let bits = value.bitPattern
      return [Float(bitPattern: UInt32(bits >> 32)), Float(bitPattern: UInt32(truncatingIfNeeded: bits))]
    }
  }

  private static func double(_ high: Float, _ low: Float) -> Double {
    Double(bitPattern: UInt64(high.bitPattern) << 32 | UInt64(low.bitPattern))
  }
}

extension ParameterLayout {
  /// The parameters as a checkpoint names them, after a prefix.
  func shapes(prefix: String = "") -> [TensorShape] {
    entries.map { TensorShape(name: prefix + $0.name, shape: $0.shape) }
  }
}

extension Checkpoint {
  /// Copies a parameter's values to its place in a buffer.
  func read(_ name: String, _ entry: ParameterLayout.Entry, into buffer: FloatBuffer) throws(TrainingError) {
    try buffer.withMutableSpan(entry.range) { (span: inout MutableSpan<Float>) throws(TrainingError) in
      try read(name, into: &span)
    }
  }

  /// The weights of a model, held against its layout.
  func weights(_ layout: ParameterLayout) throws(TrainingError) -> FloatBuffer {
    try check(layout.shapes())
    let buffer = FloatBuffer(count: layout.count)
    for entry in layout.entries { try read(entry.name, entry, into: buffer) }
    return buffer
  }
}
