/// A report before it is drawn: a title, and sections of text, tables and figures.
struct Page: Sendable {
  enum Block: Sendable {
    case html(HTML)
    case table(HTMLTable)
    /// Side by side, as many as the page is wide for.
    case figures([Figure])
  }

  struct Section: Sendable {
    /// Its place in the page; letters, digits and hyphens.
    let name: String
    let title: String
    /// What the list of contents calls it; nil: it is not there.
    var entry: String?
    var blocks: [Block] = []

    init(_ name: String, _ title: String, _ blocks: [Block] = []) {
      self.name = name
      self.title = title
      entry = title
      self.blocks = blocks
    }

    var isEmpty: Bool { blocks.isEmpty }
  }

  let title: String
  /// A line below the title.
  let subtitle: String
  var sections: [Section] = []
  /// What standard error says as well.
  var notes: [String] = []

  var figures: [Figure] {
    sections.flatMap(\.blocks).flatMap { block -> [Figure] in
      if case .figures(let figures) = block { figures } else { [] }
    }
  }

  /// The whole document: one file that needs no other, and no script.
  ///
  /// - Parameters:
  ///   - drawings: by the figures' names.
  ///   - note: what is said of figures that could not be drawn.
  func document(_ drawings: [String: SVGDocument], note: String? = nil) -> String {
    let sections = self.sections.filter { !$0.isEmpty }
    var body: [HTML] = [
      .element(
        "header", [:],
        [
          .element("h1", [:], title), .element("p", ["class": "subtitle"], subtitle), contents(sections),
        ])
    ]
    if let note { body.append(.note(note)) }
    body += sections.map { section in
      .element(
        "section", ["id": section.name, "aria-labelledby": "\(section.name)-title"],
        [.element("h2", ["id": "\(section.name)-title"], section.title)] + section.blocks.map { html($0, drawings) })
    }
    return """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="color-scheme" content="light dark">
      <title>\(HTML.escaped(title))</title>
      \(HTML.style(Stylesheet.page).source)
      </head>
      <body>
      <main>
      \(HTML.joined(body).source)
      </main>
      </body>
      </html>

      """
  }

  private func contents(_ sections: [Section]) -> HTML {
    guard sections.count > 2 else { return .empty }
    let links = sections.compactMap { section in
      section.entry.map { HTML.element("a", ["href": "#\(section.name)"], $0) }
    }
    return .element("nav", ["aria-label": "Contents"], links)
  }

  private func html(_ block: Block, _ drawings: [String: SVGDocument]) -> HTML {
    switch block {
    case .html(let html): html
    case .table(let table): table.html
    case .figures(let figures):
      .element("div", ["class": "figures"], figures.map { $0.html(drawings[$0.name]) })
    }
  }
}
