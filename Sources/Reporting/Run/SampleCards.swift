internal import Terminals

/// Single samples of a run: the worst, the best, and where attention lay.
struct SampleCards {
  let columns: PredictionColumns
  let facts: SampleFacts?

  static let shown = 6

  /// The samples with the greatest errors, and those with the least.
  func extremes() -> [HTML] {
    let samples = columns.comparable
    if samples.isEmpty { return [] }
    let worst = Self.least(Self.shown, of: samples) { -columns.error($0) }
    let best = Self.least(Self.shown, of: samples) { columns.error($0) }
    return [.element("h3", [:], "Worst"), list(worst), .element("h3", [:], "Best"), list(best)]
  }

  /// The `count` samples with the least keys, ties by place, in one pass.
  static func least(_ count: Int, of samples: [Int], _ key: (Int) -> Double) -> [Int] {
    var kept: [(key: Double, sample: Int)] = []
    for sample in samples {
      let value = key(sample)
      if kept.count == count, let last = kept.last, value >= last.key { continue }
      let place = kept.firstIndex { $0.key > value } ?? kept.count
      kept.insert((value, sample), at: place)
      if kept.count > count { kept.removeLast() }
    }
    return kept.map(\.sample)
  }

  private func list(_ samples: [Int]) -> HTML {
    .element(
      "ul", ["class": "samples"],
      samples.map { sample in
        let id = columns.id(sample)
        var content: [HTML] = [
          .element("p", ["class": "id"], id),
          .element(
            "p", ["class": "figures-line"],
            "true \(Format.fixed(Double(columns.labels[sample]), 2)), predicted "
              + "\(Format.fixed(Double(columns.predictions[sample]), 2)), off by \(Format.fixed(columns.error(sample), 2))"
              + seconds(id)),
        ]
        if let words = facts?.words(id) {
          content.append(.element("p", [:], words.isEmpty ? "(no words)" : words.joined(separator: " ")))
        }
        return .element("li", ["class": "sample"], content)
      })
  }

  private func seconds(_ id: String) -> String {
    guard let seconds = facts?.seconds(id), seconds.isFinite else { return "" }
    return ", \(Format.fixed(seconds, 1)) s long"
  }

  // MARK: Attention

  /// Frames in a strip; more are left out.
  private static let greatestStrip = 60

  /// Where attention lay in some samples: the best predicted of strong labels on either side, and the worst.
  func attention(_ embedding: EmbeddingFile) -> [HTML] {
    let attentions = embedding.attentions
    if attentions.isEmpty { return [] }
    let items = chosen(embedding).map { sample, title in
      let id = embedding.id(sample)
      var content: [HTML] = [.element("p", ["class": "id"], id), .element("p", ["class": "figures-line"], title)]
      for attention in attentions {
        let (frames, weights) = embedding.weights(attention, sample)
        content.append(strip(attention, id, frames, weights))
      }
      return HTML.element("li", ["class": "sample"], content)
    }
    if items.isEmpty { return [] }
    return [
      .paragraph(
        "How much of the attention each word or frame received, averaged over queries, layers and heads. The small number is "
          + "the part in a thousand; the shade is relative to an even spread: none below it, and darker from once, 1.5, 2.5 and 4 "
          + "times it. Frames without words bear the second at which they begin."),
      .element("ul", ["class": "samples"], items),
    ]
  }

  private func chosen(_ embedding: EmbeddingFile) -> [(sample: Int, title: String)] {
    guard let labels = embedding.column("label"), let predictions = embedding.column("prediction") else {
      return Numbers.spread(3, of: embedding.sampleCount).map { ($0, "sample \($0 + 1) of the split") }
    }
    let known = labels.indices.filter { labels[$0].isFinite && predictions[$0].isFinite }
    func error(_ sample: Int) -> Double { abs(Double(labels[sample]) - Double(predictions[sample])) }
    let strong = known.filter { abs(labels[$0]) >= 1 }
    let picked =
      Self.least(1, of: strong.filter { labels[$0] > 0 }, error)
      + Self.least(1, of: strong.filter { labels[$0] < 0 }, error)
      + Self.least(2, of: known) { -error($0) }
    var seen: Set<Int> = []
    return picked.filter { seen.insert($0).inserted }.map { sample in
      let label = Format.fixed(Double(labels[sample]), 2)
      return (sample, "true \(label), predicted \(Format.fixed(Double(predictions[sample]), 2))")
    }
  }

  /// `0.decoder_1` as `stage 0, decoder 1`.
  private static func spelled(_ name: String) -> String {
    let parts = name.split(separator: ".", maxSplits: 1)
    let text = parts.count == 2 && Int(parts[0]) != nil ? "stage \(parts[0]), \(parts[1])" : name
    return text.replacing("_", with: " ")
  }

  private func strip(_ attention: EmbeddingFile.Attention, _ id: String, _ frames: [Int], _ weights: [Double]) -> HTML {
    let titles = facts?.titles(id, modality: attention.modality, frames: frames) ?? frames.map { "\($0)" }
    let even = 1 / Double(max(weights.count, 1))
    let spans = zip(titles, weights).prefix(Self.greatestStrip).map { title, weight in
      let times = weight / even
      let level = times < 1 ? 0 : times < 1.5 ? 1 : times < 2.5 ? 2 : times < 4 ? 3 : 4
      return HTML.element(
        "span", ["class": "w\(level)"],
        [
          .text(title), .element("sub", [:], "\(Int((weight * 1000).rounded()))"),
        ])
    }
    let rest = weights.count - spans.count
    let title =
      "\(Self.spelled(attention.name))\(attention.modality.isEmpty ? "" : ", over \(attention.modality)")"
    return .element(
      "p", ["class": "weights"],
      [.element("span", ["class": "tag"], title), .text(" ")]
        + spans.flatMap { [$0, .text(" ")] }
        + (rest > 0 ? [.text("… and \(Format.count(rest)) more")] : []))
  }
}
