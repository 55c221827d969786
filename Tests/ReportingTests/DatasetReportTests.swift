import Foundation
import Shards
import TestDatasets
import TestSupport
import Testing

@testable import Reporting

@Suite struct `The report of a dataset`: ~Copyable {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func write(_ dataset: RaggedDataset) throws -> (page: String, dataset: Dataset) {
    try dataset.save(to: folder.file("data"))
    let opened = try Dataset.open(folder.file("data"))
    _ = try DatasetReport(opened, summary: DatasetSummary(opened)).write(to: folder.file("page.html"))
    return (try String(contentsOfFile: folder.file("page.html"), encoding: .utf8), opened)
  }

  /// Words and numbers with times: of ten samples every other one lacks the second half of its audio.
  private static func timed() -> RaggedDataset {
    let schema = ShardSchema(
      labels: ["sentiment"], modalities: [ModalitySchema(name: "audio", content: .values(.f32, dimension: 1))],
      keepsTimes: true)
    let samples = (0..<10).map { place in
      let count = place % 2 == 0 ? 10 : 5
      return RaggedDataset.Sample(
        id: "v[\(place)]", start: 0, end: 10, labels: [Float(place - 5)],
        modalities: [
          RaggedDataset.Frames(
            frames: (0..<count).map { TensorBytes.of([Float($0)]) }, valid: Array(repeating: true, count: count),
            times: (0..<count).flatMap { [Float($0), Float($0 + 1)] })
        ])
    }
    return RaggedDataset(schema: schema, splits: [("train", samples)])
  }

  @Test(.enabled(if: !Reports.isGnuplotMissing, "gnuplot is not installed (tools/setup)"))
  func `numbers of each figure are those of the samples`() throws {
    let (page, _) = try write(Self.timed())
    let check = try PageCheck(page)
    let expect = { try check.expect($0, $1) }
    // Lengths 5 and 10, five times each; labels −5 … 4.
    try expect("lengths-audio", ["median 5", "at most 10", "longest 10"])
    try expect("labels-1", ["mean -0.500", "deviation 2.872", "over 10 samples"])
    try expect("balance-1", ["5 negative", "1 neutral", "4 positive"])
    // Of ten segments five lack the second half: a quarter of the time on average.
    try expect("missing", ["10 segments", "audio 25.0% (0.0 to 50.0%)"])
    // 75 frames as stored, 100 padded.
    try expect(
      "padding", ["75 frames of numbers as stored", "100 padded", "1.3 times the frames", "1.3 times the bytes"])
    // The ranges have a test of their own.
    #expect(
      Set(check.descriptions.keys)
        == Set(
          ["lengths-audio", "labels-1", "balance-1", "missing", "padding", "range-audio-before", "range-audio-after"]
            .map { "figure-\($0)" }), "a figure whose numbers nobody has computed")
    #expect(page.contains(#"<td class="number">75</td><td class="number">100</td><td class="number">1.33</td>"#))
  }

  @Test(.enabled(if: !Reports.isGnuplotMissing, "gnuplot is not installed (tools/setup)"))
  func `ranges of values are those of the manifest's statistics`() throws {
    try RaggedDataset.trainable().save(to: folder.file("data"))
    let dataset = try Dataset.open(folder.file("data"))
    // Each dimension d spans from −(d + 1) to 2 (d + 1), with mean d and deviation 1/2 + d.
    var manifest = dataset.manifest
    for (place, modality) in manifest.modalities.enumerated() where modality.statistics != nil {
      let dimensions = (0..<modality.dimension).map(Double.init)
      manifest.modalities[place].statistics?.min = dimensions.map { -($0 + 1) }
      manifest.modalities[place].statistics?.max = dimensions.map { 2 * ($0 + 1) }
      manifest.modalities[place].statistics?.mean = dimensions
      manifest.modalities[place].statistics?.std = dimensions.map { 0.5 + $0 }
    }
    let figures = DatasetFigures(
      manifest: manifest, summary: DatasetSummary(dataset), contents: DatasetContents(dataset)
    ).ranges
    let page = Page(title: "P", subtitle: "", sections: [.init("values", "Values", [.figures(figures)])])
    _ = try PageWriter(gnuplot: Gnuplot.found()).write(page, to: folder.file("page.html"), figures: nil)
    let check = try PageCheck(try String(contentsOfFile: folder.file("page.html"), encoding: .utf8))
    for (name, width) in [("text", 3), ("audio", 2), ("vision", 4)] {
      try check.expect("range-\(name)-before", ["\(width) dimensions", "from -\(width) to \(2 * width)"])
      // The least is (−(d + 1) − d) / (1/2 + d) of every d, the greatest (2 (d + 1) − d) / (1/2 + d) of the first.
      try check.expect("range-\(name)-after", ["\(width) dimensions", "from -2 to 4"])
    }
  }

  @Test func `times far beyond a segment are no trouble`() throws {
    var dataset = Self.timed()
    dataset.splits[0].samples[0].modalities[0].times = [Float](repeating: 0, count: 20)
    dataset.splits[0].samples[0].modalities[0].times[0...3] = [-1e30, 1e30, 1e30, .greatestFiniteMagnitude]
    try dataset.save(to: folder.file("data"))
    let contents = DatasetContents(try Dataset.open(folder.file("data")))
    #expect(contents.modalities[0].covered?.first == 10 && contents.modalities[0].covered?.last == 5)
  }

  @Test func `the deviation of one label is not known`() throws {
    let (page, _) = try write(.trainable(1, 0, 0))
    #expect(Reports.isGnuplotMissing || page.contains("deviation – over 1 sample."))
  }

  @Test func `what is covered along the time is counted part by part`() throws {
    try Self.timed().save(to: folder.file("data"))
    let contents = DatasetContents(try Dataset.open(folder.file("data")))
    #expect(contents.timed == 10)
    #expect(contents.modalities[0].covered == Array(repeating: 10, count: 25) + Array(repeating: 5, count: 25))
    #expect(contents.modalities[0].lengths == [[5: 5, 10: 5]])
  }

  @Test func `a dataset without times says that there is no time line`() throws {
    let (page, _) = try write(.trainable())
    let check = try PageCheck(page)
    #expect(page.contains("bear no times") && check.elements["h2"] == 7)
  }

  @Test(arguments: [0, 1]) func `empty splits and single samples are no trouble`(count: Int) throws {
    let (page, _) = try write(.trainable(count, 0, 0))
    _ = try PageCheck(page)
  }

  @Test func `no text from outside becomes markup`() throws {
    var dataset = RaggedDataset.trainable()
    dataset.schema.labels = ["<script>\"&'{_^"]
    dataset.ledger = [
      LedgerEntry(id: "<script>&\"[1]", modality: "text", reason: .missing, detail: "<b>\n")
    ]
    let check = try PageCheck(try write(dataset).page)
    #expect(check.elements["script"] == nil && check.text.contains("<script>&\"[1]"))
  }
}
