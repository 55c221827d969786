package import Evaluation

/// What is run over several seeds: one row of a table.
package struct Setting: Sendable {
  /// Unique in its table, short: `full`, `single-text`.
  package let name: String
  /// The family of models.
  package let model: String
  /// What is left out of it; empty where the family has nothing to leave out.
  package let component: String
  package let order: [String]
  package let classes: Int
  package let masks: Bool
  /// One a seed, in the order of the seeds.
  package let runs: [PlannedRun]
}

/// A setting and what its runs have measured so far.
package struct SettingResult: Sendable {
  package let setting: Setting
  /// Of the runs that have finished, in the order of the seeds.
  package let records: [RunRecord]
  /// By run, what those said that failed.
  package let failures: [(run: String, message: String)]

  /// Over the seeds, on the test split; nil where it is undefined for a run, or there is none.
  package func test(_ metric: Metric) -> Spread? { Spread(records.map { $0.test[metric] }) }

  /// Likewise, on the valid split in each run's best epoch.
  package func valid(_ metric: Metric) -> Spread? { Spread(records.map { $0.valid[metric] }) }

  package var seconds: Spread? { Spread(records.map(\.seconds)) }

  package var parameters: Int? { records.first?.parameters }
}

/// What has come of the runs of several settings.
package struct Results: Sendable {
  package let settings: [Setting]
  private var outcomes: [String: RunOutcome] = [:]

  package init(_ settings: [Setting]) { self.settings = settings }

  package mutating func add(_ run: PlannedRun, _ outcome: RunOutcome) { outcomes[run.name] = outcome }

  /// Whether a run has finished.
  func has(_ run: PlannedRun) -> Bool {
    if case .finished = outcomes[run.name] { true } else { false }
  }

  /// In the order of the settings, those that nothing is known of left out.
  package var rows: [SettingResult] { settings.map(row).filter { !$0.records.isEmpty || !$0.failures.isEmpty } }

  /// How many runs have failed.
  package var failures: [(run: String, message: String)] { rows.flatMap(\.failures) }

  package func row(_ setting: Setting) -> SettingResult {
    var records: [RunRecord] = []
    var failures: [(run: String, message: String)] = []
    for run in setting.runs {
      switch outcomes[run.name] {
      case .finished(let record): records.append(record)
      case .failed(let message): failures.append((run.name, message))
      case .stopped, nil: break
      }
    }
    return SettingResult(setting: setting, records: records, failures: failures)
  }
}
