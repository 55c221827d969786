import ArgumentParser
import Programs
import Retrieval
import Terminals

struct FetchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fetch",
    abstract: "Fetches the published files of CMU-MOSI or CMU-MOSEI.",
    usage: "grf-data fetch cmu-mosi|cmu-mosei DIR [OPTIONS]",
    discussion: """
      From the authors' server, which is often out of reach, or from mirrors: servers or \
      folders that hold the same tree, or the files alone. Several files come at once; a file \
      that is there and whole is left alone. Whatever ends the command, the next one goes on \
      where it was, where the server can.

      Every file is checked (HDF5, length, size) and its SHA-256 kept in DIR/SHA256SUMS, \
      which 'sha256sum -c' reads; a file listed there must have that digest. A proxy is \
      taken from http_proxy, https_proxy, all_proxy and no_proxy.

      Examples:
        grf-data fetch cmu-mosi data/
        grf-data fetch cmu-mosi data/ --mirror https://example.org/csd/ --only labels
        grf-data fetch cmu-mosei data/ --mirror /media/disk/csd --mirrors-only
      """)

  @Argument(
    help: ArgumentHelp("cmu-mosi or cmu-mosei.", valueName: "dataset"), completion: .list(Recipe.all.map(\.name)))
  var recipe: String

  @Argument(
    help: ArgumentHelp("The folder for the files; it is made where it is missing.", valueName: "dir"),
    completion: .directory)
  var folder: String

  @Option(
    name: .customLong("mirror"),
    help: ArgumentHelp(
      "An http, https or file URL, or a folder, asked before the authors' server; may be given again.",
      valueName: "url"))
  var mirrors: [String] = []

  @Flag(help: "Leave the authors' server out.")
  var mirrorsOnly = false

  @Option(
    help: ArgumentHelp(
      "A file, with or without .csd, or a kind: language, visual, acoustic or labels; may be given again.",
      valueName: "name"))
  var only: [String] = []

  @Option(help: ArgumentHelp("Files at once, 1 to 64.", valueName: "n"))
  var jobs = 4

  @Option(help: ArgumentHelp("Attempts after one that brought nothing.", valueName: "n"))
  var retries = 4

  @Option(help: ArgumentHelp("Seconds without a byte before a transfer counts as stalled.", valueName: "s"))
  var timeout = 30

  @Flag(help: "Say nothing but errors.")
  var quiet = false

  @Flag(help: "Print the result as JSON.")
  var json = false

  func validate() throws {
    guard (1...64).contains(jobs) else { throw ValidationError("--jobs \(jobs): give 1 to 64") }
    guard (0...1000).contains(retries) else { throw ValidationError("--retries \(retries): give 0 to 1000") }
    guard (1...86400).contains(timeout) else { throw ValidationError("--timeout \(timeout): give 1 to 86400 seconds") }
  }

  func run() throws {
    StopSignals.note()
    let files = try Recipe.named(recipe).files(only: only)
    var places = try mirrors.map { try Mirror(parsing: $0) }
    if !mirrorsOnly { places.append(.published) }
    var fetch = Fetch(files, to: folder, mirrors: places, agent: "grf-data/\(GRFData.configuration.version)")
    fetch.jobs = jobs
    fetch.patience.attempts = retries + 1
    fetch.patience.stalling = timeout
    fetch.patience.connecting = min(fetch.patience.connecting, Double(timeout))

    let display = FetchDisplay(files: files.count, isQuiet: quiet || json)
    let report = try fetch.run(isStopRequested: { StopSignals.isStopRequested }, observe: display.show)
    display.end()
    if json {
      try Terminal.print(report.json.pretty())
    } else if !quiet {
      try Terminal.print(report.lines)
    }
    if report.isStopped {
      Terminal.writeError("stopped; what came is kept in \(folder.printable), the same command goes on\n")
      throw ExitCode(StopSignals.exitStatus)
    }
    if !report.isComplete { throw IncompleteFetch(report: report) }
  }
}

/// Not all files could be had.
struct IncompleteFetch: Error, CustomStringConvertible {
  let report: FetchReport

  /// More are only counted.
  private static let greatestList = 3

  var description: String {
    let missing = report.files.filter { !$0.isThere }
    let list = missing.prefix(Self.greatestList).map { "\($0.file.name) (\($0.reason))" }.joined(separator: ", ")
    let more = missing.count - Self.greatestList
    return "\(report.folder): \(missing.count) of \(Format.count(report.files.count, "file")) could not be had: \(list)"
      + (more > 0 ? " and \(more) more" : "") + "; " + report.remedy
  }
}
