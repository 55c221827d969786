internal import CSVValues
internal import Evaluation
package import JSONValues
internal import Terminals

extension Results {
  /// A header line and a line a setting: what it is, how many runs have finished, and mean and deviation of every metric on
  /// the test split.
  package var csv: String {
    var text = CSVLine.text(Self.columns)
    for row in rows {
      let setting = row.setting
      var cells = [
        setting.name, setting.model, setting.component, setting.order.joined(separator: "+"), "\(setting.classes)",
        "\(setting.masks)", "\(row.records.count)", row.parameters.map { "\($0)" } ?? "",
      ]
      for spread in [row.seconds] + Metric.allCases.map(row.test) {
        cells += [CSVLine.number(spread?.mean), CSVLine.number(spread?.deviation)]
      }
      text += CSVLine.text(cells)
    }
    return text
  }

  private static var columns: [String] {
    ["setting", "model", "component", "order", "classes", "masks", "seeds", "parameters"]
      + (["seconds"] + Metric.allCases.map(\.name)).flatMap { ["\($0)_mean", "\($0)_std"] }
  }

  /// A few metrics of each setting, for a terminal; what failed below it.
  package var lines: [String] {
    let isOfSeven = rows.contains { $0.setting.classes == 7 }
    let metrics: [(Metric, String)] = [(.mae, "mae"), (.corr, "corr"), (.f1MacroHas0, "f1 has0")]
    let shown = metrics + (isOfSeven ? [(.acc7, "acc7")] : [])
    var table = TextTable(
      [.text("test split")] + shown.map { .number($0.1) } + [.number("parameters"), .number("time")])
    for row in rows {
      let isFailed = row.records.isEmpty
      table.add(
        [row.setting.name] + shown.map { isFailed ? "failed" : Self.text(row.test($0.0)) }
          + [row.parameters.map { Format.count($0) } ?? "–", row.seconds.map { Format.duration($0.mean) } ?? "–"])
    }
    // Wide enough that no name is cut.
    return table.lines(width: 160) + Self.failureLines(failures)
  }

  /// What failed, and the beginning of what it said; its log has the rest.
  static func failureLines(_ failures: [(run: String, message: String)]) -> [String] {
    if failures.isEmpty { return [] }
    return ["", "failed"]
      + failures.flatMap {
        ["  \($0.run)"] + $0.message.printable.cut(to: 220).wrapped(indent: 4, breaksWords: false)
      }
  }

  /// `0.314 ± 0.012`.
  static func text(_ spread: Spread?, decimals: Int = 3, times factor: Double = 1) -> String {
    guard let spread else { return "–" }
    let mean = Format.fixed(spread.mean * factor, decimals)
    return spread.deviation.map { "\(mean) ± \(Format.fixed($0 * factor, decimals))" } ?? mean
  }

  /// Every setting with every metric.
  package var json: JSONValue {
    .array(
      rows.map { row in
        func spread(_ spread: Spread?) -> JSONValue {
          ["mean": JSONValue(spread?.mean), "std": JSONValue(spread?.deviation)]
        }
        var metrics = JSONObject()
        for metric in Metric.allCases { metrics[metric.name] = spread(row.test(metric)) }
        return [
          "setting": .string(row.setting.name), "model": .string(row.setting.model),
          "component": .string(row.setting.component), "order": JSONValue(row.setting.order),
          "classes": JSONValue(row.setting.classes), "masks": .bool(row.setting.masks),
          "seeds": JSONValue(row.records.count), "parameters": row.parameters.map { JSONValue($0) } ?? .null,
          "seconds": spread(row.seconds), "test": .object(metrics),
          "failed": .array(
            row.failures.map { ["run": .string($0.run), "error": .string($0.message)] }),
        ]
      })
  }

  /// A table in Markdown, every metric a row where there are few settings, else every setting a row.
  package var markdown: String {
    let metrics: [Metric] = [.mae, .corr, .acc2Has0, .f1MacroHas0, .f1WeightedNon0, .acc7]
    let titles = ["setting"] + metrics.map { "`\($0.name)`" } + ["parameters", "seconds"]
    var text = Markdown.header(titles)
    for row in rows {
      text += Markdown.line(
        [row.setting.name] + metrics.map { Self.text(row.test($0)) }
          + [row.parameters.map { Format.count($0) } ?? "–", Self.text(row.seconds, decimals: 1)])
    }
    return text
  }
}

/// Tables in Markdown.
enum Markdown {
  /// The titles, the first column to the left, the others to the right.
  static func header(_ titles: [String]) -> String {
    line(titles) + "|---|" + String(repeating: "---:|", count: titles.count - 1) + "\n"
  }

  static func line(_ cells: [String]) -> String {
    "| " + cells.map { $0.replacing("|", with: "\\|") }.joined(separator: " | ") + " |\n"
  }
}
