internal import Evaluation
internal import Files
internal import JSONValues
internal import Training

/// A random search over a space of configurations.
///
/// What trial k tries depends on the seed, the names of the keys, and k alone. The search looks at the valid split only: a
/// run evaluates the test split when it ends, but its figures there enter neither the choice nor the table.
package struct Sweep: Sendable {
  package let space: SweepSpace
  package let trials: Int

  package static let tableName = "sweep.csv"
  /// The best trial's configuration.
  package static let bestName = "config.yaml"
  private static let decisionsName = "decisions.json"

  package init(_ space: SweepSpace, trials: Int) {
    self.space = space
    self.trials = trials
  }

  /// What every trial begins with.
  package func laboratorySettings() throws -> Laboratory.Settings {
    var settings = Laboratory.Settings(preset: space.preset)
    settings.document = (space.base, "\(space.source): base")
    return settings
  }

  /// All trials, before any has run.
  package func plan(_ laboratory: Laboratory) throws -> [Trial] {
    try (0..<trials).map { number in
      let values = space.draw(number)
      do {
        let configuration = try configuration(values, laboratory)
        let run = PlannedRun(name: Self.name(number), configuration: configuration)
        return Trial(number: number, values: values, run: run, status: .pending)
      } catch let error as TrainingError {
        return Trial(number: number, values: values, run: nil, status: .invalid(error.description))
      }
    }
  }

  static func name(_ number: Int) -> String {
    let digits = "\(number)"
    return "trial-" + String(repeating: "0", count: max(0, 3 - digits.count)) + digits
  }

  private func configuration(
    _ values: [(key: String, value: JSONValue)], _ laboratory: Laboratory
  ) throws -> RunConfiguration {
    var configuration = try laboratory.configuration()
    // The family brings values along, which others then change: those of the base, too.
    for (key, value) in values where key == "model.kind" {
      try configuration.set(key, to: value, source: space.source)
      _ = try configuration.apply(space.baseWithoutKind, source: "\(space.source): base")
    }
    for (key, value) in values where key != "model.kind" {
      try configuration.set(key, to: value, source: space.source)
    }
    if configuration.data.order == nil { configuration.data.order = laboratory.order }
    configuration.dropUnused()
    try configuration.check()
    return configuration
  }

  // MARK: Running

  /// Runs what is not done yet, and gives up what the ``MedianStopping`` rule gives up.
  ///
  /// - Parameters:
  ///   - threads: how many trials go on at once. With one, everything is a function of space, seed and dataset; with more,
  ///     which trials are stopped, and when, depends on which end first.
  ///   - options: that every run takes besides, and that decide no result.
  ///   - observer: told of every trial that ends, after the table was written.
  package func run(
    _ laboratory: Laboratory, in folder: borrowing ExperimentFolder, threads: Int, options: [String] = [],
    _ observer: QueueObserver
  ) throws -> (trials: [Trial], ending: RunQueue.Ending) {
    let log = try SweepLog(plan(laboratory), decisionsPath: folder.file(Self.decisionsName))
    let table = TableFile(folder.file(Self.tableName))
    let best = TableFile(folder.file(Self.bestName))
    let runs = folder.runs
    let queue = RunQueue(folder: runs, content: laboratory.content, slots: threads, options: options)
    var watched = observer
    watched.isHopeless = { run, path in try log.isHopeless(run, path) }
    watched.ended = { run, outcome in
      let shown = try log.add(run, outcome, Path.join(runs, run.name))
      try table.write(SweepTable(log.trials).csv)
      if let winner = Self.best(of: log.trials)?.run {
        let bytes = try File.contents(of: Path.join(runs, winner.name, RunDirectory.configurationName))
        try best.write(String(decoding: bytes, as: UTF8.self))
      }
      try observer.ended(run, shown)
    }
    let pending = try log.resume(runs)
    let ending = try queue.run(pending, watched)
    try table.write(SweepTable(log.trials).csv)
    return (log.trials, ending)
  }

  /// Of the trials that have come to their end, the one with the lowest valid MAE, the earliest of equals.
  package static func best(of trials: [Trial]) -> Trial? {
    let finished = trials.filter { if case .finished = $0.status { $0.best?.valid[.mae] != nil } else { false } }
    return finished.min { ($0.best?.valid[.mae] ?? .infinity) < ($1.best?.valid[.mae] ?? .infinity) }
  }
}

extension Path {
  fileprivate static func join(_ folder: String, _ name: String, _ file: String) -> String {
    join(join(folder, name), file)
  }
}
