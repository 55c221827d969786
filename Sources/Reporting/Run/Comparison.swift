internal import Evaluation
internal import Terminals

/// Several runs side by side.
struct Comparison {
  let runs: [RunFolder]

  /// Which dataset each run was trained on, as a letter; nil where all were trained on one, or where it is not known.
  var datasets: [String?] {
    var known: [String] = []
    let letters = runs.map { run -> String? in
      guard let content = run.content else { return nil }
      let place = known.firstIndex(of: content) ?? known.count
      if place == known.count { known.append(content) }
      return Self.letter(place)
    }
    return known.count > 1 ? letters : runs.map { _ in nil }
  }

  private static func letter(_ place: Int) -> String {
    place < 26 ? String(UnicodeScalar(UInt8(ascii: "A") + UInt8(place))) : "dataset \(place + 1)"
  }

  var table: HTMLTable {
    let datasets = datasets
    let differ = datasets.contains { $0 != nil }
    var table = HTMLTable(
      "Runs side by side; best values are marked\(differ ? " within a dataset" : "")",
      [.text("run"), .text("model")] + (differ ? [.text("dataset")] : []) + [
        .number("seed"), .number("parameters"), .number("best epoch"),
      ] + Metric.allCases.map { .number($0.name) })
    let lead = differ ? 6 : 5
    for (place, run) in runs.enumerated() {
      let marked = Metric.allCases.enumerated().filter { isBest(run, $0.element, datasets, place) }.map {
        lead + $0.offset
      }
      table.add(
        [run.name, run.kind] + (differ ? [datasets[place] ?? "?"] : []) + [
          run.setting("training", "seed") ?? Numbers.none, run.parameters.map { Format.count($0) } ?? Numbers.none,
          run.bestEpoch.map { "\($0)" } ?? Numbers.none,
        ] + Metric.allCases.map { run.isFinished ? Numbers.fixed(run.tested($0)) : Numbers.none }, marking: marked)
    }
    return table
  }

  private func isBest(_ run: RunFolder, _ metric: Metric, _ datasets: [String?], _ place: Int) -> Bool {
    guard let value = run.tested(metric) else { return false }
    let others = runs.indices.filter { $0 != place && datasets[$0] == datasets[place] }
      .compactMap { runs[$0].tested(metric) }
    guard !others.isEmpty else { return false }
    return others.allSatisfy { metric.isLowerBetter ? value <= $0 : value >= $0 }
  }

  /// Curves of all runs in one drawing; of more than six, in several.
  var figures: [Figure] {
    let measures = [
      ("error", "mae", "Valid mean absolute error", "mean absolute error (sentiment)"),
      ("agreement", "f1_macro_has0", "Valid macro F1, negative or not", "macro F1 (0 to 1)"),
      ("loss", "loss", "Train loss", "loss"),
    ]
    let datasets = datasets
    let last = runs.flatMap(\.epochs).map(\.epoch).max() ?? 1
    return measures.flatMap { name, measure, title, unit in
      stride(from: 0, to: runs.count, by: 6).compactMap { start -> Figure? in
        let part = Array(runs[start..<min(start + 6, runs.count)])
        let series = part.enumerated().map { place, run in
          let points = run.curve(measure, measure == "loss" ? "train" : "valid")
          let title = RunFigures.cut(run.name, to: 24) + (datasets[start + place].map { " (\($0))" } ?? "")
          return Chart.Series(
            title, points.count == 1 ? .points(Chart.Shape.series[place], size: 0.8) : .line(dash: place + 1),
            Tone.series(place), points)
        }
        let chart = Chart(x: .init("epoch", 0.5...Double(max(last, 2)) + 0.5, isWhole: true), y: .init(unit), series)
        if chart.isEmpty { return nil }
        let parts = zip(part, series).map { run, series in
          let values = series.points.map { $0[1] }
          let best = measure == "f1_macro_has0" ? values.max() : values.min()
          return "\(run.name): \(measure == "f1_macro_has0" ? "highest" : "lowest") \(Numbers.fixed(best))"
        }
        return Figure(
          "compare-\(name)\(start == 0 ? "" : "-\(start / 6 + 1)")", title,
          summary: parts.joined(separator: "; ") + ".", chart)
      }
    }
  }
}
