internal import Terminals

extension RunFigures {
  /// The mean absolute error by video: the worst of them, and the best.
  func errorByVideo(_ columns: PredictionColumns) -> Figure? {
    var groups: [String: [Double]] = [:]
    for sample in columns.comparable { groups[columns.video(sample), default: []].append(columns.error(sample)) }
    guard !groups.isEmpty else { return nil }
    let videos = groups.map { (name: $0.key, count: $0.value.count, error: Numbers.mean($0.value) ?? 0) }
      .sorted { ($0.error, $0.name) > ($1.error, $1.name) }
    let half = 8
    let shown = videos.count <= 2 * half ? videos : Array(videos.prefix(half) + videos.suffix(half))
    var table = HTMLTable("Error by video", [.text("video"), .number("samples"), .number("mean absolute error")])
    for video in shown { table.add([video.name, Format.count(video.count), Numbers.fixed(video.error)]) }
    let whole = Numbers.mean(columns.comparable.map { columns.error($0) }) ?? 0
    let names = Labels.apart(shown.map(\.name), to: 16)
    let ticks = shown.enumerated().map { place, video in
      Chart.Tick(title: "\(names[place]) (\(video.count))", place: Double(place))
    }
    let part = shown.count < videos.count ? " Drawn are the \(half) worst and the \(half) best." : ""
    return Figure(
      "\(prefix)-videos", "Error by video (samples)",
      summary: "\(Format.count(videos.count, "video")): the mean absolute error goes from "
        + "\(Numbers.fixed(videos.last?.error)) (\(videos.last?.name ?? "")) to \(Numbers.fixed(videos.first?.error)) "
        + "(\(videos.first?.name ?? "")); over all samples it is \(Numbers.fixed(whole)), the dotted line." + part,
      Chart(
        x: .init("mae (sentiment)", 0...max(videos.first?.error ?? 1, whole, 1e-9) * 1.08),
        y: .init(
          "video", -0.6...Double(shown.count) - 0.4, ticks: ticks, isReversed: true),
        [
          Chart.Series(
            nil, .sidewaysBars(height: 0.64), .blue, shown.enumerated().map { [$0.element.error, Double($0.offset)] })
        ], rules: [.init(course: .vertical(whole), title: nil)], height: 90 + 18 * shown.count), table: table)
  }

  /// The mean absolute error by how long segments are, in five groups of equally many.
  ///
  /// - Parameter seconds: by sample, NaN where it is not known.
  func errorByLength(_ columns: PredictionColumns, seconds: [Double]) -> Figure? {
    let samples = columns.comparable.filter { seconds[$0].isFinite }
      .sorted { (seconds[$0], $0) < (seconds[$1], $1) }
    guard samples.count >= 2 else { return nil }
    let groups = min(5, samples.count)
    var table = HTMLTable(
      "Error by segment length",
      [.text("length"), .number("samples"), .number("mean absolute error"), .number("standard error")])
    var bars: [[Double]] = []
    var deviations: [[Double]] = []
    var ticks: [Chart.Tick] = []
    for group in 0..<groups {
      let part = samples[group * samples.count / groups..<(group + 1) * samples.count / groups]
      guard let first = part.first, let last = part.last else { continue }
      let errors = part.map { columns.error($0) }
      let mean = Numbers.mean(errors) ?? 0
      let error = Numbers.deviation(errors).map { $0 / Double(errors.count).squareRoot() }
      let title = "\(Format.fixed(seconds[first], 1))–\(Format.fixed(seconds[last], 1))"
      table.add([title + " s", Format.count(errors.count), Numbers.fixed(mean), Numbers.fixed(error)])
      bars.append([Double(group), mean])
      if let error { deviations.append([Double(group), mean, error]) }
      ticks.append(.init(title: title, place: Double(group)))
    }
    return Figure(
      "\(prefix)-lengths", "Error by segment length",
      summary: "\(Format.count(samples.count, "sample")) of \(Format.fixed(seconds[samples[0]], 1)) to "
        + "\(Format.fixed(seconds[samples[samples.count - 1]], 1)) s: the mean absolute error of the shortest group is "
        + "\(Numbers.fixed(bars.first?[1])), of the longest \(Numbers.fixed(bars.last?[1])); \(groups) groups of equally "
        + "many samples, whiskers are standard errors.",
      Chart(
        x: .init("length of the segment (s)", -0.6...Double(groups) - 0.4, ticks: ticks),
        y: .init("mean absolute error (sentiment)"),
        [
          Chart.Series(nil, .bars(width: 0.64), .blue, bars), Chart.Series(nil, .deviations, .ink, deviations),
        ]), table: table)
  }
}
