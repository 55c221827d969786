internal import Terminals

extension RunFigures {
  /// As many points as are projected; of more samples, these many evenly apart.
  static let greatestProjection = 2500

  /// The state after each stage of the fusion in two dimensions, and how far the labels lie apart there.
  func stages(_ embedding: EmbeddingFile) throws(ReportingError) -> (
    figures: [Figure], table: HTMLTable?, note: String?
  ) {
    let labels = embedding.column("label")
    let samples = Numbers.spread(Self.greatestProjection, of: embedding.sampleCount)
    var figures: [Figure] = []
    var table = HTMLTable(
      "How far labels lie apart, stage by stage",
      [
        .text("state"), .number("dimensions"), .number("silhouette, negative or positive"),
        .number("variance in the first two components"),
      ])
    var left = 0
    for stage in embedding.stages {
      var points: [Double] = []
      var kept: [Int] = []
      for sample in samples {
        let row = embedding.row(stage.state, sample)
        guard row.allSatisfy(\.isFinite) else {
          left += 1
          continue
        }
        kept.append(sample)
        points += row.map(Double.init)
      }
      if kept.count < 3 || stage.state.width == 0 { continue }
      let sides = labels.map { labels in kept.map { labels[$0].isFinite ? Side(labels[$0]) : nil } }
      let silhouette = sides.flatMap { Self.silhouette(points, width: stage.state.width, $0) }
      var principal = try PrincipalComponents(points, width: stage.state.width)
      // The pictures of all stages have the positive samples on the same side.
      if let labels { principal.orient(by: kept.map { Double(labels[$0]) }) }
      let share = principal.shares.0 + principal.shares.1
      table.add([
        stage.title, "\(stage.state.width)", Numbers.fixed(silhouette),
        Format.percent(Int((share * 1000).rounded()), of: 1000),
      ])
      let apart = silhouette.map { " Silhouette of negative against positive: \(Format.fixed($0, 3))." } ?? ""
      figures.append(
        Figure(
          "\(prefix)-stage-\(stage.name)-pca", "State \(stage.title): principal components",
          summary:
            "\(Format.count(kept.count, "sample")); the first component holds \(Self.percent(principal.shares.0)) of the "
            + "variance, the second \(Self.percent(principal.shares.1))." + apart,
          Self.scatter(
            x: "first component (no unit)", y: "second component (no unit)", principal.x, principal.y, sides)))
      let affinities = Affinities(points, width: stage.state.width, perplexity: 30)
      let neighbours = NeighbourEmbedding(affinities, from: principal)
      figures.append(
        Figure(
          "\(prefix)-stage-\(stage.name)-tsne", "State \(stage.title): neighbourhoods (t-SNE)",
          summary:
            "\(Format.count(kept.count, "sample")), perplexity 30: near points were near; distances between groups mean "
            + "little. Divergence \(Numbers.fixed(neighbours.divergences.last))." + apart,
          Self.scatter(
            x: "t-SNE 1 (no unit)", y: "t-SNE 2 (no unit)", neighbours.x.map(Double.init),
            neighbours.y.map(Double.init),
            sides)))
    }
    var notes: [String] = []
    if samples.count < embedding.sampleCount {
      notes.append(
        "\(Format.count(samples.count)) of \(Format.count(embedding.sampleCount, "sample")) are drawn, evenly apart.")
    }
    if left > 0 { notes.append("\(Format.count(left, "state")) that are not finite were left out.") }
    return (figures, table.rows.isEmpty ? nil : table, notes.isEmpty ? nil : notes.joined(separator: " "))
  }

  private static func percent(_ share: Double) -> String { Format.percent(Int((share * 1000).rounded()), of: 1000) }

  /// Of the samples that are on either side of zero.
  private static func silhouette(_ points: [Double], width: Int, _ sides: [Side?]) -> Double? {
    var chosen: [Double] = []
    var groups: [Int] = []
    for (place, side) in sides.enumerated() {
      guard let side, side != .neutral else { continue }
      chosen += points[place * width..<(place + 1) * width]
      groups.append(side == .positive ? 1 : 0)
    }
    return Separation.silhouette(chosen, width: width, groups: groups)
  }

  private static func scatter(x: String, y: String, _ xs: [Double], _ ys: [Double], _ sides: [Side?]?) -> Chart {
    let size = xs.count > 800 ? 0.35 : 0.5
    guard let sides else {
      let points = zip(xs, ys).map { [$0, $1] }
      return Chart(x: .init(x), y: .init(y), [Chart.Series("a sample", .points(.disc, size: size), .blue, points)])
    }
    // Neutral ones last, so that the few are seen.
    let series = [Side.negative, .positive, .neutral].map { side in
      let points = zip(xs, ys).enumerated().filter { sides[$0.offset] == side }.map { [$0.element.0, $0.element.1] }
      return Chart.Series(side.title, .points(side.shape, size: size), side.tone, points)
    }
    return Chart(x: .init(x), y: .init(y), series, height: 300)
  }

  // MARK: Gates

  /// The mean gate of each stage by rounded label: how much of the newcomer's candidate is let in.
  func gates(_ embedding: EmbeddingFile) -> Figure? {
    guard let labels = embedding.column("label") else { return nil }
    var table = HTMLTable(
      "Gate by stage and rounded label",
      [.text("stage"), .number("label"), .number("samples"), .number("mean gate"), .number("deviation")])
    var series: [Chart.Series] = []
    var parts: [String] = []
    for stage in embedding.stages {
      guard let gate = stage.gate else { continue }
      var groups: [Int: [Double]] = [:]
      for sample in 0..<embedding.sampleCount where labels[sample].isFinite {
        let row = embedding.row(gate, sample)
        guard !row.isEmpty, row.allSatisfy(\.isFinite) else { continue }
        let group = Int(max(-3, min(3, labels[sample])).rounded(.toNearestOrEven))
        groups[group, default: []].append(row.reduce(0) { $0 + Double($1) } / Double(row.count))
      }
      let place = series.count / 2
      var means: [[Double]] = []
      var deviations: [[Double]] = []
      for (group, values) in groups.sorted(by: { $0.key < $1.key }) {
        let (mean, deviation) = (Numbers.mean(values) ?? 0, Numbers.deviation(values))
        // Side by side, where stages would cover each other.
        let x = Double(group) + 0.08 * Double(place)
        means.append([x, mean])
        deviations.append([x, mean, deviation])
        table.add([
          stage.title, "\(group)", Format.count(values.count), Numbers.fixed(mean, 4), Numbers.fixed(deviation, 4),
        ])
      }
      let all = groups.values.flatMap(\.self)
      parts.append("\(stage.title): mean gate \(Numbers.fixed(Numbers.mean(all)))")
      series.append(
        Chart.Series(
          stage.title, .markedLine(Chart.Shape.series[place % 6], dash: place + 1), Tone.series(place), means))
      series.append(Chart.Series(nil, .deviations, Tone.series(place), deviations))
    }
    guard !table.rows.isEmpty else { return nil }
    return Figure(
      "\(prefix)-gates", "Gate by stage and label",
      summary: parts.joined(separator: "; ")
        + ". 0 keeps what was there, 1 takes the candidate of the modality that is folded in; whiskers are deviations over samples.",
      Chart(x: .init("rounded label (sentiment)", -3.4...3.4), y: .init("mean gate (0 to 1)"), series, height: 290),
      table: table)
  }
}
