internal import Terminals

extension RunFigures {
  /// As many points as are projected; of more samples, these many evenly apart.
  static let greatestProjection = 2500

  /// The state after each stage of the fusion in two dimensions, and how far the labels lie apart there.
  func stages(_ embedding: EmbeddingFile) throws(ReportingError) -> [Page.Block] {
    let samples = Numbers.spread(Self.greatestProjection, of: embedding.sampleCount)
    var components: [Figure] = []
    var neighbourhoods: [Figure] = []
    var table = HTMLTable(
      "How far labels lie apart, stage by stage",
      [
        .text("state"), .number("dimensions"), .number("silhouette, negative or positive"),
        .number("variance in two components"),
      ])
    var left = 0
    for stage in embedding.stages {
      let states = States(embedding, stage, samples)
      left = max(left, samples.count - states.samples.count)
      if states.samples.count < 3 || states.width == 0 { continue }
      var principal = try PrincipalComponents(states.points, width: states.width)
      // The pictures of all stages have the positive samples on the same side.
      if let labels = states.labels { principal.orient(by: labels.map(Double.init)) }
      table.add([
        stage.title, "\(states.width)", Numbers.fixed(states.silhouette),
        Self.percent(principal.shares.0 + principal.shares.1),
      ])
      components.append(picture(of: principal, stage, states))
      neighbourhoods.append(neighbours(from: principal, stage, states))
    }
    var notes: [String] = []
    if samples.count < embedding.sampleCount {
      notes.append(
        "\(Format.count(samples.count)) of \(Format.count(embedding.sampleCount, "sample")) are drawn, evenly apart.")
    }
    if left > 0 { notes.append("States that are not finite were left out, up to \(Format.count(left)) a stage.") }
    if table.rows.isEmpty { return notes.map { .html(.note($0)) } }
    return notes.map { .html(.note($0)) } + [.table(table), .figures(components), .figures(neighbourhoods)]
  }

  /// Some samples' states at a stage, without those that are not finite.
  private struct States {
    let samples: [Int]
    /// `[samples, width]`.
    let points: [Double]
    let width: Int
    /// NaN where a sample has none.
    let labels: [Float]?

    init(_ embedding: EmbeddingFile, _ stage: EmbeddingFile.Stage, _ samples: [Int]) {
      var points: [Double] = []
      var kept: [Int] = []
      for sample in samples {
        let row = embedding.row(stage.state, sample)
        guard row.allSatisfy(\.isFinite) else { continue }
        kept.append(sample)
        points += row.map(Double.init)
      }
      self.samples = kept
      self.points = points
      width = stage.state.width
      labels = embedding.column("label").map { labels in kept.map { labels[$0] } }
    }

    var sides: [Side?]? { labels.map { $0.map { $0.isFinite ? Side($0) : nil } } }

    /// Of the samples that are on either side of zero.
    var silhouette: Double? {
      guard let labels else { return nil }
      var chosen: [Double] = []
      var groups: [Int] = []
      for (place, label) in labels.enumerated() where label.isFinite && label != 0 {
        chosen += points[place * width..<(place + 1) * width]
        groups.append(label > 0 ? 1 : 0)
      }
      return Separation.silhouette(chosen, width: width, groups: groups)
    }

    /// A sentence on it: it is no property of the picture.
    var separation: String {
      silhouette.map {
        " The silhouette of negative against positive, in all \(Format.count(width, "dimension")): \(Format.fixed($0, 3))."
      } ?? ""
    }
  }

  private func picture(of principal: PrincipalComponents, _ stage: EmbeddingFile.Stage, _ states: States) -> Figure {
    Figure(
      "\(prefix)-stage-\(stage.name)-pca", "Components, \(stage.title)",
      summary: "\(Format.count(states.samples.count, "sample")); the first component holds "
        + "\(Self.percent(principal.shares.0)) of the variance, the second \(Self.percent(principal.shares.1))."
        + states.separation,
      Self.scatter(
        x: "first component (no unit)", y: "second component (no unit)", principal.x, principal.y, states.sides))
  }

  private func neighbours(from principal: PrincipalComponents, _ stage: EmbeddingFile.Stage, _ states: States) -> Figure
  {
    let affinities = Affinities(states.points, width: states.width, perplexity: 30)
    var picture = NeighbourEmbedding(affinities, from: principal)
    if let labels = states.labels { picture.orient(by: labels.map(Double.init)) }
    return Figure(
      "\(prefix)-stage-\(stage.name)-tsne", "Neighbourhoods, \(stage.title)",
      summary:
        "t-SNE of \(Format.count(states.samples.count, "sample")), perplexity \(Format.number(affinities.perplexity, digits: 2)): what is near was near; distances "
        + "between groups mean little. Divergence \(Numbers.fixed(picture.divergences.last))." + states.separation,
      Self.scatter(
        x: "t-SNE 1 (no unit)", y: "t-SNE 2 (no unit)", picture.x.map(Double.init), picture.y.map(Double.init),
        states.sides))
  }

  private static func gate(_ groups: [Int: [Double]], _ label: Int?) -> String {
    label.map { "\(Numbers.fixed(Numbers.mean(groups[$0] ?? []))) at label \($0)" } ?? Numbers.none
  }

  private static func percent(_ share: Double) -> String { Format.percent(Int((share * 1000).rounded()), of: 1000) }

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
        guard let mean = Numbers.mean(values) else { continue }
        let deviation = Numbers.deviation(values)
        // Side by side, where stages would cover each other.
        let x = Double(group) + 0.08 * Double(place)
        means.append([x, mean])
        if let deviation { deviations.append([x, mean, deviation]) }
        table.add([
          stage.title, "\(group)", Format.count(values.count), Numbers.fixed(mean, 4), Numbers.fixed(deviation, 4),
        ])
      }
      let all = groups.values.flatMap(\.self)
      parts.append(
        "\(stage.title): mean gate \(Numbers.fixed(Numbers.mean(all))) over \(Format.count(all.count, "sample"))"
          + (means.count < 2
            ? "" : ", \(Self.gate(groups, groups.keys.min())) and \(Self.gate(groups, groups.keys.max()))"))
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
