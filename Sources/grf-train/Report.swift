import ArgumentParser
import Programs
import Reporting
import Shards
import Terminals

struct Report: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Draws runs and ablations as one HTML page.",
    usage: "grf-train report RUN... [OPTIONS]",
    discussion: """
      Examples:
        grf-train report runs/mine
        grf-train report runs/a runs/b --output both.html
        grf-train report ablation/ --figures figures/

      The page needs no other file, no network and no script, and follows light and dark. A \
      run that has not ended is shown as far as it is; several runs stand side by side; a \
      folder with ablation.csv becomes bars. Charts are drawn by gnuplot (Debian: \
      gnuplot-nox); without it the page holds its tables.
      """)

  @Argument(
    help: ArgumentHelp("Folders of runs, or of ablations.", valueName: "run"), completion: .directory)
  var runs: [String]

  @Option(
    help: ArgumentHelp("The page to write; an earlier one is replaced.", valueName: "file"),
    completion: .file(extensions: ["html"]))
  var output = "report.html"

  @Option(
    help: ArgumentHelp("The dataset, where it is not where the run says.", valueName: "dataset"),
    completion: .directory)
  var shards: String?

  @Option(
    help: ArgumentHelp("Also write each chart into this folder, as SVG and PNG.", valueName: "folder"),
    completion: .directory)
  var figures: String?

  @OptionGroup
  var opening: DatasetOpening

  @OptionGroup
  var threading: ThreadOption

  @Flag(name: .shortAndLong, help: "Print nothing where all went well.")
  var quiet = false

  func validate() throws {
    if runs.isEmpty { throw ValidationError("name one run at least, as in grf-train report runs/mine") }
    if output.isEmpty { throw ValidationError("--output is empty; name a file") }
    if figures == "" { throw ValidationError("--figures is empty; name a folder") }
  }

  func run() throws {
    StopSignals.note()
    let embeddings = RunEmbeddings(threads: try threading.count())
    let report = try RunReport(
      runs.withoutLogs(), shards: shards,
      sources: .init(
        dataset: { try opening.open($0, isQuiet: quiet) }, embedding: { try embeddings.path(of: $0, dataset: $1) },
        isStopRequested: { StopSignals.isStopRequested }))
    let notes: [String]
    do { notes = try report.write(to: output, figures: figures) } catch ReportingError.stopped {
      Terminal.writeError("\(ReportingError.stopped)\n")
      throw ExitCode(StopSignals.exitStatus)
    }
    for note in notes { Terminal.writeError("note: \(note.printable)\n") }
    if !quiet { try Terminal.print(["\(output): written"]) }
  }
}
