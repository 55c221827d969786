internal import Evaluation
internal import Files
internal import Shards
internal import Terminals

/// Runs and ablations as one page.
package struct RunReport {
  /// Runs that are shown one by one; of further ones only what they have in common is.
  static let greatestDetail = 12

  private var ablations: [AblationTable] = []
  private var runs: [RunFolder] = []
  private let sources: Sources
  /// Instead of the datasets that the runs name.
  private let shards: String?

  /// Reads the runs' folders.
  ///
  /// - Parameters:
  ///   - paths: of runs, and of ablations.
  ///   - shards: a dataset instead of those that the runs name.
  /// - Throws: ``ReportingError/notARun(path:)`` and failures to read; what a run lacks is said in the page.
  package init(_ paths: [String], shards: String? = nil, sources: Sources) throws {
    self.sources = sources
    self.shards = shards
    for path in paths {
      let path = Path.trimmed(path)
      let table = Path.join(path, AblationTable.fileName)
      let isAblation = try ReportingError.files { () throws(FileError) in try FileStatus.of(table) != nil }
      if isAblation {
        ablations.append(try AblationTable(reading: table))
      } else {
        runs.append(try RunFolder(path))
      }
    }
    tellApart()
  }

  /// Runs of one name bear their whole paths.
  private mutating func tellApart() {
    let counts = Dictionary(grouping: runs, by: \.name).mapValues(\.count)
    for place in runs.indices where counts[runs[place].name] ?? 0 > 1 { runs[place].name = runs[place].path }
  }

  /// Writes the page, and its figures where a folder is given.
  ///
  /// - Returns: what could not be done, for standard error.
  /// - Throws: ``ReportingError/stopped`` where a stop was requested: the page is as it was.
  package func write(to path: String, figures: String? = nil) throws -> [String] {
    try PageWriter(gnuplot: Gnuplot.found(), isStopRequested: sources.isStopRequested).write(
      page(), to: path, figures: figures)
  }

  func page() throws -> Page {
    let names = runs.map(\.name) + ablations.map { Path.name(of: Path.parent(of: $0.path)) }
    let counts = [
      runs.isEmpty ? nil : Format.count(runs.count, "run"),
      ablations.isEmpty ? nil : Format.count(ablations.count, "ablation"),
    ]
    let title = names.count == 1 ? names[0] : counts.compactMap(\.self).joined(separator: " and ")
    var page = Page(title: title, subtitle: subtitle)
    for (place, ablation) in ablations.enumerated() {
      let prefix = ablations.count == 1 ? "ablation" : "ablation-\(place + 1)"
      let name = Path.name(of: Path.parent(of: ablation.path))
      page.sections.append(
        Page.Section(
          prefix, ablations.count == 1 && runs.isEmpty ? "Ablation" : "Ablation \(name)",
          ablation.settings.isEmpty
            ? [.html(.note("\(AblationTable.fileName) holds no setting yet."))]
            : [.figures(ablation.figures(prefix: prefix)), .table(ablation.table)]))
    }
    if runs.count > 1 { page.sections.append(comparison) }
    var wordless: Set<String> = []
    for (place, run) in runs.prefix(Self.greatestDetail).enumerated() {
      var sections = sections(run, prefix: runs.count == 1 ? "run" : "run-\(place + 1)", &page.notes, &wordless)
      // Of several runs the contents name only where each begins.
      if runs.count > 1 {
        for index in sections.indices { sections[index].entry = index == 0 ? run.name : nil }
      }
      page.sections += sections
      if sources.isStopRequested() { throw ReportingError.stopped }
    }
    return page
  }

  private var subtitle: String {
    guard runs.count == 1, let run = runs.first else {
      return "Runs and ablations of grf-train, read from their folders."
    }
    let parts = [
      run.kind, run.setting("data", "order"), run.parameters.map { Format.count($0, "parameter") },
      run.dataset.map { "dataset \($0)" }, run.setting("training", "seed").map { "seed \($0)" },
      run.bestEpoch.map { "best epoch \($0)" },
    ]
    return parts.compactMap(\.self).joined(separator: " · ")
  }

  private var comparison: Page.Section {
    let comparison = Comparison(runs: runs)
    var blocks: [Page.Block] = []
    if let remark = comparison.remark { blocks.append(.html(.note(remark))) }
    blocks += [.table(comparison.table), .figures(comparison.figures)]
    if runs.count > Self.greatestDetail {
      blocks.append(.html(.note("Only the first \(Self.greatestDetail) of \(runs.count) runs are shown one by one.")))
    }
    return Page.Section("compare", "Side by side", blocks)
  }

  // MARK: One run

  /// - Parameters:
  ///   - notes: what standard error says as well.
  ///   - wordless: the contents of datasets that the page has said to keep no words.
  private func sections(
    _ run: RunFolder, prefix: String, _ notes: inout [String], _ wordless: inout Set<String>
  ) -> [Page.Section] {
    let figures = RunFigures(run: run, prefix: prefix)
    let lead = runs.count == 1 ? "" : "\(run.name): "
    var gaps = run.gaps
    let known = gaps.count
    let dataset = dataset(of: run, &gaps)
    notes += gaps[known...].map { "\(run.name): \($0)" }
    let facts = dataset.flatMap { SampleFacts($0, split: "test") }
    if let dataset, let facts, !facts.hasWords, wordless.insert(dataset.manifest.content).inserted {
      gaps.append("The dataset keeps no words: convert it with --modality words as well to see them.")
    }
    var learning: [Page.Block] = []
    if let table = figures.headline { learning.append(.table(table)) }
    if !figures.curves.isEmpty { learning.append(.figures(figures.curves)) }
    var predictions: [Page.Block] = []
    var samples: [Page.Block] = []
    if let columns = run.predictions, columns.count > 0 {
      var drawn = figures.predictions(columns)
      if let facts {
        let seconds = (0..<columns.count).map { facts.seconds(columns.id($0)) }
        if let figure = figures.errorByLength(columns, seconds: seconds) { drawn.append(figure) }
      }
      if let figure = figures.errorByVideo(columns) { drawn.append(figure) }
      if drawn.isEmpty { gaps.append("No prediction has a label beside it, so errors are left out.") }
      if !drawn.isEmpty { predictions.append(.figures(drawn)) }
      let cards = SampleCards(columns: columns, facts: facts)
      samples += cards.extremes().map { .html($0) }
    }
    let inner = inside(run, dataset, facts, figures, &gaps)
    let sections = [
      Page.Section("\(prefix)-learning", "\(lead)Learning", learning),
      Page.Section("\(prefix)-predictions", "\(lead)Predictions on test", predictions),
      inner.stages, inner.attention.map { Page.Section("\(prefix)-attention", "\(lead)Attention", $0) },
      Page.Section("\(prefix)-samples", "\(lead)Samples", samples),
    ].compactMap(\.self).filter { !$0.isEmpty }
    if gaps.isEmpty { return sections }
    return [Page.Section("\(prefix)-missing", "\(lead)What is missing", gaps.map { .html(.note($0)) })] + sections
  }

  private func dataset(of run: RunFolder, _ gaps: inout [String]) -> Dataset? {
    guard let path = shards ?? run.dataset else {
      gaps.append("The run names no dataset: words, lengths and the embedding are left out; --shards gives one.")
      return nil
    }
    do {
      let dataset = try sources.dataset(path)
      if let content = run.content, content != dataset.manifest.content {
        gaps.append(
          "The dataset \(path) is not the one that the run was trained on: words, lengths and the embedding are left out; "
            + "--shards gives another.")
        return nil
      }
      return dataset
    } catch {
      gaps.append(
        "The dataset cannot be read, so words, lengths and the embedding are left out; --shards gives another place. "
          + "(\(error))")
      return nil
    }
  }

  private func inside(
    _ run: RunFolder, _ dataset: Dataset?, _ facts: SampleFacts?, _ figures: RunFigures, _ gaps: inout [String]
  ) -> (stages: Page.Section?, attention: [Page.Block]?) {
    do {
      guard let path = try sources.embedding(run.path, dataset) else {
        if dataset != nil {
          gaps.append("There is no best.safetensors: what goes on inside the model is left out.")
        }
        return (nil, nil)
      }
      let embedding = try EmbeddingFile(path)
      var blocks = try figures.stages(embedding)
      if let gates = figures.gates(embedding) { blocks.append(.figures([gates])) }
      let lead = runs.count == 1 ? "" : "\(run.name): "
      return (
        Page.Section("\(figures.prefix)-stages", "\(lead)Inside the model", blocks),
        figures.attention(embedding, facts)
      )
    } catch {
      gaps.append("What goes on inside the model is left out: \(error)")
      return (nil, nil)
    }
  }
}
