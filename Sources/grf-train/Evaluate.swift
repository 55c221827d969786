import ArgumentParser
import Terminals
import Training

struct Evaluate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Computes every metric of a checkpoint on a split.",
    usage: "grf-train evaluate --shards DATASET --checkpoint FILE [OPTIONS]",
    discussion: """
      Examples:
        grf-train evaluate --shards out/ --checkpoint runs/mine/best.safetensors
        grf-train evaluate --shards out/ --checkpoint torch.safetensors --json

      Beside them stands what the majority class and the median of the train labels reach.
      """)

  @OptionGroup(title: "Dataset and checkpoint")
  var options: CheckpointOptions

  @OptionGroup(title: "Where the checkpoint does not say")
  var model: ModelOptions

  @Flag(help: "Print JSON.")
  var json = false

  func run() throws {
    let trained = try options.open(model, needsLabels: true, isQuiet: json)
    let (result, report) = try trained.evaluate(threads: options.threading.count())
    if json {
      try Terminal.print(report.json.pretty())
    } else {
      try Terminal.print(
        [
          "\(options.checkpoint) on \(Format.count(trained.source.sampleCount, "sample")) of \(trained.source.split.name)",
          "",
        ]
          + SplitResult.table([result]))
    }
  }
}
