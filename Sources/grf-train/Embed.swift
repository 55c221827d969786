import ArgumentParser
import Programs
import Terminals
import Training

struct Embed: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Writes a checkpoint's states, gates and attention for a split.",
    usage: """
      grf-train embed --shards DATASET --checkpoint FILE --output FILE
                      [OPTIONS]
      """,
    discussion: """
      Example:
        grf-train embed --shards out/ --checkpoint best.safetensors \\
          --output e.safetensors

      The file is a safetensors file, which any language reads: for every sample its id, label \
      and prediction, the states and gates of each fusion stage, and how much each frame was \
      attended to, by layer and head. The article Training says what each tensor is.
      """)

  @OptionGroup(title: "Dataset and checkpoint")
  var options: CheckpointOptions

  @OptionGroup(title: "Where the checkpoint does not say")
  var model: ModelOptions

  @Option(help: ArgumentHelp("The file to write.", valueName: "file"), completion: .file(extensions: ["safetensors"]))
  var output: String

  @Flag(inversion: .prefixedNo, help: "Also write attention, a row a frame.")
  var attention = true

  func run() throws {
    StopSignals.note()
    let trained = try options.open(model, needsLabels: false, isQuiet: false)
    let summary = try trained.embed(
      to: output, wantsAttention: attention, threads: options.threading.count(),
      isStopRequested: { StopSignals.isStopRequested })
    guard let summary else {
      Terminal.writeError("stopped; \(output) was not written\n")
      throw ExitCode(StopSignals.exitStatus)
    }
    try Terminal.print(
      "\(output): \(Format.count(summary.samples, "sample")), \(Format.count(summary.tensors, "tensor")), "
        + Format.bytes(summary.bytes))
  }
}
