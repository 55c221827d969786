internal import JSONValues
package import Training

/// A run that an experiment wants: its folder's name, and everything that decides it.
package struct PlannedRun: Sendable, Equatable {
  /// Different for each run of an experiment; letters, digits, `-` and `_`.
  package let name: String
  /// Resolved: dataset, order and label column are named.
  package let configuration: RunConfiguration

  package init(name: String, configuration: RunConfiguration) {
    self.name = name
    self.configuration = configuration
  }

  /// The arguments of `grf-train` that begin it in a new folder, on one thread.
  func arguments(beginning path: String) -> [String] {
    let settings = configuration.assignments.flatMap { ["--set", $0] }
    return ["train", "--out", path, "--threads", "1"] + settings
  }

  /// Those that go on with it.
  func arguments(resuming path: String) -> [String] {
    var arguments = ["train", "--resume", path, "--threads", "1"]
    if let shards = configuration.data.shards { arguments += ["--shards", shards] }
    return arguments
  }

  /// A value that decides a run's result and that another configuration has otherwise; nil where there is none.
  ///
  /// How many threads work, where the dataset lies, and what things are called, decide nothing.
  func difference(from other: RunConfiguration) -> (key: String, wanted: String, found: String)? {
    let found = Dictionary(uniqueKeysWithValues: other.values)
    let wanted = configuration.values
    for (key, value) in wanted where !Self.indifferent.contains(key) && found[key] != value {
      return (key, value.compact(), found[key]?.compact() ?? "left out")
    }
    let names = Set(wanted.map(\.0))
    let more = other.values.first { !names.contains($0.0) && !Self.indifferent.contains($0.0) }
    return more.map { ($0.0, "left out", $0.1.compact()) }
  }

  private static let indifferent: Set = [
    "project_name", "run_name_template", "model_save_dir", "training.threads", "data.shards",
  ]
}

extension RunConfiguration {
  /// Every value that is used, by its whole name.
  var values: [(String, JSONValue)] {
    (resolved.object?.members ?? []).flatMap { name, value -> [(String, JSONValue)] in
      guard case .object(let section) = value else { return [(name, value)] }
      return section.members.map { ("\(name).\($0.key)", $0.value) }
    }
  }

  /// The same as `--set` takes them: flow YAML, of which JSON is a part.
  var assignments: [String] { values.map { "\($0)=\($1.compact())" } }
}
