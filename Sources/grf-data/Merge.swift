import ArgumentParser
import Conversion
import Shards
import Terminals

struct Merge: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Puts the parts of a dataset together.",
    usage: "grf-data merge PART... OUT [OPTIONS]",
    discussion: """
      Parts come from `grf-data convert --part K/N`, on as many machines as there are parts. \
      All of them must be there, each once, in any order. The result is, byte for byte, what \
      one conversion makes. The parts stay as they are.

      Example:
        grf-data convert mosi/ parts/1 --part 1/3
        grf-data convert mosi/ parts/2 --part 2/3
        grf-data convert mosi/ parts/3 --part 3/3
        grf-data merge parts/* out/
      """)

  @Argument(
    help: ArgumentHelp("The folders of all parts, then the folder to make.", valueName: "part... out"),
    completion: .directory)
  var paths: [String] = []

  @Flag(help: "Replace the dataset at OUT, in one step at the end.")
  var overwrite = false

  @OptionGroup(title: "Running") var running: AssemblyOptions

  func run() throws {
    guard paths.count >= 2, let output = paths.last else {
      throw ValidationError("give the parts and the folder to make: grf-data merge PART... OUT")
    }
    guard paths.allSatisfy({ !$0.isEmpty }) else {
      throw ValidationError("a path is empty; name every part and the folder to make")
    }
    let threads = try running.threadCount()
    try running.report { progress in
      try Merger.run(
        parts: Array(paths.dropLast()), output: output, overwrites: overwrite, threads: threads, progress: progress)
    }
  }
}

/// How a dataset is made of others, and what is said of it.
struct AssemblyOptions: ParsableArguments {
  @Option(help: ArgumentHelp("How many threads work. Default: as many as there are processors.", valueName: "count"))
  var threads: String?

  @Flag(help: "Say nothing but errors.")
  var quiet = false

  @Flag(help: "Print the result as JSON.")
  var json = false

  func threadCount() throws -> Int? {
    var options = ConversionOptions()
    options.add(.threads, threads)
    return try options.configuration().threads
  }

  /// Runs what makes a dataset, shows how far it is, and prints what came of it.
  func report(_ body: (ProgressReport) throws -> ConversionReport) throws {
    let indicator = ProgressIndicator(isQuiet: quiet)
    defer { indicator.end() }
    let start = ContinuousClock.now
    let report = try body(.shown(by: indicator))
    let seconds = (ContinuousClock.now - start).seconds
    indicator.end()
    let result = ConversionResult(
      report: report, summary: DatasetSummary(try Dataset.open(report.path)), seconds: seconds)
    if json {
      try Terminal.print(result.json.pretty())
    } else if !quiet {
      try Terminal.print(result.lines)
    }
  }
}

extension ProgressReport {
  /// The second stage reads and writes, modality by modality.
  static func shown(by indicator: ProgressIndicator) -> ProgressReport {
    ProgressReport(
      begin: { stage, total in indicator.begin(stage == .reading ? "converting" : stage.rawValue, total: total) },
      advance: { indicator.advance($0) })
  }
}
