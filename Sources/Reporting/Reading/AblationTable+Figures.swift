internal import Evaluation

extension AblationTable {
  /// Bars with deviations of the metrics that papers compare by, apart by how many classes labels were rounded to: settings
  /// with different classes learn different labels, and cannot be ranked.
  ///
  /// - Parameter prefix: of the figures' names.
  func figures(prefix: String) -> [Figure] {
    let metrics: [Metric] = [.f1MacroHas0, .mae, .acc7, .corr]
    var classes: [String] = []
    for setting in settings where !classes.contains(setting.classes) { classes.append(setting.classes) }
    return classes.enumerated().flatMap { place, group in
      let part = settings.filter { $0.classes == group }
      let isAlone = classes.count < 2
      return metrics.compactMap { metric in
        figure(
          metric, part, "\(prefix)-\(Numbers.slug(metric.name))\(isAlone ? "" : "-\(place + 1)")",
          Numbers.sentence(metric.title) + (isAlone ? "" : ", \(group.isEmpty ? "other" : group) classes"))
      }
    }
  }

  private struct Bar {
    let name: String
    let mean: Double
    /// Nil where there is one seed.
    let deviation: Double?

    var text: String { "\(name) with \(Numbers.fixed(mean))" + (deviation.map { " ± \(Numbers.fixed($0))" } ?? "") }
  }

  private func figure(_ metric: Metric, _ settings: [Setting], _ name: String, _ title: String) -> Figure? {
    let bars = settings.compactMap { setting -> Bar? in
      setting.number("\(metric.name)_mean").map {
        Bar(name: setting.name, mean: $0, deviation: setting.number("\(metric.name)_std"))
      }
    }
    let isLess = { (a: Bar, b: Bar) in a.mean < b.mean }
    guard let least = bars.min(by: isLess), let most = bars.max(by: isLess) else { return nil }
    let labels = Labels.wrapped(bars.map(\.name), to: 22)
    let ticks = labels.enumerated().map { Chart.Tick($1, place: Double($0)) }
    var table = HTMLTable(title, [.text("setting"), .number("mean"), .number("deviation")])
    for bar in bars { table.add([bar.name, Numbers.fixed(bar.mean), Numbers.fixed(bar.deviation)]) }
    let height = labels.contains { $0.count > 1 } ? 38 : 19
    return Figure(
      name, title,
      summary: (metric.isLowerBetter
        ? "Lowest: \(least.text); highest: \(most.text)." : "Highest: \(most.text); lowest: \(least.text).")
        + " The mean of all \(bars.count) is \(Numbers.fixed(Numbers.mean(bars.map(\.mean)))). Whiskers are deviations over "
        + "seeds, where there are several.",
      Chart(
        x: .init("\(metric.name) (\(metric == .mae ? "sentiment" : "no unit"))"),
        y: .init("setting", -0.6...Double(bars.count) - 0.4, ticks: ticks, isReversed: true),
        [
          Chart.Series(nil, .sidewaysBars(height: 0.64), .blue, bars.enumerated().map { [$1.mean, Double($0)] }),
          Chart.Series(
            nil, .sidewaysDeviations, .ink,
            bars.enumerated().compactMap { place, bar in bar.deviation.map { [bar.mean, Double(place), $0] } }),
        ], height: 80 + height * bars.count), table: table)
  }
}
