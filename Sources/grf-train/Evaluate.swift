import ArgumentParser
import Terminals
import Training

struct Evaluate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Computes every metric of a checkpoint on a split.",
    discussion: """
      Beside them stand what the majority class and the median of the train labels reach.

      Examples:
        grf-train evaluate --shards out/ --checkpoint runs/mine/best.safetensors
        grf-train evaluate --shards out/ --checkpoint mine.safetensors --split valid --json
      """)

  @OptionGroup
  var options: CheckpointOptions

  @Flag(help: "Print JSON.")
  var json = false

  func run() throws {
    let trained = try options.open(needsLabels: true, isQuiet: json)
    let (result, report) = try trained.evaluate(threads: options.threads)
    if json {
      try Terminal.print(report.json.pretty())
    } else {
      try Terminal.print(
        ["\(options.checkpoint) on \(Format.count(trained.source.sampleCount, "sample")) of \(options.split)", ""]
          + SplitResult.table([result]))
    }
  }
}
