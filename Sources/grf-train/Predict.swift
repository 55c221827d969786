import ArgumentParser
import Terminals
import Training

struct Predict: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Writes a checkpoint's predictions for a split as CSV.",
    discussion: """
      The columns are id, label and prediction; label is empty where the dataset has none.

      Example:
        grf-train predict --shards out/ --checkpoint runs/mine/best.safetensors --output predictions.csv
      """)

  @OptionGroup
  var options: CheckpointOptions

  @Option(help: ArgumentHelp("The file to write.", valueName: "file"), completion: .file(extensions: ["csv"]))
  var output: String

  func run() throws {
    let trained = try options.open(needsLabels: false, isQuiet: false)
    let predictions = try trained.predictions(threads: options.threads)
    try PredictionTable.write(predictions, to: output)
    try Terminal.print("\(output): \(Format.count(predictions.count, "prediction"))")
  }
}
