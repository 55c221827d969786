import ComputationalSequences
import Conversion
import Segments
import Shards
import TestSupport
import Testing

/// Labels of several columns, as CMU-MOSEI has them.
@Suite struct `Label columns` {
  private static let names = ["sentiment", "happy", "sad", "anger", "surprise", "disgust", "fear"]

  /// Two segments; the label in row r and column c is 10r + c.
  private func bench(_ root: String, names: [String], columns: Int = 7) throws -> Workbench {
    let labels = Recipe(
      root: root, dimensionNames: names,
      entries: [
        .init(
          id: "a",
          features: .float32((0..<2).flatMap { row in (0..<columns).map { Float(10 * row + $0) } }, columns: columns),
          intervals: [(0, 2), (2, 4)])
      ])
    return try Workbench(labels, .sounds)
  }

  private func labels(_ dataset: Dataset) -> [[Float]] { dataset.samples.map(\.labels) }

  @Test func `are all kept, under their names`() throws {
    let dataset = try bench("All Labels", names: Self.names).dataset([.folds: "none"])
    #expect(dataset.manifest.labels == Self.names)
    #expect(labels(dataset) == [[0, 1, 2, 3, 4, 5, 6], [10, 11, 12, 13, 14, 15, 16]])
    #expect(dataset.manifest.configuration["label_columns"] == nil)
  }

  @Test func `of the published CMU-MOSEI are known where the file does not name them`() throws {
    #expect(try bench("All Labels", names: []).dataset([.folds: "none"]).manifest.labels == Self.names)
    #expect(
      try bench("All Labels", names: [], columns: 6).dataset([.folds: "none"]).manifest.labels
        == (0..<6).map { "label_\($0)" })
    #expect(
      try bench("My Labels", names: []).dataset([.folds: "none", .labels: "My Labels"]).manifest.labels
        == (0..<7).map { "label_\($0)" })
  }

  @Test(
    arguments: [
      ("sentiment", ["sentiment"], [[0], [10]]), ("happy,sentiment", ["happy", "sentiment"], [[1, 0], [11, 10]]),
      ("6, 0", ["fear", "sentiment"], [[6, 0], [16, 10]]),
      ("2-4", ["sad", "anger", "surprise"], [[2, 3, 4], [12, 13, 14]]),
      ("fear,1-2", ["fear", "happy", "sad"], [[6, 1, 2], [16, 11, 12]]),
    ] as [(String, [String], [[Float]])])
  func `are those asked for, in that order`(text: String, names: [String], values: [[Float]]) throws {
    let dataset = try bench("All Labels", names: Self.names).dataset([.folds: "none", .labelColumns: text])
    #expect(dataset.manifest.labels == names && labels(dataset) == values)
    #expect(dataset.manifest.configuration["label_columns"]?.array?.count == names.count)
  }

  @Test func `that are all as they are make no other dataset`() throws {
    let bench = try bench("All Labels", names: Self.names)
    let (all, named) = try (
      bench.dataset([.folds: "none"]), bench.dataset([.folds: "none", .labelColumns: "0-6"], to: "named")
    )
    #expect(all.manifest == named.manifest)
  }

  @Test func `that are not there are refused with those that are`() throws {
    let bench = try bench("All Labels", names: Self.names)
    for text in ["hapy", "7", "3-7", "4-2", "", "sad,"] {
      let error = #expect(throws: SegmentsError.self) { try bench.convert([.labelColumns: text]) }
      #expect(error?.description.contains("there are 0 sentiment, 1 happy, 2 sad, 3 anger") == true, "\(text)")
    }
    let error = #expect(throws: SegmentsError.self) { try bench.convert([.labelColumns: "hapy"]) }
    #expect(error?.description.contains(#"did you mean "happy"?"#) == true)
    #expect(try bench.names() == ["raw.csd"])
  }

  @Test func `are each there once`() throws {
    let bench = try bench("All Labels", names: Self.names)
    for text in ["sad,happy,sad", "2,sad", "0-2,1"] {
      #expect(throws: SegmentsError.self, "\(text)") { try bench.convert([.labelColumns: text]) }
    }
    #expect(throws: SegmentsError.duplicateLabelColumn("sad")) { try bench.convert([.labelColumns: "2,sad"]) }
  }

  @Test func `need labels`() throws {
    let bench = try bench("All Labels", names: Self.names)
    #expect(throws: SegmentsError.labelColumnsWithoutLabels) {
      try bench.convert([.labels: "none", .labelColumns: "sentiment"])
    }
  }
}
