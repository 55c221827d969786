import ArgumentParser
import Conversion

struct Convert: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Converts .csd files, or folders of them, into a dataset of shards.")

  @Argument(help: "Files or folders to read, then the folder to make.")
  var paths: [String]

  @Option(help: "A modality: NAME=ROOT, a root, or a known name; repeat it. Default: all.")
  var modality: [String] = []

  @Option(help: "The root that holds the labels, or none.")
  var labels: String?

  @Option(help: "auto, cmu-mosi, cmu-mosei, ratio:a,b,c, none, or a JSON file.")
  var folds: String?

  @Option var select: [String] = []
  @Option var dropZeroFrames: [String] = []
  @Option var rate: [String] = []
  @Option var maxFrames: [String] = []
  @Option var keep: [String] = []
  @Option var nonfinite: [String] = []
  @Option var normalize: [String] = []
  @Option var dtype: [String] = []
  @Option var times: String?
  @Flag var dropIncomplete = false
  @Option var shardBytes: String?
  @Option var threads: String?
  @Flag var overwrite = false
  @Option var like: String?

  func run() throws {
    guard paths.count >= 2, let output = paths.last else {
      throw ValidationError("give at least one input and the folder to make: grf-data convert INPUT... OUT")
    }
    var options = ConversionOptions()
    options.add(.modality, modality)
    options.add(.labels, labels)
    options.add(.folds, folds)
    options.add(.select, select)
    options.add(.dropZeroFrames, dropZeroFrames)
    options.add(.rate, rate)
    options.add(.maxFrames, maxFrames)
    options.add(.keep, keep)
    options.add(.nonfinite, nonfinite)
    options.add(.normalize, normalize)
    options.add(.dtype, dtype)
    options.add(.times, times)
    options.add(.dropIncomplete, dropIncomplete ? "true" : nil)
    options.add(.shardBytes, shardBytes)
    options.add(.threads, threads)
    options.add(.overwrite, overwrite ? "true" : nil)
    options.add(.like, like)
    let configuration = try options.configuration()
    try Guarded.enter()
    let report = try Converter.run(
      inputs: Array(paths.dropLast()), output: output, configuration, progress: .none)
    print(report.manifest.splits.map { "\($0.name) \($0.samples)" }.joined(separator: " / "), report.notes)
  }
}
