import ComputationalSequences
import Conversion
import Preprocessing
import Shards
import TestSupport
import Testing

/// `--align`: the frames of every modality become those that overlap the rows of one.
@Suite struct `A conversion that aligns` {
  static let labels = Recipe.labels([("a", [(0, 2, 1), (2, 4, 2)]), ("b", [(0, 3, 3)])])

  static let words = Recipe(
    root: "words",
    entries: [
      .init(
        id: "a", features: .fixedStrings(["x", "y", "dot", "z", "w"]),
        intervals: [(0, 1), (1, 2), (2, 2.000001), (2, 3.5), (3.5, 4)]),
      .init(id: "b", features: .fixedStrings(["p", "q", "r"]), intervals: Recipe.seconds(3)),
    ])

  /// Of `a`, x overlaps rows 0 and 1, y row 1, z rows 2 and 3, w row 3. Of `b`, q overlaps nothing.
  static let sounds = Recipe(
    root: "COVAREP",
    entries: [
      .init(
        id: "a", features: .float32([1, .nan, 3, 4, 5, .infinity, 7, 8], columns: 2),
        intervals: [(0.25, 0.75), (0.5, 1.5), (2, 3), (3, 3.6)]),
      .init(
        id: "b", features: .float32([10, -1, -10, 1, 20, 30], columns: 2),
        intervals: [(0, 0.5), (0.5, 1), (2.5, 3.5)]),
    ])

  let bench: Workbench

  init() throws { bench = try Workbench(Self.labels, Self.words, Self.sounds) }

  private func dataset(
    _ options: KeyValuePairs<ConversionOptions.Name, String>, from input: String = "raw.csd", to output: String = "out"
  ) throws -> Dataset {
    var all = ConversionOptions()
    all.add(.align, "words")
    all.add(.folds, "none")
    for (name, text) in options { all.add(name, text) }
    _ = try Converter.run(
      inputs: [bench.file(input)], output: bench.file(output), all.configuration(), progress: .none)
    return try bench.sound(output)
  }

  @Test(arguments: [
    ("mean", [2, 4, 3, 4] as [Float], [6, 8, 7, 8] as [Float], [0, 0] as [Float]),
    ("max", [3, 4, 3, 4], [7, 8, 7, 8], [10, 1]),
    ("first", [1, 0, 3, 4], [5, 0, 7, 8], [10, -1]),
    ("last", [3, 4, 3, 4], [7, 8, 7, 8], [-10, 1]),
  ])
  func `makes one frame of the frames of each row`(collapse: String, a0: [Float], a1: [Float], p: [Float]) throws {
    let dataset = try dataset([.collapse: collapse, .normalize: "none"])
    let (first, second) = try (dataset.sample("a[0]"), dataset.sample("a[1]"))
    #expect(first["audio"].values == a0 && first["audio"].times == [0.25, 1, 1, 1.5])
    #expect(second["audio"].values == a1 && second["audio"].times == [0, 1.5, 1.5, Float(3.6 - 2.0)])
    #expect(first["words"].tokens == ["x", "y"] && first["words"].times == [0, 1, 1, 2])
    #expect(second["words"].tokens == ["z", "w"], "and what is too short to be aligned to is no row")
    let third = try dataset.sample("b[0]")
    #expect(third["audio"].values == p + [0, 0, 20, 30] && third["audio"].times == [0, 1, 1, 2, 2.5, 3])
    #expect(third["audio"].valid == [1, 0, 1] && third["words"].valid == [1, 1, 1])
    #expect(dataset.manifest.alignment == .init(root: "words", unevenSamples: 0, imputed: ["audio": 1]))
  }

  @Test func `counts values that are not finite where they are read, as often as rows are taken`() throws {
    let mean = try dataset([:]).modality("audio").nonfinite
    #expect(mean?.nan == 1 && mean?.posinf == 1)
    let last = try dataset([.collapse: "last"], to: "last").modality("audio").nonfinite
    #expect(last?.nan == 0 && last?.posinf == 0, "rows that no frame is made of are not read")
  }

  @Test(arguments: [("zscore", [-1, -1, 0, 0, 1, 1] as [Float]), ("minmax", [0, 0, 0, 0, 1, 1])])
  func `stores a row that nothing overlaps as 0 after normalization, and fits nothing on it`(
    how: String, b: [Float]
  ) throws {
    try bench.write([.labels([("b", [(0, 3, 1)])]), Self.words, Self.sounds], to: "b.csd")
    let dataset = try dataset([.normalize: how], from: "b.csd")
    #expect(try dataset.sample("b[0]")["audio"].values == b)
    let statistics = try dataset.statistics("audio")
    #expect(statistics.count == [2, 2] && statistics.mean == [10, 15] && statistics.nan == [0, 0])
  }

  @Test func `leaves rows that nothing overlaps out where it is told, and says so`() throws {
    let dataset = try dataset([.alignMissing: "drop", .normalize: "none"])
    let sample = try dataset.sample("b[0]")
    #expect(sample["audio"].values == [0, 0, 20, 30] && sample["audio"].times == [0, 1, 2.5, 3])
    #expect(sample["audio"].valid == [1, 1] && sample["words"].count == 3)
    #expect(dataset.manifest.alignment == .init(root: "words", unevenSamples: 1, imputed: ["audio": 0]))
    #expect(try dataset.modality("audio").framesDropped == ["no_overlap": 1])
  }

  @Test func `takes tokens as they are, and marks those that are not there`() throws {
    try bench.write([Self.labels, Self.words, Self.sounds, Self.phones], to: "phones.csd")
    let dataset = try dataset([:], from: "phones.csd")
    #expect(try dataset.sample("a[0]")["phones"].tokens == ["k", "t"])
    #expect(try dataset.sample("a[1]")["phones"].tokens == ["", ""])
    #expect(try dataset.sample("a[1]")["phones"].valid == [0, 0])
    let last = try self.dataset([.collapse: "phones=last"], from: "phones.csd", to: "last")
    #expect(try last.sample("a[0]")["phones"].tokens == ["sp", "t"])
    let dropped = try self.dataset(
      [.collapse: "last", .dropZeroFrames: "phones"], from: "phones.csd", to: "dropped")
    #expect(try dropped.sample("a[0]")["phones"].tokens == ["t"] && dropped.sample("a[1]")["phones"].count == 0)
    #expect(try dropped.modality("phones").framesDropped == ["zero_frames": 3])
  }

  static let phones = Recipe(
    root: "phones",
    entries: [
      .init(id: "a", features: .fixedStrings(["sp", "k", "t"]), intervals: [(0.5, 1), (0, 0.5), (1.25, 2)]),
      .init(id: "b", features: .fixedStrings(["e"]), intervals: [(0, 3)]),
    ])

  @Test func `drops frames by what they became, and rows that nothing overlaps with them`() throws {
    let dataset = try dataset([.dropZeroFrames: "audio", .normalize: "none"])
    // 10 and -10, -1 and 1 make 0.
    #expect(try dataset.sample("b[0]")["audio"].values == [20, 30])
    #expect(try dataset.modality("audio").framesDropped == ["zero_frames": 2])
    #expect(dataset.manifest.alignment == .init(root: "words", unevenSamples: 1, imputed: ["audio": 0]))
    #expect(try dataset.sample("a[1]")["audio"].values == [6, 8, 7, 8], "NaN is no zero, nor is what is left of it")
  }

  @Test func `selects, cuts and narrows what was aligned`() throws {
    let dataset = try dataset([
      .select: "audio=1", .maxFrames: "2", .keep: "last", .dtype: "audio=bf16", .normalize: "none",
      .nonfinite: "audio=mask",
    ])
    let sample = try dataset.sample("b[0]")
    #expect(sample["audio"].values == [0, 30] && sample["audio"].valid == [0, 1])
    #expect(sample["words"].tokens == ["q", "r"] && sample["audio"].times == [1, 2, 2.5, 3])
    #expect(try dataset.modality("audio").framesDropped == ["max_frames": 1])
  }

  @Test func `masks a frame where nothing finite is left of a dimension`() throws {
    let first = try dataset([.nonfinite: "mask", .collapse: "first"])
    #expect(try first.sample("a[0]")["audio"].valid == [0, 1] && first.sample("a[1]")["audio"].valid == [0, 1])
    let mean = try dataset([.nonfinite: "mask"], to: "mean")
    #expect(try mean.sample("a[0]")["audio"].valid == [1, 1] && mean.sample("b[0]")["audio"].valid == [1, 0, 1])
  }

  @Test func `stops at the first value that is not finite, where it is told`() throws {
    let error = PreprocessingError.nonfiniteValue(
      path: bench.file("raw.csd"), entry: "entry a of \"COVAREP\"", row: 0, column: 1, value: "nan")
    #expect(throws: error) { try dataset([.nonfinite: "error"]) }
  }

  @Test func `moves late values before it aligns`() throws {
    let dataset = try dataset([.lag: "audio=1,words=1", .normalize: "none"])
    #expect(try dataset.sample("a[0]")["words"].tokens == ["y", "dot"])
    // Rows now hold (3, 4), (5, inf), (7, 8), nothing.
    #expect(try dataset.sample("a[0]")["audio"].values == [4, 4, 5, 0])
    #expect(try dataset.sample("a[1]")["audio"].values == [3.5, 4, 0, 0])
    #expect(try dataset.sample("a[1]")["audio"].valid == [1, 1])
  }

  @Test func `gives a row to each sample that its frames lie in, and a frame to each row`() throws {
    let long = Recipe.labels([("a", [(0, 1.2, 1), (1.1, 2, 2)])])
    try bench.write([long, Self.words, Self.sounds], to: "long.csd")
    let dataset = try dataset([.normalize: "none"], from: "long.csd")
    #expect(try dataset.sample("a[0]")["words"].tokens == ["x", "y"])
    #expect(try dataset.sample("a[0]")["audio"].values == [2, 4, 3, 4])
    #expect(try dataset.sample("a[1]")["words"].tokens == ["y"])
    #expect(try dataset.sample("a[1]")["audio"].values == [3, 4])
    #expect(try dataset.sample("a[1]")["audio"].times == [0, Float(1.5 - 1.1)])
  }

  @Test func `lets labels choose by what a row's frames cover, and counts samples of unequal lengths`() throws {
    // y is heard from 1 to 1.5 s alone, and so is none of this sample's sounds.
    try bench.write([.labels([("a", [(1.6, 3, 1)])]), Self.words, Self.sounds], to: "late.csd")
    let dataset = try dataset([.normalize: "none"], from: "late.csd")
    #expect(try dataset.sample("a[0]")["words"].tokens == ["y", "z"])
    #expect(try dataset.sample("a[0]")["audio"].values == [6, 8])
    #expect(dataset.manifest.alignment?.unevenSamples == 1)
  }
}
