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
    let drawing = try gnuplot.draw(Self.chart(text), figure: "f", bitmap: true)
    let document = try #require(SVGDocument(drawing.vector, name: "f", title: text, summary: text))
    _ = try PageCheck(document.source)
    #expect(drawing.bitmap?.starts(with: [0x89, 0x50, 0x4E, 0x47]) == true)
    #expect(!FileManager.default.fileExists(atPath: "pwned"))
    #expect(document.source.contains(">\(HTML.escaped(text))</title>"))
  }

  @Test func `colours follow the page, and nothing of gnuplot's own is left`() throws {
    let gnuplot = try #require(Gnuplot.found())
    let drawing = try gnuplot.draw(Self.chart("t"), figure: "f", bitmap: false)
    let source = try #require(SVGDocument(drawing.vector, name: "f", title: "T", summary: "S")).source
    #expect(drawing.bitmap == nil)
    #expect(source.contains("var(--blue)") && source.contains("var(--ink)") && !source.contains("rgb("))
    #expect(!source.contains("<filter") && !source.contains("Gnuplot") && !source.contains("font-family"))
    #expect(source.contains("role=\"img\"") && source.contains("<desc id=\"f-desc\">S</desc>"))
    let alone = try #require(SVGDocument(drawing.vector, name: "f", title: "T", summary: "S", isAlone: true)).source
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
      let drawing = try gnuplot.draw(chart, figure: "f", bitmap: false)
      let source = try #require(SVGDocument(drawing.vector, name: "f", title: "", summary: "")).source
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
    ] {
      try Data("#!/bin/sh\n\(script)\n".utf8).write(to: URL(filePath: folder.file(name)))
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder.file(name))
      let notes = try PageWriter(gnuplot: Gnuplot(path: folder.file(name))).write(
        report.page(), to: folder.file("page.html"), figures: nil)
      #expect(!notes.isEmpty && notes.allSatisfy { $0.contains("gnuplot-nox") })
      let page = try String(contentsOfFile: folder.file("page.html"), encoding: .utf8)
      _ = try PageCheck(page)
      #expect(page.contains("<caption><span>Loss by epoch</span></caption>") && !page.contains("<svg"))
    }
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
    #expect(notes.count == 1 && page.contains("apt-get install gnuplot-nox"))
    #expect(check.elements["svg"] == nil && (check.elements["table"] ?? 0) > 6 && check.elements["details"] == nil)
  }

  @Test(arguments: ["", ":", "/nowhere:/also/nowhere"]) func `is what a path without it is`(path: String) {
    #expect(Gnuplot.found(in: path) == nil)
  }
}
