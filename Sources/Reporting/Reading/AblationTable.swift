internal import CSVValues
internal import Evaluation
internal import Files

/// `ablation.csv`: a line a setting, with means and deviations over seeds.
struct AblationTable: Sendable {
  struct Setting: Sendable {
    let name: String
    let fields: [String: String]

    func number(_ column: String) -> Double? { fields[column].flatMap(Double.init).flatMap { $0.isFinite ? $0 : nil } }
  }

  static let fileName = "ablation.csv"

  let path: String
  let columns: [String]
  let settings: [Setting]

  /// - Throws: ``ReportingError/malformed(path:line:expected:)``, ``ReportingError/file(_:)``.
  init(reading path: String) throws(ReportingError) {
    self.path = path
    let bytes = try ReportingError.files { () throws(FileError) in try File.contents(of: path) }
    let records = try ReportingError.table(path) { () throws(CSVError) in
      var reader = CSVReader()
      let records = try reader.read(bytes)
      return try reader.finish().map { records + [$0] } ?? records
    }
    guard let header = records.first?.fields, header.first == "setting" else {
      throw .malformed(path: path, line: 1, expected: "a header that begins with setting")
    }
    columns = header
    var settings: [Setting] = []
    for record in records.dropFirst() {
      guard record.fields.count == header.count else {
        throw .malformed(path: path, line: record.line, expected: "\(header.count) fields")
      }
      settings.append(Setting(name: record.fields[0], fields: Dictionary(zip(header, record.fields)) { $1 }))
    }
    self.settings = settings
  }

  // MARK: What is shown

  /// Means with deviations, and what was varied.
  var table: HTMLTable {
    let words = ["model", "component", "order", "classes", "masks", "seeds"].filter(columns.contains)
    let metrics = Metric.allCases.filter { columns.contains("\($0.name)_mean") }
    let seconds = columns.contains("seconds_mean")
    var table = HTMLTable(
      "Mean ± deviation over seeds",
      [.text("setting")] + words.map { $0 == "seeds" || $0 == "classes" ? .number($0) : .text($0) }
        + [.number("parameters")] + (seconds ? [.number("seconds")] : []) + metrics.map { .number($0.name) })
    for setting in settings {
      table.add(
        [setting.name] + words.map { setting.fields[$0] ?? "" } + [setting.fields["parameters"] ?? ""]
          + (seconds ? [Self.text(setting, "seconds", decimals: 1)] : []) + metrics.map { Self.text(setting, $0.name) })
    }
    return table
  }

  private static func text(_ setting: Setting, _ name: String, decimals: Int = 3) -> String {
    guard let mean = setting.number("\(name)_mean") else { return Numbers.none }
    let deviation = setting.number("\(name)_std").map { " ± \(Numbers.fixed($0, decimals))" } ?? ""
    return Numbers.fixed(mean, decimals) + deviation
  }

  /// Bars with deviations of the metrics that papers compare by.
  ///
  /// - Parameter prefix: of the figures' names.
  func figures(prefix: String) -> [Figure] {
    let metrics: [Metric] = [.f1MacroHas0, .mae, .acc7, .corr]
    return metrics.compactMap { figure($0, prefix: prefix) }
  }

  private func figure(_ metric: Metric, prefix: String) -> Figure? {
    let shown = settings.compactMap { setting -> (name: String, mean: Double, deviation: Double?)? in
      setting.number("\(metric.name)_mean").map { (setting.name, $0, setting.number("\(metric.name)_std")) }
    }
    guard !shown.isEmpty else { return nil }
    let best = metric.isLowerBetter ? shown.min { $0.mean < $1.mean } : shown.max { $0.mean < $1.mean }
    let worst = metric.isLowerBetter ? shown.max { $0.mean < $1.mean } : shown.min { $0.mean < $1.mean }
    let ticks = shown.enumerated().map { Chart.Tick(title: RunFigures.cut($1.name, to: 20), place: Double($0)) }
    let ends: [Double] = shown.flatMap { [$0.mean - ($0.deviation ?? 0), $0.mean + ($0.deviation ?? 0), 0] }
    let low = ends.min() ?? 0
    let high = ends.max() ?? 1
    var table = HTMLTable(metric.title, [.text("setting"), .number("mean"), .number("deviation")])
    for setting in shown { table.add([setting.name, Numbers.fixed(setting.mean), Numbers.fixed(setting.deviation)]) }
    return Figure(
      "\(prefix)-\(Numbers.slug(metric.name))", Numbers.sentence(metric.title),
      summary: "\(metric.isLowerBetter ? "Lowest" : "Highest"): \(best?.name ?? "") with \(Numbers.fixed(best?.mean))"
        + (best?.deviation.map { " ± \(Numbers.fixed($0))" } ?? "")
        + "; \(metric.isLowerBetter ? "highest" : "lowest"): "
        + "\(worst?.name ?? "") with \(Numbers.fixed(worst?.mean)). Whiskers are deviations over seeds, where there are several.",
      Chart(
        x: .init(
          "\(metric.name) (\(metric == .mae ? "sentiment" : "no unit"))", low...high + (high - low) * 0.06 + 1e-9),
        y: .init("setting", -0.6...Double(shown.count) - 0.4, ticks: ticks, isReversed: true),
        [
          Chart.Series(nil, .sidewaysBars(height: 0.64), .blue, shown.enumerated().map { [$1.mean, Double($0)] }),
          Chart.Series(
            nil, .sidewaysDeviations, .ink,
            shown.enumerated().compactMap { place, setting in
              setting.deviation.map { [setting.mean, Double(place), $0] }
            }),
        ], height: 80 + 19 * shown.count), table: table)
  }
}
