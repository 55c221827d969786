import ArgumentParser
import Experiments
import JSONValues
import Programs
import Shards
import Terminals
import Training
import Workers

/// What every run of an experiment begins with.
struct BaseOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("A configuration in YAML that every run begins with.", valueName: "file"),
    completion: .file(extensions: ["yaml", "yml"]))
  var config: String?

  @Option(
    name: .customLong("set"),
    help: ArgumentHelp(
      "One setting of every run, such as training.learning_rate=3e-4; may be given again.", valueName: "name=value"))
  var assignments: [String] = []

  @Option(help: ArgumentHelp("Passes over the train split at most (default: the preset's).", valueName: "n"))
  var epochs: Int?

  @Option(help: ArgumentHelp("Samples a step (default: the preset's).", valueName: "n"))
  var batchSize: Int?

  @Option(help: ArgumentHelp("The label column (default: sentiment, else the first).", valueName: "name"))
  var label: String?

  func settings(preset: String) -> Laboratory.Settings {
    var assignments = assignments
    if let epochs { assignments.append("training.epochs=\(epochs)") }
    if let batchSize { assignments.append("training.batch_size=\(batchSize)") }
    return Laboratory.Settings(preset: preset, file: config, assignments: assignments, label: label)
  }
}

/// How an experiment goes.
struct ExperimentRunOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "How many runs go on at once, each on one thread (default: one a core); figures do not depend on it.",
      valueName: "n"))
  var threads: Int?

  @Flag(name: .shortAndLong, help: "Print only the end's table.")
  var quiet = false

  @Flag(help: "Print only the end's figures, as JSON.")
  var json = false

  var isQuiet: Bool { quiet || json }

  func slots() throws -> Int {
    guard let threads else { return Processors.available }
    guard (1...1024).contains(threads) else {
      throw ValidationError("--threads wants a whole number from 1 to 1024, not \(threads)")
    }
    return threads
  }
}
