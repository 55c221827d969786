import Foundation
import TestSupport
import Testing

@testable import Reporting

@Suite(.enabled(if: !Reports.isGnuplotMissing, "gnuplot is not installed (tools/setup)")) struct Charts {
  static let hostile = [
    "'; system 'touch pwned' #", "\"`touch pwned`", "{/Bold a}^b_c@d", "a\\nb\n!touch pwned", "$x <b>&amp;",
    "%1.2f \u{7}",
    "ünï 漢字", "", "'''", "'", "a\\", "\\'", "`'`",
  ]

  static func chart(_ text: String) -> Chart {
    Chart(
      x: .init(text, ticks: [.init(title: text, place: 1)]), y: .init(text),
      [
        Chart.Series(text, .line(dash: 1), .blue, [[1, 2], [2, 3]]),
        Chart.Series(text, .labels([text, "b"]), .ink, [[1, 2], [2, 3]]),
      ], rules: [.init(course: .vertical(1), title: text), .init(course: .horizontal(2), title: text)])
  }

  @Test(arguments: hostile) func `a text is drawn as it is, whatever gnuplot would make of it`(text: String) throws {
    let gnuplot = try #require(Gnuplot.found())
    let drawing = try #require(try gnuplot.draw(Self.chart(text), figure: "f", title: text))
    let document = try #require(SVGDocument(drawing, name: "f", title: text, summary: text))
    _ = try PageCheck(document.source)
    let bitmap = try gnuplot.draw(Self.chart(text), figure: "f", as: .bitmap, title: text)
    #expect(bitmap?.starts(with: [0x89, 0x50, 0x4E, 0x47]) == true)
    #expect(!FileManager.default.fileExists(atPath: "pwned"))
    #expect(document.source.contains(">\(HTML.escaped(text))</title>"))
  }

  @Test(arguments: ["ab%s", "b%z", "100%", "%%", "%1.2f", "%g%h%n", "%"])
  func `a tick's title is no format of numbers`(text: String) throws {
    let gnuplot = try #require(Gnuplot.found())
    let ticks = [Chart.Tick(title: text, place: 1), .init([text + "1", "2" + text], place: 2)]
    let chart = Chart(
      x: .init("x", ticks: ticks), y: .init("y", ticks: ticks),
      [Chart.Series(nil, .line(dash: 1), .blue, [[1, 1], [2, 2]])]
    )
    let drawing = try #require(try gnuplot.draw(chart, figure: "f"))
    let source = try #require(SVGDocument(drawing, name: "f", title: "", summary: "")).source
    for line in [text, text + "1", "2" + text] { #expect(source.ranges(of: "<text>\(line)</text>").count == 2) }
  }

  @Test func `whole things have whole ticks`() throws {
    let gnuplot = try #require(Gnuplot.found())
    for points in [[[0, 0], [1, 1]], [[0, 0], [2.0, 2]]] {
      let chart = Chart(
        x: .init("x", isWhole: true), y: .init("y", isWhole: true), [Chart.Series(nil, .line(dash: 1), .blue, points)])
      let drawing = try #require(try gnuplot.draw(chart, figure: "f"))
      let source = try #require(SVGDocument(drawing, name: "f", title: "", summary: "")).source
      let ticks = try Marks(source)
      #expect(ticks.acrossTicks.count >= 2 && ticks.upTicks.count >= 2)
      #expect((Array(ticks.acrossTicks.keys) + Array(ticks.upTicks.keys)).allSatisfy { Int($0) != nil })
    }
  }

  @Test func `a figure that stands alone has its title above, and its picture is twice as fine`() throws {
    let folder = try TemporaryFolder()
    let title = "A rather long title, which does not fit into one line of the picture, <b> & 100%"
    let figure = Figure("f", title, summary: "S", Self.chart("t"))
    let page = Page(title: "P", subtitle: "", sections: [.init("s", "S", [.figures([figure])])])
    let notes = try PageWriter(gnuplot: Gnuplot.found()).write(
      page, to: folder.file("page.html"), figures: folder.file("figures"))
    #expect(notes.isEmpty)
    func text(_ name: String) throws -> String { try String(contentsOfFile: folder.file(name), encoding: .utf8) }
    let (inline, alone) = (try text("page.html"), try text("figures/f.svg"))
    let lines = Labels.wrapped(title, to: 46)
    #expect(lines.count == 2 && lines.joined(separator: " ") == title)
    for line in lines {
      #expect(
        alone.contains(
          "<text>\(line.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;"))</text>"
        ))
    }
    #expect(!inline.contains("<text>A rather long"))
    // Two lines and their margin are added to the plot, which keeps its size.
    #expect(inline.contains("viewBox=\"0 0 360 270\"") && alone.contains("viewBox=\"0 0 360 314\""))
    let header = try Data(contentsOf: URL(filePath: folder.file("figures/f.png"))).prefix(24)
    #expect([UInt8](header.suffix(8)) == [0, 0, 720 >> 8, 720 & 255, 0, 0, 628 >> 8, 628 & 255])
  }

  @Test func `two reports may be written to one place at once`() throws {
    let folder = try TemporaryFolder()
    // Another one's, which is not finished yet.
    for name in ["page.html.partial", "figures/f.svg.partial", "figures/f.png.partial"] {
      try FileManager.default.createDirectory(atPath: folder.file("figures"), withIntermediateDirectories: true)
      try Data("half".utf8).write(to: URL(filePath: folder.file(name)))
    }
    let page = Page(
      title: "P", subtitle: "",
      sections: [.init("s", "S", [.figures([Figure("f", "T", summary: "S", Self.chart("t"))])])])
    _ = try PageWriter(gnuplot: Gnuplot.found()).write(
      page, to: folder.file("page.html"), figures: folder.file("figures"))
    let left = try FileManager.default.contentsOfDirectory(atPath: folder.file("figures")).sorted()
    #expect(left == ["f.png", "f.png.partial", "f.svg", "f.svg.partial"])
    #expect(try String(contentsOfFile: folder.file("page.html.partial"), encoding: .utf8) == "half")
  }

  @Test func `colours follow the page, and nothing of gnuplot's own is left`() throws {
    let gnuplot = try #require(Gnuplot.found())
    let drawing = try #require(try gnuplot.draw(Self.chart("t"), figure: "f"))
    let source = try #require(SVGDocument(drawing, name: "f", title: "T", summary: "S")).source
    #expect(source.contains("var(--blue)") && source.contains("var(--ink)") && !source.contains("rgb("))
    #expect(!source.contains("<filter") && !source.contains("Gnuplot") && !source.contains("font-family"))
    #expect(source.contains("role=\"img\"") && source.contains("<desc id=\"f-desc\">S</desc>"))
    let alone = try #require(SVGDocument(drawing, name: "f", title: "T", summary: "S", isAlone: true)).source
    #expect(alone.contains("prefers-color-scheme: dark") && alone.contains("--blue: #0072b2"))
  }

  @Test(arguments: [
    Chart.Kind.line(dash: 2), .markedLine(.square, dash: 3), .points(.triangle, size: 1), .bars(width: 0.5),
    .sidewaysBars(height: 0.5), .deviations, .sidewaysDeviations, .ranges(width: 0.5), .sidewaysRanges(height: 0.5),
    .cells(strength: 0.5),
  ])
  func `every kind of series draws something in its colour`(kind: Chart.Kind) throws {
    let gnuplot = try #require(Gnuplot.found())
    for count in [1, 3] {
      let points = (0..<count).map { [Double($0), Double($0) + 1, 2 + Double($0)] }
      let chart = Chart(x: .init("x", -1...5), y: .init("y", -1...6), [Chart.Series(nil, kind, .purple, points)])
      let drawing = try #require(try gnuplot.draw(chart, figure: "f"))
      let source = try #require(SVGDocument(drawing, name: "f", title: "", summary: "")).source
      #expect(source.contains("var(--purple)"), "\(kind) of \(count)")
    }
  }

  @Test func `a gnuplot that fails, writes nothing or is none costs the drawing only`() throws {
    let folder = try TemporaryFolder()
    let run = ExampleRun()
    try run.write(to: folder.file("run"))
    let report = try RunReport(
      [folder.file("run")], sources: .init(dataset: { _ in throw CancellationError() }, embedding: { _, _ in nil }))
    for (name, script) in [
      ("fails", "echo 'line 3: broken' >&2; exit 1"), ("silent", "exit 0"), ("garbage", "echo '<svg' > chart.svg"),
      // As gnuplot ends after an error: with a drawing that shows nothing.
      ("empty", "echo '<svg viewBox=\"0 0 1 1\"></svg>' > chart.svg; echo 'line 3: broken' >&2; exit 1"),
    ] {
      try Data("#!/bin/sh\n\(script)\n".utf8).write(to: URL(filePath: folder.file(name)))
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder.file(name))
      let notes = try PageWriter(gnuplot: Gnuplot(path: folder.file(name))).write(
        report.page(), to: folder.file("page.html"), figures: nil)
      #expect(
        notes.count > 1 && notes.allSatisfy { $0.contains("gnuplot-nox") || $0.contains("dataset cannot be read") })
      let page = try String(contentsOfFile: folder.file("page.html"), encoding: .utf8)
      _ = try PageCheck(page)
      #expect(page.contains("<caption><span>Loss by epoch</span></caption>") && !page.contains("<svg"))
    }
  }
}

@Suite(.enabled(if: !Reports.isGnuplotMissing, "gnuplot is not installed (tools/setup)")) struct `A failed drawing` {
  @Test func `is named, though gnuplot closes its file after an error`() throws {
    let chart = Chart(
      x: .init("x", 1...1), y: .init("y", .infinity ... .infinity),
      [Chart.Series(nil, .line(dash: 1), .blue, [[1, 2]])])
    let gnuplot = try #require(Gnuplot.found())
    for form in [GnuplotScript.Form.vector, .bitmap] {
      #expect(throws: ReportingError.self) { try gnuplot.draw(chart, figure: "f", as: form) }
    }
  }

  @Test func `of the picture alone is tolerated where gnuplot has no such terminal`() throws {
    let folder = try TemporaryFolder()
    let script = """
      #!/bin/sh
      if grep -q pngcairo script.gp; then
        echo '"script.gp" line 6: unknown or ambiguous terminal type; type just set terminal for a list' >&2; exit 1
      fi
      exec \(try #require(Gnuplot.found()).path) "$@"

      """
    try Data(script.utf8).write(to: URL(filePath: folder.file("gnuplot")))
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder.file("gnuplot"))
    let gnuplot = Gnuplot(path: folder.file("gnuplot"))
    #expect(try gnuplot.draw(Charts.chart("t"), figure: "f", as: .bitmap) == nil)
    #expect(try gnuplot.draw(Charts.chart("t"), figure: "f") != nil)
  }
}

@Suite struct `Without gnuplot` {
  @Test func `the page holds its tables and says how to install it`() throws {
    let folder = try TemporaryFolder()
    try ExampleRun().write(to: folder.file("run"))
    let report = try RunReport(
      [folder.file("run")], sources: .init(dataset: { _ in throw CancellationError() }, embedding: { _, _ in nil }))
    let notes = try PageWriter(gnuplot: nil).write(report.page(), to: folder.file("page.html"), figures: nil)
    let page = try String(contentsOfFile: folder.file("page.html"), encoding: .utf8)
    let check = try PageCheck(page)
    #expect(notes.count == 2 && page.contains("apt-get install gnuplot-nox"))
    #expect(check.elements["svg"] == nil && (check.elements["table"] ?? 0) > 6 && check.elements["details"] == nil)
  }

  @Test(arguments: ["", ":", "/nowhere:/also/nowhere"]) func `is what a path without it is`(path: String) {
    #expect(Gnuplot.found(in: path) == nil)
  }
}
