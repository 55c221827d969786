import Foundation
import TestSupport
import Testing

@testable import Reporting

@Suite struct `Runs side by side`: ~Copyable {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test func `runs stand side by side, the best values marked`() throws {
    for (name, seed) in [("a", 0), ("b", 1)] { try ExampleRun().write(to: folder.file("x/\(name)"), seed: seed) }
    let better = ExampleRun.test.replacing("\"mae\": 0.4375", with: "\"mae\": 0.375")
    try Data(better.utf8).write(to: URL(filePath: folder.file("x/b/test.json")))
    let page = try Reports.page([folder.file("x/a"), folder.file("x/b")], to: folder.file("page.html"))
    _ = try PageCheck(page)
    #expect(page.contains("Side by side") && page.contains(#"<td class="number best">0.375</td>"#))
    #expect(!page.contains(#"<td class="number best">0.438</td>"#))
    #expect(page.contains("figure-compare-error") && page.contains("figure-run-2-loss"))
    #expect(!page.contains("These runs differ"))
  }

  @Test func `runs over different datasets are marked, and not compared with each other`() throws {
    try ExampleRun().write(to: folder.file("a/run"), content: "aa")
    try ExampleRun().write(to: folder.file("b/run"), content: "bb")
    let page = try Reports.page([folder.file("a/run"), folder.file("b/run")], to: folder.file("page.html"))
    #expect(page.contains("These runs differ in dataset, marked by letters") && !page.contains("best\">"))
    #expect(page.contains("A: dataset aa; B: dataset bb."))
    // Two of one name bear their paths.
    #expect(page.contains("a/run: Learning") && page.contains("b/run: Learning"))
  }

  @Test func `runs with other classes or another label are marked, and ranked among their like`() throws {
    let settings: [(String, [String: String])] = [
      ("a", ["num_classes": "2", "label": "sentiment", "masks": "true"]),
      ("b", ["num_classes": "2", "label": "sentiment", "masks": "false"]),
      ("c", ["num_classes": "7", "label": "sentiment", "masks": "true"]),
      ("d", ["num_classes": "2", "label": "happiness", "masks": "true"]),
    ]
    for (place, (name, data)) in settings.enumerated() {
      try ExampleRun().write(to: folder.file(name), settings: data)
      let test = ExampleRun.test.replacing("\"mae\": 0.4375", with: "\"mae\": 0.\(9 - place)")
      try Data(test.utf8).write(to: URL(filePath: folder.file("\(name)/test.json")))
    }
    let comparison = Comparison(runs: try settings.map { try RunFolder(folder.file($0.0)) })
    #expect(comparison.letters == ["A", "A", "B", "C"])
    let remark = try #require(comparison.remark)
    #expect(
      remark.contains("differ in number of classes and label, marked by letters")
        && remark.contains(
          "A: 2 classes, label sentiment; B: 7 classes, label sentiment; C: 2 classes, label happiness.")
    )
    let table = comparison.table
    #expect(table.columns.map(\.title).prefix(6) == ["run", "model", "group", "masks", "classes", "label"])
    #expect(table.rows.map { $0[3] } == ["true", "false", "true", "true"])
    // The lowest of all is d's, which has none to be compared with.
    let error = try #require(table.columns.firstIndex { $0.title == "mae" })
    #expect(table.marks.filter { $0[1] == error } == [[1, error]])
  }

  @Test func `runs that do not name their dataset are compared with none where others differ`() throws {
    for (name, content) in [("a", "aa"), ("b", nil), ("c", "cc"), ("d", nil)] as [(String, String?)] {
      try ExampleRun().write(to: folder.file(name), content: content)
    }
    func comparison(_ names: [String]) throws -> Comparison {
      Comparison(runs: try names.map { try RunFolder(folder.file($0)) })
    }
    let all = try comparison(["a", "b", "c", "d"])
    #expect(all.letters == ["A", "?", "B", "?"] && all.table.marks.isEmpty)
    #expect(all.remark?.hasSuffix("Of those with ? the dataset is not known.") == true)
    let two = try comparison(["a", "b"])
    #expect(two.letters == nil && two.remark?.hasPrefix("Not every run says") == true)
    #expect(try comparison(["a", "a"]).remark == nil)
  }

  @Test func `losses of different models are said not to be comparable`() throws {
    for (name, kind) in [("a", "grf"), ("b", "mult")] { try ExampleRun().write(to: folder.file(name), kind: kind) }
    func loss(_ names: [String]) throws -> Figure {
      try #require(Comparison(runs: names.map { try RunFolder(folder.file($0)) }).figures.last)
    }
    #expect(try loss(["a", "b"]).summary.contains("cannot be compared with each other"))
    #expect(try !loss(["a", "a"]).summary.contains("auxiliary"))
  }
}
