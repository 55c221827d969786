internal import Shards
internal import Terminals

/// The figures of a dataset.
struct DatasetFigures {
  let manifest: Manifest
  let summary: DatasetSummary
  let contents: DatasetContents

  // MARK: Lengths

  /// For each modality: how many samples have at most so many frames, by split.
  var lengths: [Figure] {
    contents.modalities.enumerated().compactMap { m, modality in
      var series: [Chart.Series] = []
      var parts: [String] = []
      var table = HTMLTable(
        "Lengths of \(modality.name) in frames",
        [
          .text("split"), .number("samples"), .number("min"), .number("median"), .number("p90"), .number("p99"),
          .number("max"),
        ])
      for (s, counts) in modality.lengths.enumerated() {
        let whole = counts.values.reduce(0, +)
        guard whole > 0, let lengths = summary.splits[s].modalities[m].lengths else { continue }
        series.append(
          Chart.Series(contents.splits[s], .line(dash: s + 1), Tone.series(s), Self.cumulated(counts, whole)))
        parts.append(
          "\(contents.splits[s]): median \(lengths.median), 99% at most \(lengths.p99), longest \(lengths.maximum)")
        table.add([
          contents.splits[s], Format.count(whole), Format.count(lengths.minimum), Format.count(lengths.median),
          Format.count(lengths.p90), Format.count(lengths.p99), Format.count(lengths.maximum),
        ])
      }
      if series.isEmpty { return nil }
      return Figure(
        "lengths-\(Numbers.slug(modality.name))", "Length of \(modality.name)",
        summary: parts.joined(separator: "; ") + ".",
        Chart(
          x: .init("length (frames)", isWhole: true), y: .init("at most that long (% of samples)", 0...100), series),
        table: table)
    }
  }

  private static func cumulated(_ counts: [Int: Int], _ whole: Int) -> [[Double]] {
    var sum = 0
    var points: [[Double]] = []
    for (length, count) in counts.sorted(by: { $0.key < $1.key }) {
      points.append([Double(length), 100 * Double(sum) / Double(whole)])
      sum += count
      points.append([Double(length), 100 * Double(sum) / Double(whole)])
    }
    return points
  }

  // MARK: Labels

  /// For each label column: samples by rounded label, and the sides of zero, by split.
  var labels: [Figure] {
    manifest.labels.indices.flatMap { label in [histogram(label), balance(label)].compactMap(\.self) }
  }

  private func histogram(_ label: Int) -> Figure? {
    let splits = summary.splits.filter { $0.labels[label].count > 0 }
    guard !splits.isEmpty else { return nil }
    let name = manifest.labels[label]
    let width = 0.8 / Double(splits.count)
    var table = HTMLTable(
      "Samples by rounded \(name)", [.text("split")] + (-3...3).map { .number($0 > 0 ? "+\($0)" : "\($0)") })
    let series = splits.enumerated().map { place, split in
      let counts = split.labels[label].histogram
      table.add([split.name] + counts.map { Format.count($0) })
      let offset = (Double(place) + 0.5) * width - 0.4
      return Chart.Series(
        split.name, .bars(width: width * 0.92), Tone.series(place),
        counts.enumerated().map {
          [Double($0.offset - 3) + offset, 100 * Double($0.element) / Double(split.labels[label].count)]
        })
    }
    let parts = splits.map { split in
      let label = split.labels[label]
      let deviation = label.count > 1 ? label.deviation : nil
      return "\(split.name): mean \(Numbers.fixed(label.mean)), deviation \(Numbers.fixed(deviation)) over "
        + Format.count(label.count, "sample")
    }
    return Figure(
      "labels-\(label + 1)", "Label \(name)",
      summary: parts.joined(separator: "; ") + ". In each group the splits stand in this order from the left.",
      Chart(
        x: .init("\(name), rounded", -3.6...3.6, ticks: Self.classTicks), y: .init("samples of the split (%)"),
        series), table: table)
  }

  /// Each of the seven classes: of them every other one would be left without a tick.
  private static let classTicks = (-3...3).map { Chart.Tick(title: $0 > 0 ? "+\($0)" : "\($0)", place: Double($0)) }

  private func balance(_ label: Int) -> Figure? {
    let splits = summary.splits.filter { $0.labels[label].count > 0 }
    guard !splits.isEmpty else { return nil }
    let name = manifest.labels[label]
    var table = HTMLTable(
      "Sides of zero of \(name)", [.text("split"), .number("negative"), .number("neutral"), .number("positive")])
    var bars: [Side: [[Double]]] = [:]
    var places: [[Double]] = []
    var texts: [String] = []
    for (place, split) in splits.enumerated() {
      let counts = [split.labels[label].negative, split.labels[label].neutral, split.labels[label].positive]
      table.add([split.name] + counts.map { Format.count($0) })
      var start = 0.0
      for (side, count) in zip(Side.allCases, counts) {
        let part = 100 * Double(count) / Double(split.labels[label].count)
        bars[side, default: []].append([start, start + part, Double(place)])
        if part >= 8 {
          places.append([start + part / 2, Double(place)])
          texts.append("\(Int(part.rounded()))%")
        }
        start += part
      }
    }
    let parts = splits.map { split in
      let label = split.labels[label]
      return "\(split.name): \(Format.count(label.negative)) negative, \(Format.count(label.neutral)) neutral, "
        + "\(Format.count(label.positive)) positive"
    }
    return Figure(
      "balance-\(label + 1)", "Balance of \(name)", summary: parts.joined(separator: "; ") + ".",
      Chart(
        x: .init("samples of the split (%)", 0...100),
        y: .init(
          "split", -0.6...Double(splits.count) - 0.4,
          ticks: splits.enumerated().map { .init(title: $1.name, place: Double($0)) }, isReversed: true),
        Side.allCases.map { Chart.Series($0.title, .sidewaysRanges(height: 0.6), $0.tone, bars[$0] ?? []) }
          + [Chart.Series(nil, .labels(texts), .surface, places)],
        height: 110 + 34 * splits.count), table: table)
  }

  // MARK: Padding

  /// How many times the frames there would be if samples were padded to the longest of their split.
  var padding: Figure? {
    var table = HTMLTable(
      "Frames as stored, and padded to the longest sample of the split",
      [.text("split and modality"), .number("stored"), .number("padded"), .number("times")])
    var bars: [[Double]] = []
    var ticks: [Chart.Tick] = []
    for split in summary.splits {
      for modality in split.modalities where modality.frames > 0 {
        let times = Double(modality.paddedFrames) / Double(modality.frames)
        table.add([
          "\(split.name), \(modality.name)", Format.count(modality.frames), Format.count(modality.paddedFrames),
          Format.fixed(times, 2),
        ])
        ticks.append(.init(title: "\(split.name) \(modality.name)", place: Double(bars.count)))
        bars.append([times, Double(bars.count)])
      }
    }
    guard !bars.isEmpty else { return nil }
    let parts = summary.splits.compactMap { split -> String? in
      guard let frames = split.paddedFramesRatio, let bytes = split.paddedBytesRatio else { return nil }
      let numbers = split.modalities.filter { $0.frameBytes > 0 }
      return "\(split.name): \(Format.count(numbers.reduce(0) { $0 + $1.frames })) frames of numbers as stored, "
        + "\(Format.count(numbers.reduce(0) { $0 + $1.paddedFrames })) padded; \(Format.fixed(frames, 1)) times the frames, "
        + "\(Format.fixed(bytes, 1)) times the bytes"
    }
    return Figure(
      "padding", "What padding would cost", summary: parts.joined(separator: "; ") + ".",
      Chart(
        x: .init("padded / stored (times)", 0...(bars.map { $0[0] }.max() ?? 1) * 1.06),
        y: .init("split and modality", -0.6...Double(bars.count) - 0.4, ticks: ticks, isReversed: true),
        [Chart.Series(nil, .sidewaysBars(height: 0.64), .blue, bars)],
        rules: [.init(course: .vertical(1), title: nil)], height: 80 + 19 * bars.count), table: table)
  }
}
