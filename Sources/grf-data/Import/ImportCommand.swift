import ArgumentParser
import Conversion
import Exchange
import Shards
import Terminals

struct ImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Makes a dataset of NumPy or HDF5 arrays.",
    usage: "grf-data import [SPLIT=]FILE... OUT [OPTIONS]",
    discussion: """
      Reads .npz archives and HDF5 files of arrays [samples, frames, dims]: what export \
      writes, what python -m grf_shards.unpickle makes of the field's pickles, and others. \
      Splits are told by names (train/text, text_train), by the file (train=FILE), by an \
      array (--split), or by --folds.

      text, audio, vision, words, labels (or regression_labels), ids, M_lengths and M_mask \
      are found by themselves; all others are named by options. No value is changed unless \
      an option says so.

      Examples:
        grf-data import padded.npz out/
        grf-data import train=a.npz valid=b.npz test=c.npz out/ --normalize zscore
        grf-data import all.h5 out/ --array text=x/glove --lengths text=x/len --labels y
        grf-data import mosi.npz out/ --zero-rows-are-padding left
      """)

  @Argument(
    help: ArgumentHelp("Files to read, then the folder to make.", valueName: "input... out"), completion: .file())
  var paths: [String] = []

  @OptionGroup(title: "Arrays") var arrays: ArrayOptions
  @OptionGroup(title: "Frames, step by step") var frames: ImportFrameOptions
  @OptionGroup(title: "Output") var outputs: OutputOptions

  @Option(help: ArgumentHelp("How many threads work. Default: as many as there are processors.", valueName: "count"))
  var threads: String?

  @Flag(help: "Say nothing but errors.")
  var quiet = false

  @Flag(help: "Print the result as JSON.")
  var json = false

  func run() throws {
    guard paths.count >= 2, let output = paths.last else {
      throw ValidationError("give at least one input and the folder to make: grf-data import FILE... OUT")
    }
    let inputs = paths.dropLast().map { Importer.Input(parsing: $0) }
    guard !output.isEmpty, inputs.allSatisfy({ !$0.path.isEmpty }) else {
      throw ValidationError("a path is empty; name every input and the folder to make")
    }
    let mapping = try arrays.mapping()
    var options = ConversionOptions()
    options.add(.folds, arrays.folds)
    options.add(.fold, arrays.fold)
    options.add(.foldsOver, arrays.foldsOver)
    frames.add(to: &options)
    outputs.add(to: &options)
    options.add(.threads, threads)
    try Guarded.enter()
    let indicator = ProgressIndicator(isQuiet: quiet)
    defer { indicator.end() }
    let start = ContinuousClock.now
    let report = try Importer.run(
      inputs: inputs, output: output, mapping, options: options,
      progress: ExchangeProgress(
        begin: { indicator.begin($0, total: $1, unit: .things("samples")) }, advance: { indicator.advance($0) }),
      conversion: ProgressReport(
        begin: { stage, total in
          indicator.begin(stage == .reading ? "converting" : stage.rawValue, total: total)
        }, advance: { indicator.advance($0) }))
    let seconds = (ContinuousClock.now - start).seconds
    indicator.end()
    let result = ConversionResult(
      report: report.conversion, summary: DatasetSummary(try Dataset.open(report.conversion.path)), seconds: seconds,
      earlierNotes: report.notes)
    if json {
      try Terminal.print(result.json.pretty())
    } else if !quiet {
      try Terminal.print(result.lines)
    }
  }
}
