import Foundation
import Shards
import TestDatasets
import TestSupport
import Testing

@testable import Reporting

@Suite struct `The report of runs`: ~Copyable {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

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
    ("metrics.jsonl", "{\"epoch\":1"), ("metrics.jsonl", "[]\n"),
    ("metrics.jsonl", "{\"epoch\":9223372036854775807,\"split\":\"train\",\"loss\":1}"),
    ("metrics.jsonl", "{\"epoch\":0,\"split\":\"train\",\"loss\":1}"),
    ("test.json", "{\"best_epoch\": 9223372036854775807}"),
    ("test.json", "{\"best_epoch\": 1.5}"), ("test.json", "[1]"), ("test.json", ""),
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

  @Test func `the greatest epoch that is read is drawn`() throws {
    try ExampleRun().write(to: folder.file("run"), files: ["config.yaml"])
    let lines = [1, 1 << 53].map { "{\"epoch\":\($0),\"split\":\"valid\",\"loss\":\($0 == 1 ? 2 : 1),\"mae\":0.5}\n" }
    try Data(lines.joined().utf8).write(to: URL(filePath: folder.file("run/metrics.jsonl")))
    let page = try Reports.page([folder.file("run")], to: folder.file("page.html"))
    #expect(page.contains("<th scope=\"row\" class=\"number\">9007199254740992</th>"))
  }

  @Test func `a text that is too large is named, and the rest is shown`() throws {
    try ExampleRun().write(to: folder.file("run"))
    let file = try FileHandle(forWritingTo: URL(filePath: folder.file("run/metrics.jsonl")))
    try file.truncate(atOffset: UInt64(RunFolder.greatestText + 1))
    try file.close()
    let page = try Reports.page([folder.file("run")], to: folder.file("page.html"))
    #expect(page.contains("metrics.jsonl cannot be used") && page.contains("are more than the 512"))
    #expect(page.contains("40 samples: correlation") || Reports.isGnuplotMissing)
  }

  @Test func `of one sample there is no deviation`() throws {
    #expect(
      Numbers.deviation([]) == nil && Numbers.deviation([2]) == nil && Numbers.deviation([1, 3]) == 2.0.squareRoot())
    var run = ExampleRun(samples: 2)
    (run.samples[0].label, run.samples[1].label) = (-1, 1)
    try run.write(to: folder.file("run"))
    let figures = RunFigures(run: try RunFolder(folder.file("run")), prefix: "run")
    let columns = try #require(figures.run.predictions)
    let scatter = try #require(figures.predictions(columns).first?.table)
    #expect(scatter.rows.map { $0[3] } == ["–", "–"])
    let lengths = try #require(figures.errorByLength(columns, seconds: [1, 2]))
    #expect(lengths.table?.rows.map { $0[3] } == ["–", "–"] && lengths.chart.series[1].points.isEmpty)
    try run.embedding().write(to: folder.file("e"))
    let gates = try #require(figures.gates(try EmbeddingFile(folder.file("e"))))
    #expect(gates.table?.rows.map { $0[4] } == ["–", "–", "–", "–"] && gates.chart.series[1].points.isEmpty)
  }

  @Test func `a folder that is no run is refused`() throws {
    try ExampleRun().write(to: folder.file("sweep/runs/trial-000"))
    let error = #expect(throws: ReportingError.holdsRuns(path: folder.file("sweep"))) {
      try Reports.page([folder.file("sweep")], to: "unused")
    }
    #expect(error?.description.hasSuffix("give the runs in it: \(folder.file("sweep"))/runs/*") == true)
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
    let gone = try RunReport(
      [folder.file("run")],
      sources: .init(dataset: { try Dataset.open($0) }, embedding: { _, _ in nil })
    ).write(to: folder.file("page.html"))
    #expect(gone.count { $0.hasPrefix("run: The dataset cannot be read") } == 1)
    try RaggedDataset.trainable().save(to: folder.file("other"))
    try ExampleRun().write(to: folder.file("run"), dataset: folder.file("other"))
    #expect(
      try Reports.page([folder.file("run")], to: folder.file("page.html")).contains(
        "is not the one that the run was trained on"))
  }

  @Test func `a dataset without words is said to have none, once`() throws {
    let data = RaggedDataset.trainable()
    let schema = ShardSchema(
      labels: data.schema.labels, modalities: data.schema.modalities.filter { $0.content != .tokens }, keepsTimes: false
    )
    let kept = data.schema.modalities.indices.filter { data.schema.modalities[$0].content != .tokens }
    let splits = data.splits.map { split in
      (
        name: split.name,
        samples: split.samples.map { sample in
          var sample = sample
          sample.modalities = kept.map { sample.modalities[$0] }
          return sample
        }
      )
    }
    try RaggedDataset(schema: schema, splits: splits).save(to: folder.file("data"))
    let content = try Dataset.open(folder.file("data")).manifest.content
    for name in ["a", "b"] {
      try ExampleRun().write(to: folder.file(name), dataset: folder.file("data"), content: content)
    }
    let page = try Reports.page([folder.file("a"), folder.file("b")], to: folder.file("page.html"))
    #expect(page.ranges(of: "The dataset keeps no words: convert it with --modality words as well").count == 1)
  }

  /// A run whose five samples are those of a dataset's test split; both are written.
  private func runOverDataset() throws -> (run: ExampleRun, dataset: Dataset) {
    try RaggedDataset.trainable(17, 4, 5).save(to: folder.file("data"))
    let dataset = try Dataset.open(folder.file("data"))
    let split = try #require(dataset.split(named: "test"))
    var run = ExampleRun(samples: 5)
    for sample in 0..<5 { run.samples[sample].id = split.locate(sample).shard.id(split.locate(sample).sample) }
    try run.write(to: folder.file("run"), dataset: folder.file("data"), content: dataset.manifest.content)
    return (run, dataset)
  }

  @Test func `words and lengths come from the dataset`() throws {
    let (run, dataset) = try runOverDataset()
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
    let (run, dataset) = try runOverDataset()
    let split = try #require(dataset.split(named: "test"))
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
