internal import CSVValues
internal import Evaluation
package import JSONValues
internal import Terminals

/// The trials of a sweep as tables; nothing of the test split is in them.
package struct SweepTable {
  let trials: [Trial]

  package init(_ trials: [Trial]) { self.trials = trials }

  private var keys: [String] { trials.first?.values.map(\.key) ?? [] }

  /// A header line and a line a trial that was begun, or cannot be.
  package var csv: String {
    let columns = ["trial", "status"] + keys + ["epochs", "best_epoch"] + Metric.allCases.map { "valid_\($0.name)" }
    var text = CSVLine.text(columns)
    for trial in trials where trial.status != .pending {
      let valid = trial.best?.valid ?? [:]
      text += CSVLine.text(
        ["\(trial.number)", trial.status.name] + trial.values.map { Self.text($0.value) }
          + [trial.epochs.map { "\($0)" } ?? "", trial.best.map { "\($0.number)" } ?? ""]
          + Metric.allCases.map { CSVLine.number(valid[$0]) })
    }
    return text
  }

  /// The best trials, and how many there were of each kind.
  package func lines(greatest: Int = 10) -> [String] {
    let ranked = trials.filter { $0.best?.valid[.mae] != nil && $0.status.name == "finished" }
      .sorted { ($0.best?.valid[.mae] ?? .infinity, $0.number) < ($1.best?.valid[.mae] ?? .infinity, $1.number) }
    var table = TextTable(
      [.text("trial")] + keys.map { .number(String($0.split(separator: ".").last ?? "")) }
        + [.number("epoch"), .number("valid mae"), .number("corr")])
    for trial in ranked.prefix(greatest) {
      let cells = trial.values.map { Self.text($0.value) }
      let epoch = trial.best.map { "\($0.number)" } ?? "–"
      let metrics = [Metric.mae, .corr].map { trial.best?.valid[$0].map { Format.fixed($0, 3) } ?? "–" }
      table.add(["\(trial.number)"] + cells + [epoch] + metrics)
    }
    let counts = ["finished", "stopped", "failed", "invalid", "pending"].compactMap { name in
      let count = trials.count { $0.status.name == name }
      return count > 0 ? "\(Format.count(count)) \(name)" : nil
    }
    let more = ranked.count > greatest ? ["…"] : []
    return table.lines(width: 160) + more + [
      "", "\(Format.count(trials.count, "trial")): \(counts.joined(separator: ", "))",
    ]
  }

  /// What those said that did not come to an end.
  package var problems: [(run: String, message: String)] {
    trials.compactMap { trial in
      switch trial.status {
      case .failed(let message), .invalid(let message): (Sweep.name(trial.number), message)
      default: nil
      }
    }
  }

  package var problemLines: [String] { Results.failureLines(problems) }

  private static func text(_ value: JSONValue) -> String {
    if let list = value.array { return list.map(text).joined(separator: "+") }
    return value.string ?? value.compact()
  }

  package var json: JSONValue {
    .array(
      trials.map { trial in
        var values = JSONObject()
        for (key, value) in trial.values { values[key] = value }
        var valid = JSONObject()
        for metric in Metric.allCases { valid[metric.name] = JSONValue(trial.best?.valid[metric]) }
        return [
          "trial": JSONValue(trial.number), "status": .string(trial.status.name), "values": .object(values),
          "epochs": trial.epochs.map { JSONValue($0) } ?? .null,
          "best_epoch": trial.best.map { JSONValue($0.number) } ?? .null, "valid": .object(valid),
        ]
      })
  }
}
