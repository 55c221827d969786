import ArgumentParser
import ComputationalSequences
import JSONValues
import Terminals

struct Info: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Shows what .csd files hold.",
    usage: "grf-data info FILE... [--json]",
    discussion: """
      Roots with their entries, rows, dimensions, types, layout and filters, the estimated \
      frame rate, metadata and citations. Where entries differ, the number of those that have \
      a property follows it. Long metadata is cut; --json has all of it.
      """)

  @Argument(help: ArgumentHelp("Files or folders.", valueName: "file"), completion: .file(extensions: ["csd"]))
  var files: [String]

  @Flag(help: "Print JSON.")
  var json = false

  func run() throws {
    try Guarded.enter()
    var reports: [FileReport] = []
    var problems: [String] = []
    for path in try SequenceCollection.paths(files) {
      do { reports.append(try FileReport(path: path)) } catch { problems.append("\(error)") }
    }
    // Where nothing can be shown, nothing is.
    if reports.isEmpty { return try UnreadableFiles.report(problems) }
    if json {
      try Terminal.print(JSONValue.array(reports.map(\.json)).pretty())
    } else {
      try Terminal.print(Array(reports.map(\.lines).joined(separator: [""])))
    }
    try UnreadableFiles.report(problems)
  }
}
