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
    func expect(_ figure: String, _ numbers: [String]) throws {
      let text = try #require(check.descriptions["figure-\(figure)"], "no figure \(figure)")
      for number in numbers { #expect(text.contains(number), "\(figure): no \(number) in: \(text)") }
    }
    // Lengths 5 and 10, five times each; labels −5 … 4.
    try expect("lengths-audio", ["median 5", "at most 10", "longest 10"])
    try expect("labels-1", ["mean -0.500", "deviation 2.872"])
    try expect("balance-1", ["5 negative", "1 neutral", "4 positive"])
    // Of ten segments five lack the second half: a quarter of the time on average.
    try expect("missing", ["10 segments", "audio 25.0%"])
    // 75 frames as stored, 100 padded.
    try expect("padding", ["1.3 times the frames"])
    #expect(page.contains(#"<td class="number">75</td><td class="number">100</td><td class="number">1.33</td>"#))
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

@Suite struct `The report of an ablation` {
  static let table = """
    setting,model,component,order,classes,masks,seeds,parameters,seconds_mean,seconds_std,mae_mean,mae_std,f1_macro_has0_mean,f1_macro_has0_std
    full,grf,full,text+vision+audio,2,true,3,12345,10.5,0.5,0.75,0.02,0.81,0.011
    "no-gate-mean, <b>",grf,no-gate,text+vision+audio,2,true,1,12000,9,,0.875,,0.79,
    mult,mult,,text+vision+audio,2,true,3,99999,100,2,nan,nan,,

    """

  private func page(_ table: String) throws -> String {
    let folder = try TemporaryFolder()
    try Data(table.utf8).write(to: URL(filePath: folder.file("ablation.csv")))
    return try Reports.page([folder.path], to: folder.file("page.html"))
  }

  @Test func `has bars with deviations, and all numbers as a table`() throws {
    let page = try page(Self.table)
    let check = try PageCheck(page)
    #expect(page.contains("0.810 ± 0.011") && page.contains("10.5 ± 0.5") && check.text.contains("no-gate-mean, <b>"))
    if !Reports.isGnuplotMissing {
      let text = try #require(check.descriptions["figure-ablation-f1-macro-has0"])
      #expect(text.contains("full with 0.810 ± 0.011"))
      let error = try #require(check.descriptions["figure-ablation-mae"])
      #expect(error.contains("Lowest: full with 0.750 ± 0.020"))
      #expect(check.descriptions["figure-ablation-acc7"] == nil)
    }
  }

  @Test func `that has begun says that there is nothing yet`() throws {
    #expect(try page("setting,model\n").contains("holds no setting yet"))
  }

  @Test(arguments: ["", "name\n", "setting,model\na\n", "setting,model\na,b,c\n"])
  func `that is damaged is refused`(table: String) throws {
    #expect(throws: ReportingError.self) { try page(table) }
  }
}
