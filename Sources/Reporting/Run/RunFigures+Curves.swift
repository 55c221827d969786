internal import Evaluation
internal import Terminals

/// The figures of one run; names of figures begin with the run's prefix.
struct RunFigures {
  let run: RunFolder
  /// Unlike that of the page's other runs.
  let prefix: String

  // MARK: Learning

  /// Loss, valid metrics and learning rate by epoch, with the best epoch marked.
  var curves: [Figure] {
    guard let last = run.epochs.map(\.epoch).max() else { return [] }
    let rules = run.bestEpoch.map { [Chart.Rule(course: .vertical(Double($0)), title: "best")] } ?? []
    let range = 0.5...Double(max(last, 2)) + 0.5
    func figure(
      _ name: String, _ title: String, _ unit: String, _ curves: [(title: String, measure: String, split: String)]
    ) -> Figure? {
      let series = curves.enumerated().map { place, curve in
        let points = run.curve(curve.measure, curve.split)
        let kind: Chart.Kind =
          points.count == 1 ? .points(Chart.Shape.series[place], size: 0.8) : .line(dash: place + 1)
        return Chart.Series(curve.title, kind, Tone.series(place), points)
      }
      let chart = Chart(
        x: .init("epoch", range, isWhole: true), y: .init(unit, Self.range(series)), series, rules: rules)
      if chart.isEmpty { return nil }
      let parts = series.filter { !$0.points.isEmpty }.map { series in
        "\(series.title ?? "") \(Self.journey(series.points, best: run.bestEpoch))"
      }
      let best = run.bestEpoch.map { " The best epoch is \($0) of \(last), the dotted line." } ?? ""
      return Figure(
        "\(prefix)-\(name)", title, summary: parts.joined(separator: "; ") + "." + best, chart,
        table: table(title, curves))
    }
    return [
      figure("loss", "Loss", "loss", [("train", "loss", "train"), ("valid", "loss", "valid")]),
      figure(
        "error", "Mean absolute error", "mean absolute error (sentiment)",
        [("train", "mae", "train"), ("valid", "mae", "valid")]),
      figure(
        "agreement", "Correlation, macro F1, accuracy of 7 classes on valid", "value (no unit)",
        [
          ("corr", "corr", "valid"), ("F1", "f1_macro_has0", "valid"),
          ("acc7", "acc7", "valid"),
        ]),
      figure("rate", "Learning rate", "learning rate (per step)", [("learning rate", "learning_rate", "train")]),
    ].compactMap(\.self)
  }

  /// Of values that are all the same, from 0; nil: what the numbers need.
  private static func range(_ series: [Chart.Series]) -> ClosedRange<Double>? {
    let values = series.flatMap(\.points).map { $0[1] }
    guard let least = values.min(), let greatest = values.max(), least == greatest, least != 0 else { return nil }
    return least > 0 ? 0...2 * least : 2 * least...0
  }

  private static func journey(_ points: [[Double]], best: Int?) -> String {
    guard let first = points.first, let last = points.last else { return Numbers.none }
    var text = "goes from \(Format.number(first[1])) to \(Format.number(last[1]))"
    if let best, let there = points.first(where: { $0[0] == Double(best) }) {
      text += ", \(Format.number(there[1])) at the best epoch"
    }
    return text
  }

  private func table(_ title: String, _ curves: [(title: String, measure: String, split: String)]) -> HTMLTable {
    var table = HTMLTable("\(title) by epoch", [.number("epoch")] + curves.map { .number($0.title) })
    let columns = curves.map { curve in
      Dictionary(run.curve(curve.measure, curve.split).map { (Int($0[0]), $0[1]) }) { $1 }
    }
    let epochs = Set(run.epochs.map(\.epoch)).sorted()
    // Enough to read the curve by.
    for place in Numbers.spread(40, of: epochs.count) {
      let epoch = epochs[place]
      table.add(["\(epoch)"] + columns.map { $0[epoch].map { Format.number($0) } ?? Numbers.none })
    }
    return table
  }

  // MARK: Headline

  /// Every metric on test, beside predictors that see no frame.
  var headline: HTMLTable? {
    guard run.test != nil else { return nil }
    var table = HTMLTable(
      "On test, beside what predictors reach that see no frame",
      [.text("metric"), .number("this run"), .number("majority"), .number("median"), .text("better is")])
    for metric in Metric.allCases {
      table.add([
        metric.title, Numbers.fixed(run.tested(metric)), Numbers.fixed(run.baseline("majority", metric)),
        Numbers.fixed(run.baseline("median", metric)), metric.isLowerBetter ? "lower" : "higher",
      ])
    }
    return table
  }
}
