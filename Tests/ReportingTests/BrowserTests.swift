import Foundation
import Shards
import TestDatasets
import TestSupport
import Testing

@testable import Reporting

@Suite(
  .serialized, .enabled(if: Browser.path != nil, "no Chromium on the path (tools/setup)"),
  .enabled(if: !Reports.isGnuplotMissing, "gnuplot is not installed (tools/setup)"))
struct `In a browser` {
  @Test(arguments: Browser.views) func `every figure of a run has a size, and nothing overflows`(view: Browser.View)
    throws
  {
    let folder = try TemporaryFolder()
    try RaggedDataset.trainable(20, 5, 40).save(to: folder.file("data"))
    let dataset = try Dataset.open(folder.file("data"))
    let split = try #require(dataset.split(named: "test"))
    var embeddings: [String: String] = [:]
    for (number, name) in ["a", "a-rather-long-name-of-a-run-that-goes-on-and-on-0123456789"].enumerated() {
      var run = ExampleRun(samples: 40, videos: 20, seed: UInt64(number + 1))
      for sample in 0..<40 { run.samples[sample].id = split.locate(sample).shard.id(split.locate(sample).sample) }
      try run.write(to: folder.file(name), dataset: folder.file("data"), content: dataset.manifest.content)
      try run.embedding(frames: 6).write(to: folder.file("\(name).safetensors"))
      embeddings[folder.file(name)] = folder.file("\(name).safetensors")
    }
    try Data(`The report of an ablation`.orders.utf8).write(to: URL(filePath: folder.file("ablation.csv")))
    _ = try Reports.page(
      [folder.path] + embeddings.keys.sorted(), to: folder.file("page.html"), embeddings: embeddings)
    try check(folder.file("page.html"), "run", view, figures: 30)
  }

  @Test(arguments: Browser.views) func `every figure of a dataset has a size, and nothing overflows`(view: Browser.View)
    throws
  {
    let folder = try TemporaryFolder()
    try RaggedDataset.trainable(200, 40, 60).save(to: folder.file("data"))
    let dataset = try Dataset.open(folder.file("data"))
    _ = try DatasetReport(dataset, summary: DatasetSummary(dataset)).write(to: folder.file("page.html"))
    try check(folder.file("page.html"), "dataset", view, figures: 10)
  }

  private func check(_ page: String, _ name: String, _ view: Browser.View, figures: Int) throws {
    let picture = Project.file(".build/screenshots/\(name)-\(view.width)-\(view.isDark ? "dark" : "light").png")
    let measures = try Browser.measure(page, in: view, screenshot: picture)
    #expect(measures.width == view.width && measures.dark == view.isDark)
    #expect(measures.background == (view.isDark ? "rgb(20, 24, 29)" : "rgb(255, 255, 255)"))
    #expect(measures.figures >= figures && measures.empty == [])
    #expect(measures.overflow <= 0 && measures.wide == [] && measures.cut == [])
    #expect(measures.overprinted == [])
    #expect(measures.smallest >= 9, "text \(measures.smallest) px high")
    #expect(FileManager.default.fileExists(atPath: picture))
  }
}
