/// A picture with its title, its message in numbers, and the numbers themselves.
struct Figure: Sendable {
  /// What its files are called, and its place in the page; letters, digits and hyphens.
  let name: String
  let title: String
  /// What there is to see, in numbers: shown below, and the text alternative.
  let summary: String
  let chart: Chart
  /// What is drawn, or its sums; open where the drawing could not be made.
  let table: HTMLTable?

  init(_ name: String, _ title: String, summary: String, _ chart: Chart, table: HTMLTable? = nil) {
    self.name = name
    self.title = title
    self.summary = summary
    self.chart = chart
    self.table = table
  }

  /// - Parameter drawing: nil where it could not be made.
  func html(_ drawing: SVGDocument?) -> HTML {
    var content: [HTML] = [.element("h3", [:], title)]
    if let drawing { content.append(.drawing(drawing)) }
    content.append(.element("figcaption", [:], summary))
    if let table {
      content.append(
        drawing == nil
          ? table.html : .element("details", [:], [.element("summary", [:], "The numbers"), table.html]))
    }
    return .element("figure", ["id": "figure-\(name)"], content)
  }
}
