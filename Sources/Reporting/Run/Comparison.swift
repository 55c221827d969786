internal import Evaluation
internal import Terminals

/// Several runs side by side.
struct Comparison {
  let runs: [RunFolder]

  /// What a run was set to, shown where runs differ in it.
  private var settings: [(title: String, values: [String])] {
    let keys = [
      ("order", "data", "order"), ("component", "model", "component"), ("masks", "data", "masks"),
      ("classes", "data", "num_classes"), ("label", "data", "label"),
    ]
    return keys.map { title, section, key in (title, runs.map { $0.setting(section, key) ?? Numbers.none }) }
      .filter { Set($0.1).count > 1 }
  }

  var table: HTMLTable {
    let (letters, settings) = (letters, settings)
    let texts = ["run", "model"] + (letters == nil ? [] : ["group"]) + settings.map(\.title)
    let numbers = ["seed", "parameters", "best epoch"]
    var table = HTMLTable(
      "Runs side by side; best values are marked\(letters == nil ? "" : " within a group")",
      texts.map { .text($0) } + (numbers + Metric.allCases.map(\.name)).map { .number($0) })
    let lead = texts.count + numbers.count
    for (place, run) in runs.enumerated() {
      let marked = Metric.allCases.enumerated().filter { isBest($0.element, letters, place) }.map { lead + $0.offset }
      table.add(
        [run.name, run.kind] + (letters.map { [$0[place]] } ?? []) + settings.map { $0.values[place] } + [
          run.setting("training", "seed") ?? Numbers.none, run.parameters.map { Format.count($0) } ?? Numbers.none,
          run.bestEpoch.map { "\($0)" } ?? Numbers.none,
        ] + Metric.allCases.map { run.isFinished ? Numbers.fixed(run.tested($0)) : Numbers.none }, marking: marked)
    }
    return table
  }

  /// Whether no run that this one can be compared with is better; there must be one.
  private func isBest(_ metric: Metric, _ letters: [String]?, _ place: Int) -> Bool {
    guard let value = runs[place].tested(metric), letters?[place] != Self.unknown else { return false }
    let others = runs.indices.filter { $0 != place && letters?[$0] == letters?[place] }
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
    let letters = letters
    let names = Labels.apart(runs.map(\.name), to: 24)
    let last = runs.flatMap(\.epochs).map(\.epoch).max() ?? 1
    return measures.flatMap { name, measure, title, unit in
      stride(from: 0, to: runs.count, by: 6).compactMap { start -> Figure? in
        let part = Array(runs[start..<min(start + 6, runs.count)])
        let series = part.enumerated().map { place, run in
          let points = run.curve(measure, measure == "loss" ? "train" : "valid")
          let title = names[start + place] + (letters.map { " (\($0[start + place]))" } ?? "")
          return Chart.Series(
            title, points.count == 1 ? .points(Chart.Shape.series[place], size: 0.8) : .line(dash: place + 1),
            Tone.series(place), points)
        }
        let chart = Chart(x: .init("epoch", 0.5...Double(max(last, 2)) + 0.5, isWhole: true), y: .init(unit), series)
        if chart.isEmpty { return nil }
        let parts = zip(part, series).map { run, series in
          let isLowerBetter = measure != "f1_macro_has0"
          let best = series.points.min { isLowerBetter ? $0[1] < $1[1] : $0[1] > $1[1] }
          let epoch = best.map { ", in epoch \(Int($0[0]))" } ?? ""
          return "\(run.name): \(isLowerBetter ? "lowest" : "highest") \(Numbers.fixed(best?[1]))\(epoch), last "
            + Numbers.fixed(series.points.last?[1])
        }
        return Figure(
          "compare-\(name)\(start == 0 ? "" : "-\(start / 6 + 1)")", title,
          summary: parts.joined(separator: "; ") + "." + (measure == "loss" ? lossRemark : ""), chart)
      }
    }
  }

  /// What the losses are made of, where that differs between the models.
  private var lossRemark: String {
    Set(runs.map(\.kind)).count < 2
      ? ""
      : " A GRF's loss holds that of its auxiliary prediction, where it has one, MulT's the mean absolute error alone: they "
        + "cannot be compared with each other."
  }
}
