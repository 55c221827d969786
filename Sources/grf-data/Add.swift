import ArgumentParser
import Conversion
import Shards
import Terminals

struct Add: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Adds the modalities of .csd files to a dataset.",
    usage: "grf-data add OUT INPUT... [OPTIONS]",
    discussion: """
      The dataset becomes, byte for byte, what one conversion of all files makes, and takes \
      its place in one step. What it has is copied as it is stored; only the new files are \
      read. Options concern the new modalities. Where the result would not be that of one \
      conversion, an error says why.

      The file of the labels is needed only where an entry of the new files has a sample's \
      very name; name it as well.

      Example:
        grf-data convert words.csd covarep.csd labels.csd out/
        grf-data add out/ facet.csd --rate vision=15
      """)

  @Argument(help: "The folder of a dataset.", completion: .directory)
  var dataset: String

  @Argument(help: ArgumentHelp("Files or folders to read.", valueName: "input"), completion: .file())
  var inputs: [String] = []

  @Option(
    help: ArgumentHelp(
      "A sequence to take: NAME=ROOT, the name of a root, or a known name. Repeat it for more. Default: every sequence "
        + "but labels.", valueName: "name=root"))
  var modality: [String] = []

  @Flag(help: "Leave out entries that do not fit, each with a line in the ledger. Without it they are an error.")
  var skipUnfit = false

  @OptionGroup(title: "Frames, step by step") var frames: FrameOptions
  @OptionGroup(title: "Running") var running: AssemblyOptions

  func run() throws {
    guard !inputs.isEmpty else {
      throw ValidationError("give at least one file to add: grf-data add OUT INPUT...")
    }
    guard !dataset.isEmpty && inputs.allSatisfy({ !$0.isEmpty }) else {
      throw ValidationError("a path is empty; name the dataset and every input")
    }
    var options = ConversionOptions()
    options.add(.modality, modality)
    options.add(.skipUnfit, skipUnfit ? "true" : nil)
    frames.add(to: &options)
    options.add(.threads, running.threads)
    let configuration = try options.configuration()
    try Guarded.enter()
    try running.report { progress in
      try Adder.run(inputs: inputs, to: dataset, configuration, progress: progress)
    }
  }
}
