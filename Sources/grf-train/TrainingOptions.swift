import ArgumentParser
import JSONValues
import Programs
import Training

/// What is trained on.
struct DataOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The dataset that grf-data convert made.", valueName: "dataset"), completion: .directory)
  var shards: String?

  @OptionGroup
  var opening: DatasetOpening
}

/// How long and how a model is trained.
struct TrainingOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Passes over the train split at most (default: the preset's).", valueName: "n"))
  var epochs: Int?

  @Option(help: ArgumentHelp("Samples a step (default: the preset's).", valueName: "n"))
  var batchSize: Int?

  @Option(help: ArgumentHelp("What all random numbers depend on (default: 0).", valueName: "n"))
  var seed: Int?

  @Flag(name: .customLong("no-shuffle"), help: "Take the samples in the split's order in every epoch.")
  var keepsOrder = false

  @Option(
    name: .customLong("init"),
    help: ArgumentHelp("First weights: a checkpoint of grf-train or of the PyTorch module.", valueName: "file"),
    completion: .file(extensions: ["safetensors"]))
  var initial: String?

  @Flag(help: "Also begin with weights of a dataset that was normalized otherwise.")
  var force = false

  /// Takes over what was given.
  func apply(to configuration: inout RunConfiguration) throws {
    for (name, value, option) in [
      ("training.epochs", epochs, "--epochs"), ("training.batch_size", batchSize, "--batch-size"),
      ("training.seed", seed, "--seed"),
    ] {
      if let value { try configuration.set(name, to: JSONValue(value), source: option) }
    }
    if keepsOrder { configuration.training.shuffles = false }
    if let initial { try configuration.set("training.init", to: .string(initial), source: "--init") }
  }
}

/// Where a run is kept, and how it goes.
struct RunOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("The folder to make for the run (default: a new one in runs/).", valueName: "folder"),
    completion: .directory)
  var out: String?

  @Option(
    help: ArgumentHelp("Go on with the run in this folder, as it began.", valueName: "folder"), completion: .directory)
  var resume: String?

  @OptionGroup
  var threads: ThreadOption

  @Flag(help: "Print the whole configuration as YAML, and do nothing else; needs no dataset.")
  var printConfig = false

  @Flag(name: .shortAndLong, help: "Print only the end's table.")
  var quiet = false

  @Flag(help: "Print only the end's figures, as JSON.")
  var json = false
}

struct ThreadOption: ParsableArguments {
  @Option(help: ArgumentHelp("Threads, or all (default); results do not depend on it.", valueName: "n"))
  var threads: String?

  /// Nil where nothing was given.
  func count() throws -> RunConfiguration.ThreadCount? {
    guard let threads else { return nil }
    var configuration = RunConfiguration()
    try configuration.set(
      "training.threads", to: Int(threads).map { JSONValue($0) } ?? .string(threads), source: "--threads")
    return configuration.training.threads
  }
}
