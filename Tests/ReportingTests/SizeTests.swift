import Foundation
import TestSupport
import Testing

@testable import Reporting

@Suite struct `Large runs` {
  @Test(.enabled(if: !Reports.isGnuplotMissing, "gnuplot is not installed (tools/setup)"))
  func `of a hundred thousand samples a part is drawn, which the page says`() throws {
    let folder = try TemporaryFolder()
    let run = ExampleRun(samples: 100_000, videos: 2000)
    try run.write(to: folder.file("run"))
    let page = try Reports.page([folder.file("run")], to: folder.file("page.html"))
    _ = try PageCheck(page)
    #expect(page.contains("100,000 samples: correlation") && page.contains("Every 50th sample is drawn"))
    #expect(page.contains("2,000 videos") && page.utf8.count < 2_000_000)
  }

  @Test func `of many states some are projected, evenly apart`() throws {
    #expect(
      Numbers.spread(3, of: 7) == [0, 2, 4] && Numbers.spread(3, of: 2) == [0, 1] && Numbers.spread(3, of: 0) == [])
    let folder = try TemporaryFolder()
    let run = ExampleRun(samples: 3000)
    try run.embedding().write(to: folder.file("e"))
    let embedding = try EmbeddingFile(folder.file("e"))
    try run.write(to: folder.file("run"))
    let blocks = try RunFigures(run: RunFolder(folder.file("run")), prefix: "run").stages(embedding)
    guard case .html(let note) = blocks.first else {
      Issue.record("no note")
      return
    }
    #expect(note.source.contains("2,500 of 3,000 samples are drawn"))
  }
}
