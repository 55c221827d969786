import Evaluation
import Foundation
import Shards
import TestDatasets
import TestSupport
import Testing

@testable import Reporting

/// What figures say in numbers, held against the files that they are drawn from.
@Suite(.enabled(if: !Reports.isGnuplotMissing, "gnuplot is not installed (tools/setup)"))
struct `The figures of runs`: ~Copyable {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func fixed(_ value: Double, _ decimals: Int = 3) -> String { String(format: "%.\(decimals)f", value) }

  @Test func `three numbers of each figure are those of the run's files`() throws {
    let run = ExampleRun()
    try run.write(to: folder.file("run"))
    try run.embedding().write(to: folder.file("e.safetensors"))
    let check = try PageCheck(
      try Reports.page(
        [folder.file("run")], to: folder.file("page.html"),
        embeddings: [folder.file("run"): folder.file("e.safetensors")]))
    var held: Set<String> = []
    func expect(_ figure: String, _ numbers: [String]) throws {
      held.insert("figure-run-\(figure)")
      try check.expect("run-\(figure)", numbers)
    }
    try expect("loss", ["1.75", "0.875", "1 at the best", "The best epoch is 4 of 5"])
    try expect("error", ["1.125 to 0.625", "0.5625 at the best", "0.875 to 0.4375"])
    try expect("agreement", ["0.5 to 0.75", "0.6875 at the best", "0.75 to 0.75"])
    try expect("rate", ["0.001 to 0.001", "4 of 5"])
    let (labels, predictions) = (run.samples.compactMap(\.label), run.samples.map(\.prediction))
    let metrics = Metrics(predictions: predictions, labels: labels)
    try expect("scatter", ["40 samples", fixed(try #require(metrics[.corr])), fixed(try #require(metrics[.mae]))])
    let right = zip(labels, predictions).count {
      max(-3, min(3, $0)).rounded(.toNearestOrEven) == max(-3, min(3, $1)).rounded(.toNearestOrEven)
    }
    try expect("confusion-7", ["\(right) of 40", fixed(try #require(metrics[.acc7]))])
    let sides = zip(labels, predictions).count { ($0 >= 0) == ($1 >= 0) }
    try expect("confusion-2", ["\(sides) of 40", fixed(try #require(metrics[.acc2Has0]))])
    let byVideo = Dictionary(grouping: run.samples) { String($0.id.prefix { $0 != "[" }) }.mapValues { samples in
      samples.map { abs(Double($0.prediction) - Double($0.label ?? 0)) }.reduce(0, +) / Double(samples.count)
    }
    try expect(
      "videos", [fixed(try #require(byVideo.values.min())), fixed(try #require(byVideo.values.max())), "4 videos"])
    let (least, most) = (labels.map(Self.rounded).min() ?? 0, labels.map(Self.rounded).max() ?? 0)
    try expect(
      "gates",
      [
        "mean gate 0.250 over 40 samples", "0.625", "0.250 at label \(least) and 0.250 at label \(most)",
        "0.625 at label \(least)",
      ])
    // Of three frames the last has 3/6 of one head and 1/3 of the other.
    for sample in 1...4 { try expect("attention-\(sample)-text", ["frame 3, 0.417, 1.25 times", "3 frames in all"]) }
    for stage in ["first", "0", "1"] {
      let strength: Float = ["first": 0.1, "0": 1, "1": 3][stage] ?? 0
      let states = Self.states(run, strength: strength)
      let silhouette = "in all 6 dimensions: \(fixed(silhouetteByHand(run, states)))"
      let shares = Self.shares(states).map { "\(Int((100 * $0).rounded()))%" }
      try expect(
        "stage-\(stage)-pca",
        ["40 samples", "first component holds \(shares[0])", "the second \(shares[1])", silhouette])
      try expect("stage-\(stage)-tsne", ["40 samples", "perplexity 13", silhouette])
    }
    #expect(Set(check.descriptions.keys) == held, "a figure whose numbers nobody has computed")
  }

  private static func rounded(_ label: Float) -> Int { Int(max(-3, min(3, label)).rounded(.toNearestOrEven)) }

  /// Those that ``ExampleRun/embedding(frames:)`` makes, point by point.
  private static func states(_ run: ExampleRun, strength: Float) -> [[Double]] {
    run.samples.enumerated().map { s, sample in
      [Double(strength * (sample.label ?? 0))] + (1..<6).map { Double(ExampleRun.noise(s, $0)) }
    }
  }

  /// The two greatest eigenvalues of the points' scatter, as parts of all, by multiplying a vector until it turns no more.
  private static func shares(_ points: [[Double]]) -> [Double] {
    let width = points[0].count
    let columns = (0..<width).map { d in centred(points.map { $0[d] }) }
    var scatter = columns.map { a in columns.map { b in dot(a, b) } }
    let whole = columns.reduce(0.0) { $0 + dot($1, $1) }
    return (0..<2).map { _ in
      var vector = (0..<width).map { 1 / Double($0 + 2) }
      var value = 0.0
      for _ in 0..<4000 {
        let product = scatter.map { dot($0, vector) }
        value = dot(product, product).squareRoot()
        vector = product.map { $0 / value }
      }
      for a in 0..<width {
        for b in 0..<width { scatter[a][b] -= value * vector[a] * vector[b] }
      }
      return value / whole
    }
  }

  private static func centred(_ values: [Double]) -> [Double] {
    let mean = values.reduce(0, +) / Double(values.count)
    return values.map { $0 - mean }
  }

  private static func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }

  private func silhouetteByHand(_ run: ExampleRun, _ points: [[Double]]) -> Double {
    let chosen = run.samples.indices.filter { run.samples[$0].label != 0 }
    func distance(_ a: Int, _ b: Int) -> Double {
      zip(points[a], points[b]).map { ($0 - $1) * ($0 - $1) }.reduce(0, +).squareRoot()
    }
    func isPositive(_ s: Int) -> Bool { run.samples[s].label ?? 0 > 0 }
    let values = chosen.map { s -> Double in
      let own = chosen.filter { $0 != s && isPositive($0) == isPositive(s) }.map { distance(s, $0) }
      let other = chosen.filter { isPositive($0) != isPositive(s) }.map { distance(s, $0) }
      let (a, b) = (own.reduce(0, +) / Double(own.count), other.reduce(0, +) / Double(other.count))
      return (b - a) / max(a, b)
    }
    return values.reduce(0, +) / Double(values.count)
  }

  @Test func `of several runs say each one's best and last value`() throws {
    for name in ["a", "b"] { try ExampleRun().write(to: folder.file(name)) }
    let check = try PageCheck(try Reports.page([folder.file("a"), folder.file("b")], to: folder.file("page.html")))
    try check.expect("compare-error", ["a: lowest 0.563, in epoch 4, last 0.625", "b: lowest 0.563, in epoch 4"])
    try check.expect("compare-agreement", ["a: highest 0.750, in epoch 1, last 0.750", "b: highest 0.750"])
    try check.expect("compare-loss", ["a: lowest 0.875, in epoch 5, last 0.875", "b: lowest 0.875"])
  }

  @Test func `of errors by length say how long segments are, and how far the groups are off`() throws {
    var data = RaggedDataset.trainable(17, 4, 10)
    for sample in 0..<10 { data.splits[2].samples[sample].end = Double(1 + sample) }
    try data.save(to: folder.file("data"))
    let dataset = try Dataset.open(folder.file("data"))
    var run = ExampleRun(samples: 10)
    for sample in 0..<10 { run.samples[sample].id = data.splits[2].samples[sample].id }
    try run.write(to: folder.file("run"), dataset: folder.file("data"), content: dataset.manifest.content)
    let check = try PageCheck(try Reports.page([folder.file("run")], to: folder.file("page.html")))
    // Two samples a group, in their order.
    let errors = run.samples.map { abs(Double($0.prediction) - Double($0.label ?? 0)) }
    try check.expect(
      "run-lengths",
      [
        "10 samples of 1.0 to 10.0 s", "shortest group is \(fixed((errors[0] + errors[1]) / 2))",
        "longest \(fixed((errors[8] + errors[9]) / 2))", "5 groups",
      ])
  }
}
