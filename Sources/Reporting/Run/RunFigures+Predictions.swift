internal import Evaluation
internal import Terminals

extension RunFigures {
  /// More points than this are drawn in part.
  static let greatestScatter = 2000

  /// Predicted against true, and both confusions.
  func predictions(_ columns: PredictionColumns) -> [Figure] {
    let samples = columns.comparable
    if samples.isEmpty { return [] }
    return [
      scatter(columns, samples),
      confusion(
        "confusion-7", "Seven classes", columns, samples, limit: 3,
        titles: (-3...3).map { $0 > 0 ? "+\($0)" : "\($0)" }),
      binary(columns, samples),
    ]
  }

  private func scatter(_ columns: PredictionColumns, _ samples: [Int]) -> Figure {
    let shown = Numbers.spread(Self.greatestScatter, of: samples.count).map { samples[$0] }
    let values = samples.flatMap { [columns.labels[$0], columns.predictions[$0]] }.map(Double.init)
    let bound = max(3, min(values.reduce(0) { max($0, abs($1)) }, 6)).rounded(.up)
    let range = -bound...bound
    let points = shown.map { [Double(columns.labels[$0]), Double(columns.predictions[$0])] }
    var groups: [Int: [Double]] = [:]
    for sample in samples {
      let group = Int(max(-3, min(3, columns.labels[sample])).rounded(.toNearestOrEven))
      groups[group, default: []].append(Double(columns.predictions[sample]))
    }
    let means = groups.sorted { $0.key < $1.key }.compactMap { group, values in
      Numbers.mean(values).map { [Double(group), $0] }
    }
    let metrics = Metrics(
      predictions: samples.map { columns.predictions[$0] }, labels: samples.map { columns.labels[$0] })
    var table = HTMLTable(
      "Predictions by rounded label",
      [.number("label"), .number("samples"), .number("mean prediction"), .number("deviation")])
    for (group, values) in groups.sorted(by: { $0.key < $1.key }) {
      table.add([
        "\(group)", Format.count(values.count), Numbers.fixed(Numbers.mean(values)),
        Numbers.fixed(Numbers.deviation(values)),
      ])
    }
    let part = shown.count < samples.count ? " Every \(samples.count / shown.count)th sample is drawn." : ""
    let outside = points.count { !range.contains($0[1]) || !range.contains($0[0]) }
    return Figure(
      "\(prefix)-scatter", "Predicted against true",
      summary:
        "\(Format.count(samples.count, "sample")): correlation \(Numbers.fixed(metrics[.corr])), mean absolute error "
        + "\(Numbers.fixed(metrics[.mae])). On the dotted line both agree; squares are the mean prediction by rounded "
        + "label." + part + (outside > 0 ? " \(Format.count(outside, "point")) beyond ±\(Int(bound)) not drawn." : ""),
      Chart(
        x: .init("true label (sentiment)", range), y: .init("prediction (sentiment)", range),
        [
          Chart.Series("a sample", .points(.disc, size: shown.count > 500 ? 0.25 : 0.4), .sky, points),
          Chart.Series("mean", .markedLine(.square, dash: 1), .vermillion, means),
        ], rules: [.init(course: .diagonal(range), title: nil)], height: 340, isSquare: true), table: table)
  }

  private func binary(_ columns: PredictionColumns, _ samples: [Int]) -> Figure {
    confusion(
      "confusion-2", "Negative or not", columns, samples, classes: 2, titles: ["negative", "not negative"]
    ) { $0 >= 0 ? 1 : 0 }
  }

  private func confusion(
    _ name: String, _ title: String, _ columns: PredictionColumns, _ samples: [Int], limit: Int, titles: [String]
  ) -> Figure {
    confusion(name, title, columns, samples, classes: 2 * limit + 1, titles: titles) { value in
      Int(max(-Float(limit), min(Float(limit), value)).rounded(.toNearestOrEven)) + limit
    }
  }

  /// A cell is as strong as the part of its row: of the samples with that label.
  private func confusion(
    _ name: String, _ title: String, _ columns: PredictionColumns, _ samples: [Int], classes: Int, titles: [String],
    _ class: (Float) -> Int
  ) -> Figure {
    var counts = Array(repeating: Array(repeating: 0, count: classes), count: classes)
    for sample in samples { counts[`class`(columns.labels[sample])][`class`(columns.predictions[sample])] += 1 }
    var table = HTMLTable("True label by row, prediction by column", [.text("label")] + titles.map { .number($0) })
    var cells: [Int: [[Double]]] = [:]
    var labels: (places: [[Double]], texts: [String]) = ([], [])
    for (label, row) in counts.enumerated() {
      table.add([titles[label]] + row.map { Format.count($0) })
      let whole = row.reduce(0, +)
      for (prediction, count) in row.enumerated() {
        let place = [Double(prediction), Double(label)]
        let strength = whole == 0 ? 0 : Int((Double(count) / Double(whole) * 8).rounded())
        if strength > 0 { cells[strength, default: []].append(place) }
        labels.places.append(place)
        labels.texts.append(Format.count(count))
      }
    }
    let hits = counts.indices.reduce(0) { $0 + counts[$1][$1] }
    let ticks = titles.enumerated().map { Chart.Tick(title: $1, place: Double($0)) }
    let range = -0.5...Double(classes) - 0.5
    var series = cells.sorted { $0.key < $1.key }.map { strength, places in
      Chart.Series(nil, .cells(strength: Double(strength) * 0.085), .blue, places)
    }
    series.append(Chart.Series(nil, .labels(labels.texts), .ink, labels.places))
    return Figure(
      "\(prefix)-\(name)", title,
      summary: "\(Format.count(hits)) of \(Format.count(samples.count, "sample")) in the right class "
        + "(\(Numbers.fixed(Double(hits) / Double(samples.count)))). A cell is as dark as its part of the row.",
      Chart(
        x: .init("predicted class", range, ticks: ticks), y: .init("true class", range, ticks: ticks, isReversed: true),
        series, height: 300), table: table)
  }
}
