import Foundation
import Shards
import TestDatasets
import TestSupport
import Testing

@testable import Reporting

/// Not what a figure says, but where it puts its marks.
@Suite(.enabled(if: !Reports.isGnuplotMissing, "gnuplot is not installed (tools/setup)")) struct `Drawn marks` {
  private func draw(_ chart: Chart) throws -> Marks {
    let gnuplot = try #require(Gnuplot.found())
    let drawing = try #require(try gnuplot.draw(chart, figure: "f"))
    return try Marks(try #require(SVGDocument(drawing, name: "f", title: "", summary: "")).source)
  }

  /// The drawing of one figure of a page.
  private func marks(_ figure: String, of page: String) throws -> Marks {
    let start = try #require(page.range(of: "id=\"figure-\(figure)\""), "no figure \(figure)").upperBound
    let end = try #require(page.range(of: "</svg>", range: start..<page.endIndex)).upperBound
    return try Marks(String(page[start..<end]))
  }

  static let heights: [[Double]] = [[5, 6, 8], [0.25, 100, 50], [-2, 3, -1], [-4, -5, -6]]

  @Test(arguments: heights, [nil, 4.5...9] as [ClosedRange<Double>?])
  func `bars are as long as their values, from 0`(values: [Double], range: ClosedRange<Double>?) throws {
    // A range that cuts values off is the caller's; one without 0 is widened.
    guard range == nil || values == [5, 6, 8] else { return }
    for isAcross in [false, true] {
      let numbers = values.enumerated().map { isAcross ? [$1, Double($0)] : [Double($0), $1] }
      let series = Chart.Series(nil, isAcross ? .sidewaysBars(height: 0.5) : .bars(width: 0.5), .blue, numbers)
      let (long, other) = (Chart.Axis("value", range), Chart.Axis("place", -1...3))
      let marks = try draw(Chart(x: isAcross ? long : other, y: isAcross ? other : long, [series]))
      let boxes = marks.series[0].boxes
      try #require(boxes.count == 3)
      let zero = try #require(isAcross ? marks.acrossTicks["0"] : marks.upTicks["0"], "the axis has no 0")
      let (greatest, size) = (values.map(abs).max() ?? 1, boxes.map { Self.length($0, isAcross) }.max() ?? 0)
      #expect(size > 60)
      for (value, box) in zip(values, boxes) {
        #expect(abs(Self.length(box, isAcross) / size - abs(value) / greatest) < 0.002)
        let (low, high) = isAcross ? (box.upper.x, box.lower.x) : (box.lower.y, box.upper.y)
        #expect(abs((value > 0 ? low : high) - zero) < 0.05)
      }
    }
  }

  private static func length(_ box: (upper: Marks.Point, lower: Marks.Point), _ isAcross: Bool) -> Double {
    isAcross ? box.lower.x - box.upper.x : box.lower.y - box.upper.y
  }

  @Test func `of a run lie where the numbers of its files are`() throws {
    let folder = try TemporaryFolder()
    let run = ExampleRun()
    try run.write(to: folder.file("run"))
    let page = try Reports.page([folder.file("run")], to: folder.file("page.html"))
    let loss = try marks("run-loss", of: page)
    for (place, values) in [ExampleRun.trainLoss, ExampleRun.validError.map { $0 * 1.5 }].enumerated() {
      let line = try #require(loss.series[place].lines.first)
      let across = Marks.slope(from: (1...5).map(Double.init), to: line.map(\.x), ticks: loss.acrossTicks)
      #expect(try #require(across) > 10)
      #expect(try #require(Marks.slope(from: values, to: line.map(\.y), ticks: loss.upTicks)) < -10)
    }
    let scatter = try marks("run-scatter", of: page)
    let points = scatter.series[0].points
    let (labels, predictions) = (run.samples.map { Double($0.label ?? 0) }, run.samples.map { Double($0.prediction) })
    let across = try #require(Marks.slope(from: labels, to: points.map(\.x), ticks: scatter.acrossTicks))
    let up = try #require(Marks.slope(from: predictions, to: points.map(\.y), ticks: scatter.upTicks))
    #expect(across > 10 && abs(across + up) < 0.1, "a unit is as long on both axes")
    let bars = try marks("run-videos", of: page).series[0].boxes.map { Self.length($0, true) }
    let errors = Dictionary(grouping: run.samples) { $0.id.prefix { $0 != "[" } }.values.map { samples in
      samples.reduce(0) { $0 + abs(Double($1.prediction) - Double($1.label ?? 0)) } / Double(samples.count)
    }
    #expect(try #require(Marks.slope(from: [0] + errors.sorted(by: >), to: [0] + bars)) > 10)
  }

  @Test func `of a dataset lie where its samples' are`() throws {
    let folder = try TemporaryFolder()
    let data = RaggedDataset.trainable(60, 20, 20)
    try data.save(to: folder.file("data"))
    let dataset = try Dataset.open(folder.file("data"))
    _ = try DatasetReport(dataset, summary: DatasetSummary(dataset)).write(to: folder.file("page.html"))
    let page = try String(contentsOfFile: folder.file("page.html"), encoding: .utf8)
    let labels = try marks("labels-1", of: page)
    #expect(Set(labels.acrossTicks.keys) == ["-3", "-2", "-1", "0", "+1", "+2", "+3"])
    for (place, split) in data.splits.enumerated() {
      let counts = (-3...3).map { label in
        split.samples.count { Int(($0.labels.first ?? 0).rounded(.toNearestOrEven)) == label }
      }
      // Of nothing, no bar is drawn.
      let shares = counts.filter { $0 > 0 }.map { Double($0) / Double(split.samples.count) }
      let bars = labels.series[place].boxes.map { Self.length($0, false) }
      #expect(try #require(Marks.slope(from: [0] + shares, to: [0] + bars)) > 10)
    }
  }
}
