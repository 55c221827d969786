import ArgumentParser
import Programs
import Terminals
import Training

struct Embed: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Writes a checkpoint's states, gates and attention for every sample.",
    usage: """
      grf-train embed --shards DATASET --checkpoint FILE --output FILE
                      [OPTIONS]
      """,
    discussion: """
      Example:
        grf-train embed --shards out/ --checkpoint best.safetensors \\
          --output e.safetensors
        grf-train embed --shards out/ --checkpoint best.safetensors \\
          --output all.safetensors --split all

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

  @Flag(name: .customLong("no-attention"), help: "Leave out attention, which has a row a frame.")
  var skipsAttention = false

  func run() throws {
    StopSignals.note()
    let trained = try options.openAll(model)
    let summary = try trained[0].embed(
      to: output, and: Array(trained.dropFirst()), wantsAttention: !skipsAttention, threads: options.threading.count(),
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
