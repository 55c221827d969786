/// A table of a page: a caption, a heading for each column, and a heading for each row.
struct HTMLTable: Sendable, Equatable {
  struct Column: Sendable, Equatable {
    let title: String
    let isNumber: Bool

    static func text(_ title: String) -> Column { Column(title: title, isNumber: false) }
    static func number(_ title: String) -> Column { Column(title: title, isNumber: true) }
  }

  let caption: String
  let columns: [Column]
  private(set) var rows: [[String]] = []
  /// Places of cells that stand out: a row's best.
  private(set) var marks: Set<[Int]> = []

  init(_ caption: String, _ columns: [Column]) {
    self.caption = caption
    self.columns = columns
  }

  /// Adds a row whose first cell is its heading.
  ///
  /// - Parameter marking: cells that stand out, by column.
  mutating func add(_ cells: [String], marking: [Int] = []) {
    for column in marking { marks.insert([rows.count, column]) }
    rows.append(cells)
  }

  /// In a container of its own that scrolls sideways where the page is too narrow.
  var html: HTML {
    let head = columns.map { column in
      HTML.element("th", ["scope": "col", "class": column.isNumber ? "number" : "text"], column.title)
    }
    let body = rows.enumerated().map { index, cells in
      HTML.element(
        "tr", [:],
        zip(columns, cells).enumerated().map { place, pair in
          let kind = (pair.0.isNumber ? "number" : "text") + (marks.contains([index, place]) ? " best" : "")
          return place == 0
            ? .element("th", ["scope": "row", "class": kind], pair.1) : .element("td", ["class": kind], pair.1)
        })
    }
    return .element(
      "div", ["class": "scroll", "tabindex": "0", "role": "region", "aria-label": caption],
      [
        .element(
          "table", [:],
          [
            .element("caption", [:], [.element("span", [:], caption)]),
            .element("thead", [:], [.element("tr", [:], head)]),
            .element("tbody", [:], body),
          ])
      ])
  }
}
