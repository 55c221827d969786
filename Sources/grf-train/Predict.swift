import ArgumentParser
import Terminals
import Training

struct Predict: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Writes a checkpoint's predictions for a split as CSV.",
    usage: """
      grf-train predict --shards DATASET --checkpoint FILE --output FILE
                        [OPTIONS]
      """,
    discussion: """
      Example:
        grf-train predict --shards out/ --checkpoint best.safetensors --output p.csv

      The columns are id, label and prediction; label is empty where the dataset has none.
      """)

  @OptionGroup(title: "Dataset and checkpoint")
  var options: CheckpointOptions

  @OptionGroup(title: "Where the checkpoint does not say")
  var model: ModelOptions

  @Option(help: ArgumentHelp("The file to write.", valueName: "file"), completion: .file(extensions: ["csv"]))
  var output: String

  func run() throws {
    let trained = try options.open(model, needsLabels: false, isQuiet: false)
    let predictions = try trained.predictions(threads: options.threading.count())
    try PredictionTable.write(predictions, to: output)
    try Terminal.print("\(output): \(Format.count(predictions.count, "prediction"))")
  }
}
