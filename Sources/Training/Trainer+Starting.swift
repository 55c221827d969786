package import Shards

extension Trainer {
  /// Makes the folder of a new run and writes what is known before the first step.
  ///
  /// - Parameters:
  ///   - path: nil: a name of its own in the configuration's folder of runs.
  ///   - isForced: whether weights that were trained on another normalization are let pass.
  package static func begin(
    _ plan: TrainingPlan, in path: String?, isForced: Bool = false, observer: Observer
  ) throws -> Trainer {
    var start = Start.fresh
    if let path = plan.configuration.training.initialWeights {
      let initial = try Checkpoint(path)
      try initial.metadata?.dataset.check(
        plan.dataset.manifest, dataset: plan.dataset.path, checkpoint: initial.path, isForced: isForced)
      start = .weights(try initial.weights(plan.model.layout))
    }
    let name = plan.configuration.runName(order: plan.configuration.data.order ?? [])
    let run =
      if let path { try RunDirectory.create(path) } else {
        try RunDirectory.create(named: name, in: plan.configuration.modelSaveDirectory)
      }
    try run.write(plan.configuration)
    try run.write(profile: ModelProfile(plan.model, plan.train).json)
    return Trainer(plan, run: run, start: start, observer: observer)
  }

  /// Takes up a run where its `last.safetensors` stands.
  ///
  /// - Parameters:
  ///   - shards: another path of the same dataset; nil: the configuration's.
  ///   - threads: nil: the configuration's.
  ///   - open: opens the dataset in a folder.
  /// - Returns: nil where the training has come to its end already.
  package static func resume(
    _ path: String, shards: String?, threads: RunConfiguration.ThreadCount?,
    open: (String) throws -> Dataset = { try Dataset.open($0) }, observer: Observer
  ) throws -> Trainer? {
    let run = try RunDirectory.open(path)
    if try run.isFinished { return nil }
    guard try run.hasCheckpoint else { throw TrainingError.nothingToResume(path: path) }
    var configuration = try run.configuration()
    if let threads { configuration.training.threads = threads }
    guard let folder = shards ?? configuration.data.shards else { throw TrainingError.notARun(path: path) }
    let dataset = try open(folder)
    let checkpoint = try Checkpoint(run.lastPath)
    try checkpoint.metadata?.dataset.checkContent(dataset.manifest, dataset: folder, checkpoint: run.lastPath)
    let plan = try TrainingPlan(dataset, configuration)
    return Trainer(plan, run: run, start: .resumed(checkpoint), observer: observer)
  }
}
