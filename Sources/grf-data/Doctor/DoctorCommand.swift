import ArgumentParser
import Inspection
import JSONValues
import Terminals
import Workers

struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Says what is wrong with .csd files before anyone trains on them.",
    usage: "grf-data doctor FILE... [--transcripts PATH] [--quiet] [--json]",
    discussion: """
      Reads every interval and every value once. For each sequence it prints which rules found \
      something, how often, and the first places (rows and columns count from 0); then, for \
      each rule, what convert does about it. Give the files of a dataset together: some rules \
      compare them.

      It reports and does not judge: the exit status is 0 with findings, too, and 1 only where \
      a file cannot be read; the others are reported all the same.
      """)

  @Argument(help: ArgumentHelp("Files or folders.", valueName: "file"), completion: .file(extensions: ["csd"]))
  var files: [String]

  @Option(
    help: ArgumentHelp(
      "What was said in the segments: a CSV file with the columns video, row (of the labels) and text, or the folder of "
        + "the raw dataset's transcripts (Transcript/Segmented). Finds word-lag.", valueName: "path"),
    completion: .file())
  var transcripts: String?

  @Flag(help: "Leave out sequences without findings, and what convert does.")
  var quiet = false

  @Flag(help: "Print JSON.")
  var json = false

  func run() throws {
    try Guarded.enter()
    let report = try Doctor.inspect(files, transcripts: transcripts, threads: Processors.available)
    if json {
      try Terminal.print(report.json.pretty())
    } else {
      try Terminal.print(DoctorReport(report, isQuiet: quiet).lines)
    }
    try UnreadableFiles.report(report.unreadable.map(\.problem))
  }
}
