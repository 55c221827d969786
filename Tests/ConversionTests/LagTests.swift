import ComputationalSequences
import Conversion
import Shards
import TestSupport
import Testing

/// What becomes of values that come some rows too late.
@Suite struct `Values that come too late` {
  /// `a` is labelled whole and by halves, and its rows are not in order: by start they are 1, 0, 2, 3, 5, 4.
  private static let starts: [Double] = [1, 0, 2, 3, 5, 4]
  private static let intervals = starts.map { ($0, $0 + 1) }
  private static let labels = Recipe.labels([("a", [(0, 6, 1), (0, 3, 2), (3, 6, 3)]), ("b", [(0, 2, 0)])])

  /// By start: `one`, `two`, `sp`, `three`, nothing, `four`.
  private static let words = Recipe(
    root: "words",
    entries: [
      .init(id: "a", features: .fixedStrings(["two", "one", "sp", "three", "four", ""]), intervals: intervals),
      .init(id: "b", features: .fixedStrings(["five", "six"]), intervals: Recipe.seconds(2)),
    ])

  /// By start: (1, 10), (2, 20), zeros, (0, 30), zeros with a sign, (4, 40).
  private static let vectors = Recipe(
    root: "glove_vectors",
    entries: [
      .init(
        id: "a", features: .float32([2, 20, 1, 10, 0, 0, 0, 30, 4, 40, -0.0, 0], columns: 2), intervals: intervals),
      .init(id: "b", features: .float32([5, 50, 6, 60], columns: 2), intervals: Recipe.seconds(2)),
    ])

  private func dataset(_ options: KeyValuePairs<ConversionOptions.Name, String>) throws -> Dataset {
    let bench = try Workbench(Self.labels, Self.words, Self.vectors)
    var all = ConversionOptions()
    for (name, text) in options { all.add(name, text) }
    all.add(.folds, "none")
    _ = try Converter.run(
      inputs: [bench.file("raw.csd")], output: bench.file("out"), all.configuration(), progress: .none)
    return try bench.sound()
  }

  @Test(arguments: [
    (0, ["one", "two", "sp", "three", "", "four"], ["five", "six"]),
    (1, ["two", "three", "sp", "four", "", ""], ["six", ""]),
    (2, ["three", "four", "sp", "", "", ""], ["", ""]),
    (-1, ["", "one", "sp", "two", "", "three"], ["", "five"]),
    (1000, ["", "", "sp", "", "", ""], ["", ""]),
  ])
  func `move from word to word, by start, past what is empty, within an entry`(
    lag: Int, a: [String], b: [String]
  ) throws {
    let dataset = try dataset([.lag: "words=\(lag)"])
    #expect(try dataset.sample("a[0]")["words"].tokens == a)
    #expect(try dataset.sample("a[1]")["words"].tokens == Array(a[..<3]))
    #expect(try dataset.sample("a[2]")["words"].tokens == Array(a[3...]))
    #expect(try dataset.sample("b[0]")["words"].tokens == b)
    #expect(try dataset.sample("a[0]")["words"].times == (0..<6).flatMap { [Float($0), Float($0) + 1] })
  }

  @Test(arguments: [
    (1, [2, 20, 0, 30, 0, 0, 4, 40, 0, 0, 0, 0], [6, 60, 0, 0]),
    (-1, [0, 0, 1, 10, 0, 0, 2, 20, 0, 0, 0, 30], [0, 0, 5, 50]),
  ])
  func `move from vector to vector`(lag: Int, a: [Float], b: [Float]) throws {
    let dataset = try dataset([.lag: "text=\(lag)", .normalize: "none"])
    #expect(try dataset.sample("a[0]")["text"].values == a)
    #expect(try dataset.sample("a[1]")["text"].values == Array(a[..<6]))
    #expect(try dataset.sample("a[2]")["text"].values == Array(a[6...]))
    #expect(try dataset.sample("b[0]")["text"].values == b)
    #expect(try dataset.sample("a[0]")["words"].tokens[0] == "one", "another modality")
  }

  @Test func `are moved before columns are chosen, and before zeros are left out`() throws {
    let dataset = try dataset([
      .lag: "1", .select: "text=0", .dropZeroFrames: "text,words", .normalize: "none",
    ])
    let sample = try dataset.sample("a[0]")
    #expect(sample["text"].values == [2, 4] && sample["text"].times == [0, 1, 3, 4])
    #expect(sample["words"].tokens == ["two", "three", "four"] && sample["words"].times == [0, 1, 1, 2, 3, 4])
    #expect(try dataset.modality("words").framesDropped["zero_frames"] == 7)
  }

  @Test func `are moved before they are averaged and counted`() throws {
    let dataset = try dataset([.lag: "text=1", .rate: "text=0.5", .normalize: "none"])
    #expect(try dataset.sample("a[0]")["text"].values == [1, 25, 2, 20, 0, 0])
    #expect(try dataset.sample("b[0]")["text"].values == [3, 30])
    let statistics = try dataset.statistics("text")
    // a[0]: three frames; a[1]: 0–2 s and 2–3 s; a[2]: 3–5 s and 5–6 s; b[0]: one.
    #expect(statistics.count == [8, 8] && statistics.max == [3, 30])
    #expect(zip(statistics.mean, [1.125, 15]).allSatisfy { abs($0 - $1) < 1e-12 })
  }

  // MARK: Vectors and their words

  /// `two` has no vector; by start the words are `one`, `two`, `sp`, `three`.
  private func spoken(_ options: KeyValuePairs<ConversionOptions.Name, String>, vectors: [(Double, Double)]) throws
    -> Dataset
  {
    let times = [(0.0, 1.0), (1.0, 2.0), (2.0, 3.0), (3.0, 4.0)]
    let bench = try Workbench(
      .labels([("a", [(0, 4, 1)])]),
      Recipe(
        root: "words",
        entries: [.init(id: "a", features: .fixedStrings(["one", "two", "sp", "three"]), intervals: times)]),
      Recipe(
        root: "glove_vectors",
        entries: [.init(id: "a", features: .float32([1, 0, 0, 3], columns: 1), intervals: vectors)]))
    var all = ConversionOptions()
    for (name, text) in options { all.add(name, text) }
    all.add(.folds, "none")
    all.add(.normalize, "none")
    _ = try Converter.run(
      inputs: [bench.file("raw.csd")], output: bench.file("out"), all.configuration(), progress: .none)
    return try bench.sound()
  }

  @Test func `stay with their words where both are moved and their times are the same`() throws {
    let same = [(0.0, 1.0), (1.0, 2.0), (2.0, 3.0), (3.0, 4.0)]
    let together = try spoken([.lag: "text=1,words=1"], vectors: same).sample("a[0]")
    #expect(together["words"].tokens == ["two", "three", "sp", ""])
    #expect(together["text"].values == [0, 3, 0, 0], "nothing for two, the vector of three with three")
    let back = try spoken([.lag: "-1"], vectors: same).sample("a[0]")
    #expect(back["words"].tokens == ["", "one", "sp", "two"] && back["text"].values == [0, 1, 0, 0])
  }

  @Test(arguments: ["text=1", "text=1,words=2", "text=1,words=0"])
  func `go past their own zeros where words are not moved alike`(lag: String) throws {
    let same = [(0.0, 1.0), (1.0, 2.0), (2.0, 3.0), (3.0, 4.0)]
    #expect(try spoken([.lag: lag], vectors: same).sample("a[0]")["text"].values == [3, 0, 0, 0])
  }

  @Test func `go past their own zeros where words have other times`() throws {
    let other = [(0.0, 1.0), (1.0, 2.0), (2.0, 3.0), (3.0, 3.5)]
    #expect(try spoken([.lag: "1"], vectors: other).sample("a[0]")["text"].values == [3, 0, 0, 0])
  }

  @Test func `stand in the manifest only where they are asked for`() throws {
    let (plain, none) = try (dataset([:]), dataset([.lag: "0"]))
    let moved = try dataset([.lag: "0,words=1"])
    func lag(_ dataset: Dataset, _ name: String) -> Int? {
      dataset.manifest.configuration["modalities"]?[name]?["lag"]?.integer
    }
    #expect(plain.manifest.configuration == none.manifest.configuration && lag(plain, "words") == nil)
    #expect(lag(moved, "words") == 1 && lag(moved, "text") == nil)
    #expect(moved.manifest.fingerprint != plain.manifest.fingerprint)
  }

  @Test(arguments: [false, true])
  func `give what a file gives whose values are in their places`(drops: Bool) throws {
    var right = Self.words
    right.entries[0].features = .fixedStrings(["three", "two", "sp", "four", "", ""])
    right.entries[1].features = .fixedStrings(["six", ""])
    let bench = try Workbench(Self.labels, right)
    try bench.write([Self.labels, Self.words], to: "late.csd")
    try bench.convert([.folds: "none", .dropZeroFrames: drops ? "words" : ""])
    try bench.convert(
      [.folds: "none", .lag: "words=1", .dropZeroFrames: drops ? "words" : ""], from: ["late.csd"], to: "moved")
    #expect(try bench.sound("moved").samples == bench.sound().samples)
  }
}
