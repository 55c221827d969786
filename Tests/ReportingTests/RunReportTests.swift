import Evaluation
import Foundation
import Shards
import TestDatasets
import TestSupport
import Testing

@testable import Reporting

@Suite struct `The report of runs`: ~Copyable {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func fixed(_ value: Double, _ decimals: Int = 3) -> String { String(format: "%.\(decimals)f", value) }

  @Test(.enabled(if: !Reports.isGnuplotMissing, "gnuplot is not installed (tools/setup)"))
  func `three numbers of each figure are those of the run's files`() throws {
    let run = ExampleRun()
    try run.write(to: folder.file("run"))
    try run.embedding().write(to: folder.file("e.safetensors"))
    let page = try Reports.page(
      [folder.file("run")], to: folder.file("page.html"), embeddings: [folder.file("run"): folder.file("e.safetensors")]
    )
    let check = try PageCheck(page)
    func expect(_ figure: String, _ numbers: [String]) throws {
      let text = try #require(check.descriptions["figure-run-\(figure)"], "no figure \(figure)")
      for number in numbers { #expect(text.contains(number), "\(figure): no \(number) in: \(text)") }
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
    try expect("gates", ["0.250", "0.625"])
    // Of three frames the last has 3/6 of one head and 1/3 of the other.
    for sample in 1...4 { try expect("attention-\(sample)-text", ["frame 3, 0.417, 1.25 times", "3 frames in all"]) }
    for stage in ["first", "0", "1"] {
      let strength: Float = ["first": 0.1, "0": 1, "1": 3][stage] ?? 0
      let silhouette = fixed(silhouetteByHand(run, strength: strength))
      try expect("stage-\(stage)-pca", ["40 samples", silhouette])
      try expect("stage-\(stage)-tsne", ["40 samples", "perplexity 13", silhouette])
    }
  }

  /// Over the states that ``ExampleRun/embedding(frames:)`` makes, point by point.
  private func silhouetteByHand(_ run: ExampleRun, strength: Float) -> Double {
    let points = run.samples.enumerated().map { s, sample in
      [Double(strength * (sample.label ?? 0))] + (1..<6).map { Double(ExampleRun.noise(s, $0)) }
    }
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

  @Test func `the headline stands beside both baselines, and what is undefined is a dash`() throws {
    try ExampleRun().write(to: folder.file("run"))
    let page = try Reports.page([folder.file("run")], to: folder.file("page.html"))
    #expect(
      page.contains(
        #"<th scope="row" class="text">mean absolute error</th><td class="number">0.438</td><td class="number">1.375</td>"#
      ))
    #expect(page.contains(#"<td class="number">0.210</td><td class="number">–</td>"#))
  }

  @Test(arguments: [
    (["config.yaml"], "no epoch has ended yet"), (["config.yaml", "metrics.jsonl"], "nothing was tested"),
    (["config.yaml", "metrics.jsonl", "test.json"], "single samples are left out"),
    (["metrics.jsonl"], "the configuration is not known"),
  ])
  func `an incomplete run is shown as far as it is`(files: [String], remark: String) throws {
    try ExampleRun().write(to: folder.file("run"), content: nil, files: Set(files))
    let page = try Reports.page([folder.file("run")], to: folder.file("page.html"))
    _ = try PageCheck(page)
    #expect(page.contains(remark))
    #expect(page.contains("figure-run-loss") == files.contains("metrics.jsonl"))
  }

  @Test(arguments: [
    ("metrics.jsonl", "{\"epoch\":1"), ("metrics.jsonl", "[]\n"), ("test.json", "[1]"), ("test.json", ""),
    ("predictions-test.csv", ""), ("predictions-test.csv", "id,label\na,1\n"),
    ("predictions-test.csv", "id,label,prediction\na,b,c\n"), ("config.yaml", "{{"), ("best.safetensors", "no"),
    ("profile.json", "\u{0}"),
  ])
  func `a damaged file is named, and the rest is shown`(name: String, content: String) throws {
    try ExampleRun().write(to: folder.file("run"))
    try Data(content.utf8).write(to: URL(filePath: folder.file("run/\(name)")))
    let page = try Reports.page([folder.file("run")], to: folder.file("page.html"))
    _ = try PageCheck(page)
    #expect(page.contains("\(name) cannot be used"))
  }

  @Test func `a folder that is no run is refused`() throws {
    #expect(throws: ReportingError.notARun(path: folder.path)) { try Reports.page([folder.path], to: "unused") }
    #expect(throws: ReportingError.notARun(path: "/nowhere/at/all")) {
      try Reports.page(["/nowhere/at/all/"], to: "unused")
    }
  }

  static let hostile = [
    "<script>alert(1)</script>[0]", "a\"&'b[1]", "line\nbreak[2]", "comma,comma[3]", "{x}_y^z@[4]", "\\\"'quote[5]",
    "\u{1B}[31mred[6]", "]]>[7]", "ünï 漢字 \u{202E}[8]", "[9]", "",
  ]

  @Test func `no text from outside becomes markup`() throws {
    var run = ExampleRun(samples: Self.hostile.count)
    for (place, id) in Self.hostile.enumerated() { run.samples[place].id = id }
    try run.write(to: folder.file("<b>&\"run'"))
    let embedding = run.embedding()
    try embedding.write(to: folder.file("e.safetensors"))
    let path = folder.file("<b>&\"run'")
    let page = try Reports.page([path], to: folder.file("page.html"), embeddings: [path: folder.file("e.safetensors")])
    let check = try PageCheck(page)
    #expect(check.elements["script"] == nil && check.elements["b"] == nil)
    #expect(check.text.contains("<script>alert(1)</script>") && check.text.contains("<b>&\"run'"))
    #expect(check.text.contains("\\u{1b}") && !page.unicodeScalars.contains("\u{1B}"))
  }

  @Test func `a run whose dataset is gone, or is another one, says so`() throws {
    try ExampleRun().write(to: folder.file("run"), dataset: folder.file("gone"))
    #expect(
      try Reports.page([folder.file("run")], to: folder.file("page.html")).contains("The dataset cannot be read"))
    try RaggedDataset.trainable().save(to: folder.file("other"))
    try ExampleRun().write(to: folder.file("run"), dataset: folder.file("other"))
    #expect(
      try Reports.page([folder.file("run")], to: folder.file("page.html")).contains(
        "is not the one that the run was trained on"))
  }

  @Test func `runs stand side by side, the best values marked`() throws {
    for (name, seed) in [("a", 0), ("b", 1)] { try ExampleRun().write(to: folder.file("x/\(name)"), seed: seed) }
    let better = ExampleRun.test.replacing("\"mae\": 0.4375", with: "\"mae\": 0.375")
    try Data(better.utf8).write(to: URL(filePath: folder.file("x/b/test.json")))
    let page = try Reports.page([folder.file("x/a"), folder.file("x/b")], to: folder.file("page.html"))
    _ = try PageCheck(page)
    #expect(page.contains("Side by side") && page.contains(#"<td class="number best">0.375</td>"#))
    #expect(!page.contains(#"<td class="number best">0.438</td>"#))
    #expect(page.contains("figure-compare-error") && page.contains("figure-run-2-loss"))
    #expect(!page.contains("different datasets"))
  }

  @Test func `runs over different datasets are marked, and not compared with each other`() throws {
    try ExampleRun().write(to: folder.file("a/run"), content: "aa")
    try ExampleRun().write(to: folder.file("b/run"), content: "bb")
    let page = try Reports.page([folder.file("a/run"), folder.file("b/run")], to: folder.file("page.html"))
    #expect(page.contains("different datasets") && !page.contains("best\">"))
    // Two of one name bear their paths.
    #expect(page.contains("a/run: Learning") && page.contains("b/run: Learning"))
  }

  @Test func `words and lengths come from the dataset`() throws {
    try RaggedDataset.trainable(17, 4, 5).save(to: folder.file("data"))
    let dataset = try Dataset.open(folder.file("data"))
    let split = try #require(dataset.split(named: "test"))
    var run = ExampleRun(samples: 5)
    for sample in 0..<5 { run.samples[sample].id = split.locate(sample).shard.id(split.locate(sample).sample) }
    try run.write(to: folder.file("run"), dataset: folder.file("data"), content: dataset.manifest.content)
    let facts = try #require(SampleFacts(dataset, split: "test"))
    let page = try Reports.page([folder.file("run")], to: folder.file("page.html"))
    for sample in run.samples {
      let words = try #require(facts.words(sample.id))
      #expect(page.contains(words.isEmpty ? "(no words)" : HTML.escaped(words.joined(separator: " "))))
    }
    #expect(facts.words("nobody") == nil && facts.seconds("nobody").isNaN)
  }

  @Test(arguments: [0, 1, 2, 3]) func `few samples are no trouble`(count: Int) throws {
    let run = ExampleRun(samples: count, videos: 1)
    try run.write(to: folder.file("run"))
    try run.embedding().write(to: folder.file("e.safetensors"))
    let page = try Reports.page(
      [folder.file("run")], to: folder.file("page.html"), embeddings: [folder.file("run"): folder.file("e.safetensors")]
    )
    _ = try PageCheck(page)
  }

  @Test func `predictions without labels, and such that are not finite, are left out`() throws {
    var run = ExampleRun(samples: 6)
    for place in 0..<6 { run.samples[place].label = nil }
    try run.write(to: folder.file("run"))
    #expect(
      try Reports.page([folder.file("run")], to: folder.file("page.html")).contains("No prediction has a label"))
    run = ExampleRun(samples: 6)
    run.samples[0].prediction = .nan
    run.samples[1].prediction = .infinity
    try run.write(to: folder.file("run"))
    let page = try Reports.page([folder.file("run")], to: folder.file("page.html"))
    #expect(page.contains("4 samples: correlation"))
  }

  @Test func `an embedding that is none is named`() throws {
    try ExampleRun().write(to: folder.file("run"))
    try Data("no".utf8).write(to: URL(filePath: folder.file("e")))
    let page = try Reports.page(
      [folder.file("run")], to: folder.file("page.html"), embeddings: [folder.file("run"): folder.file("e")])
    #expect(page.contains("What goes on inside the model is left out") && page.contains("no embedding"))
  }

  @Test(.enabled(if: !Reports.isGnuplotMissing, "gnuplot is not installed (tools/setup)"))
  func `attention is drawn over words where there are some, and over time elsewhere`() throws {
    try RaggedDataset.trainable(17, 4, 5).save(to: folder.file("data"))
    let dataset = try Dataset.open(folder.file("data"))
    let split = try #require(dataset.split(named: "test"))
    var run = ExampleRun(samples: 5)
    for sample in 0..<5 { run.samples[sample].id = split.locate(sample).shard.id(split.locate(sample).sample) }
    try run.write(to: folder.file("run"), dataset: folder.file("data"), content: dataset.manifest.content)
    let facts = try #require(SampleFacts(dataset, split: "test"))
    #expect(facts.words("nobody", modality: "text", frames: [0]) == nil)
    #expect(facts.starts("nobody", modality: "text", frames: [0]) == nil)
    for (place, example) in run.samples.enumerated() {
      let (shard, sample) = split.locate(place)
      let ranges = try ["text", "words"].map {
        shard.frameRange(sample: sample, modality: try #require(shard.modality(named: $0)))
      }
      let words = try #require(shard.modality(named: "words"))
      let isSpoken = ranges[0].count == ranges[1].count
      let expected =
        ranges[1].map { isSpoken ? shard.tokenText($0, modality: words) : "–" }.prefix(isSpoken ? 9 : 0)
        + (isSpoken ? [] : ranges[0].map { _ in "–" })
      let frames = Array(-1...ranges[0].count)
      #expect(
        facts.words(example.id, modality: "text", frames: frames) == ["(missing)"] + expected + ["(missing)"])
      #expect(facts.words(example.id, modality: "audio", frames: [0]) == nil)
      // The dataset keeps no times.
      #expect(facts.starts(example.id, modality: "audio", frames: [0]) == nil)
    }
    try run.embedding(frames: 5).write(to: folder.file("e"))
    let page = try Reports.page(
      [folder.file("run")], to: folder.file("page.html"), embeddings: [folder.file("run"): folder.file("e")],
      figures: folder.file("figures"))
    let check = try PageCheck(page)
    #expect(check.descriptions["figure-run-attention-1-text"]?.contains("most on “") == true)
    #expect(FileManager.default.fileExists(atPath: folder.file("figures/run-attention-1-text.png")))
  }

  @Test func `attention of layers and heads is averaged, and sums to 1`() throws {
    let run = ExampleRun(samples: 12)
    try run.embedding(frames: 4).write(to: folder.file("e"))
    let embedding = try EmbeddingFile(folder.file("e"))
    let attention = try #require(embedding.attentions.first)
    #expect(embedding.attentions.count == 1 && attention.heads == 2 && attention.modality == "text")
    let (frames, weights) = embedding.weights(attention, 11)
    #expect(frames == [0, 1, 2, 3])
    // The mean of the two heads: (1, 2, 3, 4) / 10 and (1, 1, 1, 1) / 4.
    for (place, weight) in weights.enumerated() { #expect(abs(weight - (Double(place + 1) / 10 + 0.25) / 2) < 1e-6) }
  }
}
