import ArgumentParser
import Shards
import Terminals
import Training

/// A checkpoint, and what it is used on.
struct CheckpointOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The dataset that grf-data convert made.", valueName: "dataset"), completion: .directory)
  var shards: String

  @Option(
    help: ArgumentHelp("A run's best.safetensors, or weights of the PyTorch module.", valueName: "file"),
    completion: .file(extensions: ["safetensors"]))
  var checkpoint: String

  @Option(help: ArgumentHelp("The split.", valueName: "name"))
  var split = "test"

  @Option(help: ArgumentHelp("Threads; results do not depend on it.", valueName: "n"))
  var threads: Int?

  @Flag(help: "Also use a dataset that was normalized otherwise than the training's.")
  var force = false

  @OptionGroup(title: "Where the checkpoint does not say")
  var model: ModelOptions

  func open(needsLabels: Bool, isQuiet: Bool) throws -> TrainedModel {
    if let threads, threads < 1 { throw ValidationError("--threads \(threads): give a number from 1 on") }
    let trained = try TrainedModel(
      Checkpoint(checkpoint), on: Dataset.open(shards), split: split,
      fallback: try model.resolve(shards: shards, isQuiet: isQuiet), needsLabels: needsLabels, isForced: force)
    if let note = trained.note, !isQuiet { Terminal.writeError("note: \(note)\n") }
    return trained
  }
}
