internal import Terminals

/// Single samples of a run: the worst and the best.
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
}
