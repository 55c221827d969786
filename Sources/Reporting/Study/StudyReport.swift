internal import Files

/// A study as one page: its tables, the first beside the published one, its settings as bars, and some of its runs.
package struct StudyReport: Sendable {
  package struct Table: Sendable {
    package let title: String
    /// The first is the rows' heading.
    package let columns: [String]
    package let rows: [[String]]
    /// What is to be known of the figures.
    package let note: String

    package init(title: String, columns: [String], rows: [[String]], note: String) {
      self.title = title
      self.columns = columns
      self.rows = rows
      self.note = note
    }
  }

  private let title: String
  private let facts: [String]
  private let tables: [Table]
  private let settings: AblationTable
  private let runs: [RunFolder]

  /// - Parameters:
  ///   - facts: lines about the dataset and the runs.
  ///   - results: the path of a table of settings, as an ablation's.
  ///   - runs: folders of runs that stand side by side.
  /// - Throws: ``ReportingError`` where the table or a run cannot be read.
  package init(title: String, facts: [String], tables: [Table], results: String, runs: [String]) throws {
    self.title = title
    self.facts = facts
    self.tables = tables
    settings = try AblationTable(reading: results)
    self.runs = try runs.map { try RunFolder(Path.trimmed($0)) }
  }

  /// Writes the page.
  ///
  /// - Returns: what could not be done, for standard error.
  package func write(to path: String) throws -> [String] {
    try PageWriter(gnuplot: Gnuplot.found()).write(page, to: path, figures: nil)
  }

  var page: Page {
    var page = Page(title: title, subtitle: "Tables and charts of grf-train reproduce.")
    page.sections.append(
      Page.Section("study-results", "Results", tables.flatMap { [.table($0.html), .html(.paragraph($0.note))] }))
    page.sections.append(Page.Section("study-facts", "What was run", [.html(.list(facts))]))
    if !settings.settings.isEmpty {
      page.sections.append(
        Page.Section("study-settings", "Settings", [.figures(settings.figures(prefix: "study"))]))
    }
    if runs.count > 1 {
      let comparison = Comparison(runs: runs)
      page.sections.append(
        Page.Section(
          "study-runs", "Learning",
          (comparison.remark.map { [.html(.note($0))] } ?? []) + [
            .table(comparison.table), .figures(comparison.figures),
          ]))
    }
    return page
  }
}

extension StudyReport.Table {
  fileprivate var html: HTMLTable {
    var table = HTMLTable(title, columns.enumerated().map { $0.offset == 0 ? .text($0.element) : .number($0.element) })
    for row in rows { table.add(row) }
    return table
  }
}
