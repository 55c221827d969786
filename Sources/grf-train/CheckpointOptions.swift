import ArgumentParser
import Programs
import Shards
import Terminals
import Training

/// A checkpoint, and what it is used on.
struct CheckpointOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The dataset that grf-data convert made.", valueName: "dataset"), completion: .directory)
  var shards: String

  @OptionGroup
  var opening: DatasetOpening

  @Option(
    help: ArgumentHelp("A run's best.safetensors, or weights of the PyTorch module.", valueName: "file"),
    completion: .file(extensions: ["safetensors"]))
  var checkpoint: String

  @Option(help: ArgumentHelp("The split (default: test, or the only one).", valueName: "name"))
  var split: String?

  @OptionGroup
  var threading: ThreadOption

  @Flag(help: "Also use a dataset that was normalized otherwise than the training's.")
  var force = false

  /// - Parameter model: what the checkpoint may not say.
  func open(_ model: ModelOptions, needsLabels: Bool, isQuiet: Bool) throws -> TrainedModel {
    let dataset = try opening.open(shards, isQuiet: isQuiet)
    let split = split ?? dataset.onlySplit ?? "test"
    return try open(split, of: dataset, model, needsLabels: needsLabels, isQuiet: isQuiet)
  }

  /// The same on every split, in the dataset's order, where `--split all` asks for that; labels are not needed.
  func openAll(_ model: ModelOptions) throws -> [TrainedModel] {
    let dataset = try opening.open(shards)
    let isOne = split != "all" || dataset.split(named: "all") != nil
    let names = isOne ? [split ?? dataset.onlySplit ?? "test"] : dataset.splits.map(\.name)
    return try names.enumerated().map { place, name in
      try open(name, of: dataset, model, needsLabels: false, isQuiet: place > 0)
    }
  }

  private func open(
    _ split: String, of dataset: Dataset, _ model: ModelOptions, needsLabels: Bool, isQuiet: Bool
  ) throws -> TrainedModel {
    let trained = try TrainedModel(
      Checkpoint(checkpoint), on: dataset, split: split,
      fallback: try model.resolve(shards: shards, isQuiet: isQuiet), needsLabels: needsLabels, isForced: force)
    if let note = trained.note, !isQuiet { Terminal.writeError("note: \(note)\n") }
    return trained
  }
}

extension Dataset {
  /// The name of the split where there is but one.
  var onlySplit: String? { splits.count == 1 ? splits[0].name : nil }
}
