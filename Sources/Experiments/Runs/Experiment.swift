/// Settings, their runs, and a table of what has come of them, which is there from the first finished run on.
package struct Experiment: Sendable {
  package let settings: [Setting]
  /// The table's name in the experiment's folder.
  package let tableName: String

  package init(_ settings: [Setting], tableName: String) {
    self.settings = settings
    self.tableName = tableName
  }

  package static let ablationTable = "ablation.csv"

  /// Every run once, seed after seed, so that early figures speak of all settings.
  package var runs: [PlannedRun] {
    var names: Set<String> = []
    let longest = settings.map(\.runs.count).max() ?? 0
    return (0..<longest).flatMap { seed in settings.compactMap { seed < $0.runs.count ? $0.runs[seed] : nil } }
      .filter { names.insert($0.name).inserted }
  }

  /// Runs what is not done yet.
  ///
  /// - Parameters:
  ///   - threads: how many runs go on at once, each on one thread; results do not depend on it.
  ///   - options: that every run takes besides, and that decide no result.
  ///   - observer: told of every run that ends, after the table was written.
  package func run(
    _ laboratory: Laboratory, in folder: borrowing ExperimentFolder, threads: Int, options: [String] = [],
    _ observer: QueueObserver
  ) throws -> (results: Results, ending: RunQueue.Ending) {
    var results = Results(settings)
    var watched = observer
    let queue = RunQueue(folder: folder.runs, content: laboratory.content, slots: threads, options: options)
    let table = TableFile(folder.file(tableName))
    watched.ended = { run, outcome in
      results.add(run, outcome)
      try table.write(results.csv)
      try observer.ended(run, outcome)
    }
    let ending = try queue.run(runs, watched)
    // With the rows of what failed.
    try table.write(results.csv)
    return (results, ending)
  }
}
