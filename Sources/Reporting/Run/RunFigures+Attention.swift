internal import Terminals

extension RunFigures {
  /// Words down one drawing; more are left out.
  private static let greatestWords = 60

  /// Where attention lay in some samples, a figure a modality: the best predicted of strong labels on either side, and the
  /// worst.
  func attention(_ embedding: EmbeddingFile, _ facts: SampleFacts?) -> [Page.Block] {
    let attentions = Dictionary(grouping: embedding.attentions, by: \.modality).sorted { $0.key < $1.key }
    let chosen = chosen(embedding)
    if attentions.isEmpty || chosen.isEmpty { return [] }
    let slugs = attentions.map { Numbers.slug($0.key) }
    let names = Set(slugs).count == slugs.count ? slugs : slugs.indices.map { "\($0 + 1)" }
    var single: Set<String> = []
    var figures: [Figure] = []
    for (place, chosen) in chosen.enumerated() {
      for (number, attention) in attentions.enumerated() {
        let memory = Memory(embedding, attention.value, chosen.sample, modality: attention.key, facts)
        // One frame receives everything: nothing to draw.
        if memory.count == 1 { single.insert(attention.key) }
        if memory.count < 2 { continue }
        figures.append(
          figure(
            "\(prefix)-attention-\(place + 1)-\(names[number])", memory, embedding.id(chosen.sample), chosen.title))
      }
    }
    let remark = "Where there is one frame, it receives everything (\(single.sorted().joined(separator: ", ")))."
    return [
      .html(
        .paragraph(
          "How much of the attention each word or frame received, averaged over queries, layers and heads: 1 in all. Were it "
            + "spread evenly, each would have what the dotted line marks." + (single.isEmpty ? "" : " " + remark)))
    ] + (figures.isEmpty ? [] : [.figures(figures)])
  }

  private func chosen(_ embedding: EmbeddingFile) -> [(sample: Int, title: String)] {
    guard let labels = embedding.column("label"), let predictions = embedding.column("prediction") else {
      return Numbers.spread(3, of: embedding.sampleCount).map { ($0, "sample \($0 + 1) of the split") }
    }
    let known = labels.indices.filter { labels[$0].isFinite && predictions[$0].isFinite }
    func error(_ sample: Int) -> Double { abs(Double(labels[sample]) - Double(predictions[sample])) }
    let strong = known.filter { abs(labels[$0]) >= 1 }
    let picked =
      SampleCards.least(1, of: strong.filter { labels[$0] > 0 }, error)
      + SampleCards.least(1, of: strong.filter { labels[$0] < 0 }, error)
      + SampleCards.least(2, of: known) { -error($0) }
    var seen: Set<Int> = []
    return picked.filter { seen.insert($0).inserted }.map { sample in
      let label = Format.fixed(Double(labels[sample]), 2)
      return (sample, "true \(label), predicted \(Format.fixed(Double(predictions[sample]), 2))")
    }
  }

  /// The frames of one modality in a sample, and what each received of every attention over them.
  private struct Memory {
    let modality: String
    /// By attention; as many weights as frames.
    let rows: [(title: String, weights: [Double])]
    /// The word at each frame; nil where the modality has none.
    let words: [String]?
    /// In seconds; nil where the dataset keeps no times.
    let starts: [Double]?

    init(
      _ embedding: EmbeddingFile, _ attentions: [EmbeddingFile.Attention], _ sample: Int, modality: String,
      _ facts: SampleFacts?
    ) {
      self.modality = modality
      let found = attentions.map { (Self.spelled($0.name), embedding.weights($0, sample)) }
      let frames = found.first?.1.frames ?? []
      rows = found.filter { $0.1.frames == frames }.map { (title: $0.0, weights: $0.1.weights) }
      let id = embedding.id(sample)
      words = facts?.words(id, modality: modality, frames: frames)
      starts = facts?.starts(id, modality: modality, frames: frames)
    }

    var count: Int { rows.first?.weights.count ?? 0 }

    /// What a frame is called in a sentence.
    func title(_ frame: Int) -> String {
      if let words { return "“\(words[frame])”" }
      if let starts { return "\(Format.fixed(starts[frame], 2)) s" }
      return "frame \(frame + 1)"
    }

    /// `0.decoder_1` as `stage 0, decoder 1`.
    private static func spelled(_ name: String) -> String {
      let parts = name.split(separator: ".", maxSplits: 1)
      let text = parts.count == 2 && Int(parts[0]) != nil ? "stage \(parts[0]), \(parts[1])" : name
      return text.replacing("_", with: " ")
    }
  }

  private func figure(_ name: String, _ memory: Memory, _ id: String, _ title: String) -> Figure {
    let over = memory.modality.isEmpty ? "" : " over \(memory.modality)"
    let parts = memory.rows.compactMap { row -> String? in
      guard let most = row.weights.indices.max(by: { row.weights[$0] < row.weights[$1] }) else { return nil }
      let times = row.weights[most] * Double(memory.count)
      return "\(row.title): most on \(memory.title(most)), \(Numbers.fixed(row.weights[most])), "
        + "\(Numbers.fixed(times, 2)) times an even share"
    }
    var table = HTMLTable(
      "Attention\(over)", [.text(memory.words == nil ? "frame" : "word")] + memory.rows.map { .number($0.title) })
    for frame in 0..<memory.count {
      table.add([memory.title(frame)] + memory.rows.map { Numbers.fixed($0.weights[frame], 4) })
    }
    let left = memory.words == nil ? 0 : max(0, memory.count - Self.greatestWords)
    return Figure(
      name, "Attention\(over), \(id)",
      summary: Numbers.sentence(title) + ". " + Numbers.sentence(parts.joined(separator: "; "))
        + "; \(Format.count(memory.count, "frame")) in all."
        + (left > 0 ? " The last \(Format.count(left)) are not drawn." : ""),
      memory.words.map { Self.wordChart($0, memory.rows) } ?? Self.frameChart(memory.starts, memory.rows), table: table)
  }

  /// Words from the first, at the top, down; what each received, to the right.
  private static func wordChart(_ words: [String], _ rows: [(title: String, weights: [Double])]) -> Chart {
    let shown = words.prefix(greatestWords)
    let series = rows.enumerated().map { place, row in
      let points = row.weights.prefix(greatestWords).enumerated().map { [$0.element, Double($0.offset)] }
      return rows.count == 1
        ? Chart.Series(row.title, .sidewaysBars(height: 0.64), .blue, points)
        : Chart.Series(
          row.title, .points(Chart.Shape.series[place % 6], size: 0.7), Tone.series(place), points)
    }
    return Chart(
      x: .init("share of the attention (0 to 1)", 0...end(rows)),
      y: .init(
        "word", -0.6...Double(shown.count) - 0.4,
        ticks: shown.enumerated().map { .init(title: Labels.beginning($1, to: 20), place: Double($0)) },
        isReversed: true),
      series, rules: [Chart.Rule(course: .vertical(1 / Double(words.count)), title: "an even share")],
      height: 110 + 15 * shown.count)
  }

  /// Frames by the second at which they begin, or in their order.
  private static func frameChart(_ starts: [Double]?, _ rows: [(title: String, weights: [Double])]) -> Chart {
    let count = rows.first?.weights.count ?? 0
    let series = rows.enumerated().map { place, row in
      let points = row.weights.enumerated().map { [starts?[$0.offset] ?? Double($0.offset + 1), $0.element] }
      let shape = Chart.Shape.series[place % 6]
      return Chart.Series(
        row.title, count > 60 ? .line(dash: place + 1) : .markedLine(shape, dash: place + 1), Tone.series(place),
        points)
    }
    return Chart(
      x: .init(starts == nil ? "frame (number)" : "begin of the frame (seconds)", isWhole: starts == nil),
      y: .init("share of the attention (0 to 1)", 0...end(rows)), series,
      rules: [Chart.Rule(course: .horizontal(1 / Double(max(count, 1))), title: "an even share")])
  }

  private static func end(_ rows: [(title: String, weights: [Double])]) -> Double {
    let greatest = rows.flatMap(\.weights).filter(\.isFinite).max() ?? 1
    return max(greatest * 1.06, 1e-6)
  }
}
