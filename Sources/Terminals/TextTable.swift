/// A table in plain text that fits a terminal.
///
/// Columns of numbers are aligned to the right. Where the table is too wide, its columns of text are cut, the widest
/// first.
package struct TextTable: Sendable {
  package struct Column: Sendable {
    package enum Alignment: Sendable { case left, right }

    let title: String
    let alignment: Alignment

    /// Text; it may be cut.
    package static func text(_ title: String) -> Column { Column(title: title, alignment: .left) }

    /// Numbers; never cut.
    package static func number(_ title: String) -> Column { Column(title: title, alignment: .right) }
  }

  private enum Row: Sendable {
    case cells([String])
    /// A line of its own, which does not widen the columns.
    case heading(String)
  }

  /// Columns between two cells.
  private static let gap = 2
  /// No column of text is cut below this.
  private static let leastText = 6

  private let columns: [Column]
  private let indent: Int
  private var rows: [Row] = []

  /// - Parameter indent: columns before every line.
  package init(_ columns: [Column], indent: Int = 0) {
    self.columns = columns
    self.indent = indent
  }

  package var isEmpty: Bool { rows.isEmpty }

  /// Adds a row; cells that are not given are empty.
  package mutating func add(_ cells: [String]) {
    let missing = Array(repeating: "", count: max(0, columns.count - cells.count))
    rows.append(.cells(cells.prefix(columns.count) + missing))
  }

  package mutating func addHeading(_ text: String) { rows.append(.heading(text)) }

  /// The titles (where there are any) and the rows.
  ///
  /// - Parameter width: the columns of the terminal.
  package func lines(width: Int = 80) -> [String] {
    let widths = widths(within: width - indent)
    let margin = String(repeating: " ", count: indent)
    let titles = columns.map(\.title)
    let header = titles.contains { !$0.isEmpty } ? [line(titles, widths)] : []
    let body = rows.map { row in
      switch row {
      case .cells(let cells): line(cells, widths)
      case .heading(let text): text
      }
    }
    return (header + body).map { $0.isEmpty ? "" : margin + $0 }
  }

  private func widths(within limit: Int) -> [Int] {
    var widths = columns.map(\.title.displayWidth)
    for case .cells(let cells) in rows {
      for (c, cell) in cells.enumerated() { widths[c] = max(widths[c], cell.displayWidth) }
    }
    var excess = widths.reduce(0, +) + Self.gap * (columns.count - 1) - limit
    while excess > 0 {
      let texts = columns.indices.filter { columns[$0].alignment == .left && widths[$0] > Self.leastText }
      guard let widest = texts.max(by: { widths[$0] < widths[$1] }) else { break }
      widths[widest] -= 1
      excess -= 1
    }
    return widths
  }

  private func line(_ cells: [String], _ widths: [Int]) -> String {
    var line = ""
    for (c, cell) in cells.enumerated() {
      let text = cell.cut(to: widths[c])
      let padding = String(repeating: " ", count: widths[c] - text.displayWidth)
      if c > 0 { line += String(repeating: " ", count: Self.gap) }
      line += columns[c].alignment == .left ? text + padding : padding + text
    }
    while line.last == " " { line.removeLast() }
    return line
  }
}
