internal import Evaluation
package import JSONValues
package import Shards
internal import Terminals

/// What a study has found: tables whose first stands beside the published one.
package struct StudyResults: Sendable {
  package struct Table: Sendable, Equatable {
    package let title: String
    package let columns: [String]
    package let rows: [[String]]
    /// What is to be known of the figures.
    package let note: String
  }

  package let settings: Study.Settings
  package let results: Results
  /// Lines about the dataset and the runs.
  package let facts: [String]

  package init(_ settings: Study.Settings, _ results: Results, dataset: Dataset, options: [String], study: Study) {
    self.settings = settings
    self.results = results
    let manifest = dataset.manifest
    let samples = manifest.splits.map { "\($0.name) \(Format.count($0.samples))" }.joined(separator: ", ")
    let order = settings.pairs[0].masked.order
    let inputs = manifest.modalities.filter { order.contains($0.name) }.map {
      "\($0.name) (\($0.root), \(Format.count($0.dimension, "value")) a frame)"
    }
    let runs = Experiment(settings.all, tableName: Study.tableName).runs
    let done = runs.count(where: results.has)
    let missing =
      done == runs.count
      ? [] : ["unfinished: \(done) of \(Format.count(runs.count, "run")) are done; means are of those that are"]
    facts =
      missing + [
        "samples: \(samples)", "features: \(inputs.joined(separator: ", "))",
        "order of fusion, where none is named: \(order.joined(separator: ", "))",
        "converted with: \(options.isEmpty ? "grf-data's defaults" : options.map(ShellWord.quoted).joined(separator: " "))",
        "seeds: \(study.seeds.map(String.init).joined(separator: ", ")); deviations are the sample's over seeds",
        "epochs: at most \(settings.pairs.map { "\($0.masked.runs[0].configuration.training.epochs) (\($0.model))" }.joined(separator: ", "))",
      ]
  }

  /// Of each model with masks, the first run of its seeds, where it has finished.
  package var firstRuns: [String] {
    settings.pairs.compactMap { pair in
      guard let run = pair.masked.runs.first, results.has(run) else { return nil }
      return run.name
    }
  }

  package var tables: [Table] { [published, metrics, orders] }

  private var published: Table {
    let rows = settings.pairs.map { pair -> [String] in
      let (masked, padded) = (results.row(pair.masked), results.row(pair.padded))
      func percent(_ row: SettingResult) -> String {
        Results.text(row.test(Study.publishedMetric), decimals: 1, times: 100)
      }
      return [
        pair.model, masked.parameters.map { Format.count($0) } ?? "–", "\(Study.published(pair.model))",
        percent(masked), percent(padded), Results.text(masked.test(.mae)), Results.text(padded.test(.mae)),
      ]
    }
    return Table(
      title: "Beside the published table",
      columns: [
        "model", "parameters", "F1 published", "F1 with masks", "F1 padding as data", "MAE with masks",
        "MAE padding as data",
      ], rows: rows,
      note: "Test split. F1 is the macro F1 of negative against not negative, in percent. The published figures are of "
        + "arXiv 2507.02985, on features that were not published; its GRF has 4.5 million parameters, as grf-4m has.")
  }

  private var metrics: Table {
    let rows = settings.pairs.flatMap { [$0.masked, $0.padded] }.map(results.row)
    let first = rows.first { !$0.records.isEmpty }?.records.first
    let body = Metric.allCases.map { metric in
      [metric.name] + rows.map { Results.text($0.test(metric)) }
        + RunRecord.Baseline.allCases.map { first?.baselines[$0]?[metric].map { Format.fixed($0, 3) } ?? "–" }
    }
    let seconds = ["seconds"] + rows.map { Results.text($0.seconds, decimals: 1) } + ["", ""]
    return Table(
      title: "Every metric", columns: ["test split"] + rows.map(\.setting.name) + ["majority", "median"],
      rows: body + [seconds],
      note: "Majority and median see no frame. Seconds are of training, on one thread, several runs at once.")
  }

  private var orders: Table {
    let metrics: [Metric] = [.mae, .corr, .f1MacroHas0, .acc7]
    return Table(
      title: "GRF over the order of the modalities", columns: ["order"] + metrics.map(\.name),
      rows: settings.orders.map { setting in
        let row = results.row(setting)
        return [setting.order.joined(separator: ", ")] + metrics.map { Results.text(row.test($0)) }
      }, note: "Test split, with masks.")
  }

  /// All of it as a document.
  package var markdown: String {
    var text = "# What the study found\n\n" + facts.map { "- \($0)\n" }.joined()
    for table in tables {
      text += "\n## \(table.title)\n\n" + Markdown.header(table.columns)
      text += table.rows.map(Markdown.line).joined() + "\n\(table.note)\n"
    }
    let failures = results.failures
    if !failures.isEmpty {
      text += "\n## Failed\n\n" + failures.map { "- \($0.run): \($0.message.printable)\n" }.joined()
    }
    return text
  }

  /// The first table, for a terminal.
  package var lines: [String] {
    var table = TextTable(
      [.text("test split")] + ["parameters", "F1 published", "F1", "F1 no-mask", "mae"].map { .number($0) })
    for row in published.rows { table.add([row[0], row[1], row[2], row[3], row[4], row[5]]) }
    return table.lines(width: 160) + Results.failureLines(results.failures)
  }

  package var json: JSONValue {
    [
      "published": .array(
        settings.pairs.map {
          ["model": .string($0.model), "f1_macro_has0_percent": JSONValue(Study.published($0.model))]
        }), "settings": results.json,
    ]
  }
}
