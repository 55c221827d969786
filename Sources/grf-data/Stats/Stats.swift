import ArgumentParser
import JSONValues
import Programs
import Reporting
import Shards
import Terminals

struct Stats: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Describes a dataset in numbers.",
    usage: "grf-data stats DATASET [OPTIONS]",
    discussion: """
      Samples, lengths, values and labels by split and modality, and what padding would have \
      cost. Quantiles are lengths that occur (nearest rank). --dimensions lists every \
      dimension with the statistics that it was normalized by. --html writes a page instead, \
      with charts that gnuplot draws (Debian: gnuplot-nox); without it the page holds its \
      tables.
      """)

  @Argument(help: "The folder of a dataset.", completion: .directory)
  var dataset: String

  @Flag(help: "List every dimension by name.")
  var dimensions = false

  @OptionGroup
  var opening: DatasetOpening

  @Option(
    help: ArgumentHelp("Write a page with charts and tables to this file.", valueName: "file"),
    completion: .file(extensions: ["html"]))
  var html: String?

  @Option(
    help: ArgumentHelp("With --html: also write each chart here, as SVG and PNG.", valueName: "folder"),
    completion: .directory)
  var figures: String?

  @Flag(help: "Print JSON; with --dimensions also names and statistics.")
  var json = false

  func validate() throws {
    if html == "" { throw ValidationError("--html is empty; name a file") }
    if figures == "" { throw ValidationError("--figures is empty; name a folder") }
    if figures != nil && html == nil { throw ValidationError("--figures goes with --html; name the page's file, too") }
    if html != nil && (json || dimensions) {
      throw ValidationError("--html writes a page; leave --json and --dimensions out, the page holds them")
    }
  }

  func run() throws {
    let dataset = try opening.open(self.dataset, isQuiet: json, admittingParts: true)
    let summary = DatasetSummary(dataset)
    if let html {
      for note in try DatasetReport(dataset, summary: summary).write(to: html, figures: figures) {
        Terminal.writeError("note: \(note)\n")
      }
      try Terminal.print(["\(html): written"])
    } else if json {
      try Terminal.print(json(dataset.manifest, summary).pretty())
    } else if dimensions {
      try Terminal.print(DimensionsReport(manifest: dataset.manifest).lines)
    } else {
      try Terminal.print(StatsReport(path: dataset.path, manifest: dataset.manifest, summary: summary).lines)
    }
  }

  private func json(_ manifest: Manifest, _ summary: DatasetSummary) -> JSONValue {
    let modalities = manifest.modalities.enumerated().map { m, modality -> JSONValue in
      var object = modality.overview
      object["bytes"] = JSONValue(summary.splits.reduce(0) { $0 + $1.modalities[m].bytes })
      if let range = summary.ranges.first(where: { $0.modality == modality.name })?.json {
        for key in ["constant", "before", "after"] { object[key] = range[key] }
      }
      if dimensions { object["dimensions"] = DimensionsReport.json(of: modality) }
      return .object(object)
    }
    return [
      "format_version": .string(manifest.version.description),
      "part": manifest.part.map { JSONValue($0.index) } ?? .null,
      "parts": manifest.part.map { JSONValue($0.count) } ?? .null, "fingerprint": .string(summary.fingerprint),
      "content": .string(summary.content), "modalities": .array(modalities), "labels": JSONValue(manifest.labels),
      "splits": .array(summary.splits.map(\.json)), "ledger": summary.json["ledger"] ?? .null,
    ]
  }
}
