package import Shards
internal import Terminals

/// A dataset as one page.
package struct DatasetReport {
  /// Lines of the ledger that are shown one by one.
  static let greatestLedger = 100

  private let dataset: Dataset
  private let summary: DatasetSummary

  package init(_ dataset: Dataset, summary: DatasetSummary) {
    self.dataset = dataset
    self.summary = summary
  }

  /// Writes the page, and its figures where a folder is given.
  ///
  /// - Returns: what could not be done, for standard error.
  package func write(to path: String, figures: String? = nil) throws -> [String] {
    try PageWriter(gnuplot: Gnuplot.found()).write(page(), to: path, figures: figures)
  }

  func page() throws(ShardError) -> Page {
    let manifest = dataset.manifest
    let figures = DatasetFigures(manifest: manifest, summary: summary, contents: DatasetContents(dataset))
    let samples = summary.splits.reduce(0) { $0 + $1.samples }
    let bytes = summary.splits.reduce(0) { $0 + $1.bytes }
    var page = Page(
      title: dataset.path,
      subtitle:
        "\(Format.count(samples, "sample")) · \(Format.count(manifest.modalities.count, "modality", "modalities")) · "
        + "\(Format.bytes(bytes)) · format \(manifest.version) · fingerprint \(manifest.fingerprint.prefix(16))")
    var overview: [Page.Block] = [.table(modalities)]
    if let part = manifest.part {
      overview.insert(
        .html(
          .note("Part \(part.index) of \(part.count): not normalized until grf-data merge puts all together.")), at: 0)
    }
    let drawn = [figures.timeline].compactMap(\.self)
    page.sections = [
      Page.Section("overview", "Overview", overview),
      Page.Section("lengths", "Lengths", figures.lengths.isEmpty ? [] : [.figures(figures.lengths)]),
      Page.Section("labels", "Labels", figures.labels.isEmpty ? [] : [.figures(figures.labels)]),
      Page.Section("values", "Values", figures.ranges.isEmpty ? [] : [.figures(figures.ranges)]),
      Page.Section(
        "missing-frames", "Missing frames",
        (drawn.isEmpty
          ? [.html(.note("The frames of this dataset bear no times (--times drop), so there is no time line."))]
          : [.figures(drawn)]) + [.table(figures.missing)]),
      Page.Section("padding-costs", "Padding", figures.padding.map { [.figures([$0])] } ?? []),
      Page.Section("ledger", "Ledger", try ledger()),
    ]
    return page
  }

  private var modalities: HTMLTable {
    var table = HTMLTable(
      "Modalities",
      [
        .text("modality"), .text("source"), .number("dimensions"), .text("stored as"), .text("normalized by"),
        .number("frames"), .number("bytes"), .number("NaN"), .number("inf"), .number("frames dropped"),
      ])
    for (m, modality) in dataset.manifest.modalities.enumerated() {
      let parts = summary.splits.map { $0.modalities[m] }
      table.add([
        modality.name, modality.root, modality.content == .tokens ? Numbers.none : Format.count(modality.dimension),
        modality.content.dtype, modality.content == .tokens ? Numbers.none : modality.normalization.rawValue,
        Format.count(parts.reduce(0) { $0 + $1.frames }), Format.bytes(parts.reduce(0) { $0 + $1.bytes }),
        modality.nonfinite.map { Format.count($0.nan) } ?? Numbers.none,
        modality.nonfinite.map { Format.count($0.posinf + $0.neginf) } ?? Numbers.none,
        Format.count(modality.framesDropped.values.reduce(0, +)),
      ])
    }
    return table
  }

  private func ledger() throws(ShardError) -> [Page.Block] {
    let entries = try dataset.ledger()
    if entries.isEmpty { return [.html(.paragraph("No sample lacks anything, and none was left out."))] }
    var counts = HTMLTable("Lines by reason and modality", [.text("reason"), .text("modality"), .number("lines")])
    let groups = Dictionary(grouping: entries) { [$0.reason.rawValue, $0.modality ?? ""] }
    for (key, lines) in groups.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
      counts.add([key[0], key[1].isEmpty ? Numbers.none : key[1], Format.count(lines.count)])
    }
    let shown = entries.prefix(Self.greatestLedger)
    var lines = HTMLTable(
      shown.count < entries.count ? "The first \(shown.count) of \(Format.count(entries.count)) lines" : "All lines",
      [.text("sample or entry"), .text("modality"), .text("reason"), .text("detail")])
    for entry in shown {
      lines.add([entry.id, entry.modality ?? Numbers.none, entry.reason.rawValue, entry.detail ?? ""])
    }
    return [.table(counts), .html(.disclosure(lines.caption, lines.html))]
  }
}
