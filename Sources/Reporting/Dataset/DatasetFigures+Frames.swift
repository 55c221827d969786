internal import Shards
internal import Terminals

extension DatasetFigures {
  // MARK: Values

  /// As many bars as can be told apart.
  static let greatestBars = 300

  /// For each numeric modality: the range of every dimension before and after normalization.
  var ranges: [Figure] {
    manifest.modalities.flatMap { modality in
      [range(modality, isAfter: false), range(modality, isAfter: true)].compactMap(\.self)
    }
  }

  private func range(_ modality: Manifest.Modality, isAfter: Bool) -> Figure? {
    guard let statistics = modality.statistics, let scaling = modality.scaling else { return nil }
    if isAfter && modality.normalization == .none { return nil }
    var bars: [[Double]] = []
    var means: [[Double]] = []
    func value(_ value: Double, _ d: Int) -> Double {
      guard isAfter else { return value }
      let normalized = scaling.normalized(value, dimension: d)
      guard let clip = modality.clip else { return normalized }
      return max(-clip.limit, min(clip.limit, normalized))
    }
    // Of very many dimensions neighbours share a bar.
    let group = (modality.dimension + Self.greatestBars - 1) / Self.greatestBars
    for first in stride(from: 0, to: modality.dimension, by: max(group, 1)) {
      var (least, greatest, sum, count) = (Double.infinity, -Double.infinity, 0.0, 0.0)
      for d in first..<min(first + group, modality.dimension) {
        guard let low = statistics.min[d], let high = statistics.max[d] else { continue }
        least = min(least, value(low, d))
        greatest = max(greatest, value(high, d))
        sum += value(statistics.mean[d], d)
        count += 1
      }
      if count == 0 { continue }
      let place = Double(first) + Double(group - 1) / 2
      bars.append([place, least, greatest])
      means.append([place, sum / count])
    }
    guard let low = bars.map({ $0[1] }).min(), let high = bars.map({ $0[2] }).max() else { return nil }
    let when = isAfter ? "after \(modality.normalization.rawValue)" : "before normalization"
    return Figure(
      "range-\(Numbers.slug(modality.name))-\(isAfter ? "after" : "before")", "Values of \(modality.name) \(when)",
      summary:
        "\(Format.count(modality.dimension, "dimension")): from \(Format.number(low)) to \(Format.number(high)); a bar is "
        + (group > 1 ? "the range of \(group) neighbouring dimensions" : "a dimension's range")
        + " in train, the marks are means.",
      Chart(
        x: .init("dimension", -0.8...Double(max(modality.dimension, 1)) - 0.2, isWhole: true),
        y: .init(isAfter ? "normalized value (no unit)" : "value (the source's unit)"),
        [
          Chart.Series("range", .ranges(width: 0.7 * Double(max(group, 1))), .sky, bars),
          Chart.Series("mean", .points(.cross, size: modality.dimension > 40 ? 0.2 : 0.4), .ink, means),
        ]), table: isAfter ? nil : table(modality, statistics))
  }

  private func table(_ modality: Manifest.Modality, _ statistics: Manifest.Statistics) -> HTMLTable {
    var table = HTMLTable(
      "Dimensions of \(modality.name), before normalization",
      [
        .text("dimension"), .number("mean"), .number("std"), .number("min"), .number("max"), .number("NaN"),
        .number("inf"),
      ])
    for d in 0..<min(modality.dimension, 400) {
      table.add([
        modality.dimensionNames.map { "\(d) \($0[d])" } ?? "\(d)", Format.number(statistics.mean[d]),
        Format.number(statistics.std[d]), statistics.min[d].map { Format.number($0) } ?? Numbers.none,
        statistics.max[d].map { Format.number($0) } ?? Numbers.none, Format.count(statistics.nan[d]),
        Format.count(statistics.posinf[d] + statistics.neginf[d]),
      ])
    }
    return table
  }

  // MARK: Missing

  /// Along the segments' time: how many of them have no valid frame there.
  var timeline: Figure? {
    guard contents.timed > 0 else { return nil }
    let lines = contents.modalities.enumerated().compactMap { place, modality -> (String, [[Double]], Int)? in
      guard let covered = modality.covered else { return nil }
      let points = covered.enumerated().map { part, count in
        [
          100 * (Double(part) + 0.5) / Double(DatasetContents.parts),
          100 * Double(contents.timed - count) / Double(contents.timed),
        ]
      }
      return (modality.name, points, place)
    }
    guard !lines.isEmpty else { return nil }
    var table = HTMLTable(
      "Segments without a valid frame (%), along their time",
      [.text("modality")] + ["first part", "mean", "middle", "last part"].map { .number($0) })
    var parts: [String] = []
    for (name, points, _) in lines {
      let values = points.map { $0[1] }
      let mean = Numbers.mean(values) ?? 0
      table.add(
        [name] + [values[0], mean, values[values.count / 2], values[values.count - 1]].map { Format.fixed($0, 1) })
      parts.append(
        "\(name) \(Format.fixed(mean, 1))% (\(Format.fixed(values.min() ?? 0, 1)) to "
          + "\(Format.fixed(values.max() ?? 0, 1))%)")
    }
    return Figure(
      "missing", "Missing frames along the segment",
      summary:
        "Of \(Format.count(contents.timed, "segment")), so many have no valid frame at a time, on average (from the least to the most): "
        + parts.joined(separator: ", ") + ".",
      Chart(
        x: .init("time within the segment (% of its length)", 0...100), y: .init("without a valid frame (%)"),
        lines.map { Chart.Series($0.0, .line(dash: $0.2 % 5 + 1), Tone.series($0.2), $0.1) }), table: table)
  }

  /// By split and modality: samples without frames, and masked frames.
  var missing: HTMLTable {
    var table = HTMLTable(
      "What is missing",
      [
        .text("split and modality"), .number("samples"), .number("without frames"), .number("frames"),
        .number("masked"),
      ])
    for split in summary.splits {
      for modality in split.modalities {
        table.add([
          "\(split.name), \(modality.name)", Format.count(modality.samples), Format.count(modality.missing),
          Format.count(modality.frames), Format.count(modality.masked),
        ])
      }
    }
    return table
  }
}
