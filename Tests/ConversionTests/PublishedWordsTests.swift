import Conversion
import TestSupport
import Testing

/// The words of CMU-MOSI stand one interval late, and whoever converts them is told.
@Suite struct `The words published with CMU-MOSI` {
  private static let words = Recipe.tokens("CMU_MOSI_ModifiedTimestampedWords", [("2iD-tVS8NPw", ["so", "well"])])
  private static let vectors = Recipe.frames("glove_vectors", [("2iD-tVS8NPw", [[1], [2]])])
  private static let labels = Recipe.labels([("2iD-tVS8NPw", [(0, 2, 1)])])

  private func notes(
    _ recipes: Recipe..., options: KeyValuePairs<ConversionOptions.Name, String>
  ) throws -> [String] {
    let bench = try Workbench()
    try bench.write(recipes)
    return try bench.convert(options).notes.filter { $0.contains("--lag") }
  }

  @Test func `come late, and so do vectors of them: one line says so, with the option that repairs it`() throws {
    #expect(
      try notes(Self.words, Self.vectors, Self.labels, options: [.normalize: "none"]) == [
        "the words published with CMU-MOSI come one interval too late, which costs some 4 points of F1: "
          + "--lag text=1,words=1 repairs it, --lag 0 keeps them as they are"
      ])
    #expect(try notes(Self.words, Self.labels, options: [.folds: "none"]).count == 1)
  }

  @Test(arguments: ["0", "1", "text=1,words=1"])
  func `need no word where a lag is given`(lag: String) throws {
    #expect(try notes(Self.words, Self.vectors, Self.labels, options: [.normalize: "none", .lag: lag]).isEmpty)
  }

  @Test func `are not the vectors of another dataset`() throws {
    let others = Recipe.frames("glove_vectors", [("clip", [[1], [2]])])
    #expect(
      try notes(others, .labels([("clip", [(0, 2, 1)])]), options: [.folds: "none"]).isEmpty)
  }
}
