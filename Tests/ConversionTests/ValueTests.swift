import ComputationalSequences
import Conversion
import Preprocessing
import Shards
import TestSupport
import Testing

/// What becomes of values: policies, statistics, narrowing.
@Suite struct `Values of a conversion` {
  private typealias Options = KeyValuePairs<ConversionOptions.Name, String>

  /// One video `a` with as many one-second segments as rows, in one split.
  private func bench(_ features: SequenceWriter.Features, names: [String] = []) throws -> Workbench {
    let rows = Recipe.seconds(features.rows)
    return try Workbench(
      .labels([("a", rows.map { ($0.0, $0.1, 0) })]),
      Recipe(
        root: "COVAREP", dimensionNames: names, entries: [.init(id: "a", features: features, intervals: rows)]))
  }

  private func values(_ dataset: Dataset) -> [Float] { dataset.samples.flatMap { $0["audio"].values } }

  // MARK: Values that are not finite

  private let broken: SequenceWriter.Features = .float32(
    [1, 1, .nan, 2, 3, .infinity, -.infinity, .nan, 5, 9], columns: 2)

  @Test func `stores 0 for what is not finite, which is the train mean under z-scores`() throws {
    let bench = try bench(broken)
    let raw = try bench.dataset([.folds: "none", .normalize: "none"])
    #expect(values(raw) == [1, 1, 0, 2, 3, 0, 0, 0, 5, 9])
    let scored = try bench.dataset([.folds: "none", .overwrite: "true"])
    let (count, mean) = try (scored.statistics("audio").count, scored.statistics("audio").mean)
    #expect(count == [3, 3] && mean == [3, 4])
    #expect(values(scored)[2] == 0 && values(scored)[5...7] == [0, 0, 0] && values(scored)[4] == 0)
    #expect(scored.samples.allSatisfy { $0["audio"].valid == [1] })
    let scaled = try bench.dataset([.folds: "none", .overwrite: "true", .normalize: "minmax"])
    #expect(values(scaled)[2] == 0 && values(scaled)[0] == 0 && values(scaled)[8...9] == [1, 1])
    for dataset in [raw, scored, scaled] {
      #expect(try dataset.modality("audio").nonfinite == .init(nan: 2, posinf: 1, neginf: 1))
      let statistics = try dataset.statistics("audio")
      #expect(statistics.nan == [1, 1] && statistics.posinf == [0, 1] && statistics.neginf == [1, 0])
      #expect(statistics.min == [1, 1] && statistics.max == [5, 9])
    }
  }

  @Test func `masks frames that are not finite, and leaves them out of the statistics`() throws {
    let bench = try bench(broken)
    for normalization in ["none", "zscore"] {
      let dataset = try bench.dataset([
        .folds: "none", .nonfinite: "mask", .normalize: normalization, .overwrite: "true",
      ])
      #expect(dataset.samples.map { $0["audio"].valid } == [[1], [0], [0], [0], [1]])
      let statistics = try dataset.statistics("audio")
      #expect(statistics.count == [2, 2] && statistics.mean == [3, 5] && statistics.std == [2, 4])
      #expect(statistics.nan == [1, 1] && statistics.posinf == [0, 1] && statistics.neginf == [1, 0])
      #expect(values(dataset)[2] == 0 && values(dataset)[5...7] == [0, 0, 0])
      #expect(values(dataset)[3] == (normalization == "none" ? 2 : -0.75), "its finite values stay")
    }
  }

  @Test(arguments: ["none", "zscore"], [nil, "1"])
  func `stops at a value that is not finite, and names its place`(normalization: String, rate: String?) throws {
    let bench = try bench(broken)
    var options = ConversionOptions()
    for (name, text) in [
      (.folds, "none"), (.nonfinite, "error"), (.normalize, normalization), (.select, "1,0"), (.threads, "1"),
    ] as [(ConversionOptions.Name, String)] { options.add(name, text) }
    options.add(.rate, rate)
    let configuration = try options.configuration()
    let error = PreprocessingError.nonfiniteValue(
      path: bench.file("raw.csd"), entry: "entry a of \"COVAREP\"", row: 1, column: 0, value: "nan")
    #expect(throws: error) {
      try Converter.run(
        inputs: [bench.file("raw.csd")], output: bench.file("out"), configuration, progress: .none)
    }
    #expect(try bench.names() == ["raw.csd"])
  }

  @Test func `stops for values of samples only`() throws {
    let bench = try Workbench(.labels([("a", [(0, 1, 0)])]), .frames("COVAREP", [("a", [[1], [.nan]])]))
    let dataset = try bench.dataset([.nonfinite: "error"])
    #expect(values(dataset) == [0] && dataset.samples.count == 1)
    let outside = try Workbench(.labels([("a", [(0, 1, 0)])]), .frames("COVAREP", [("a", [[1, .nan]])]))
    #expect(values(try outside.dataset([.nonfinite: "error", .select: "0"])) == [0], "and of selected columns")
  }

  @Test func `names the part of a video and its row there`() throws {
    let parts: [(String, Double, Float)] = [("a[0]", 0, 1), ("a[1]", 3, 1), ("a[10]", 6, .infinity)]
    let bench = try Workbench(
      .labels([("a", [(0, 9, 0)])]),
      Recipe(
        root: "COVAREP",
        entries: parts.map { id, start, last in
          Recipe.Entry(
            id: id, features: .float32([1, 1, last], columns: 1),
            intervals: [(start, start + 1), (start + 1, start + 2), (start + 2, start + 3)])
        }))
    let error = PreprocessingError.nonfiniteValue(
      path: bench.file("raw.csd"), entry: "entry a[10] of \"COVAREP\"", row: 2, column: 0, value: "inf")
    #expect(throws: error) { try bench.convert([.nonfinite: "error"]) }
  }

  @Test func `counts finite Doubles beyond Float as overflows`() throws {
    let bench = try bench(.float64([1e39, 1, -1e300, 2, .infinity, 3, 5, 4], columns: 2))
    let dataset = try bench.dataset([.folds: "none", .normalize: "none"])
    #expect(values(dataset) == [0, 1, 0, 2, 0, 3, 5, 4])
    let counts = Manifest.Nonfinite(nan: 0, posinf: 2, neginf: 1, f32Overflow: 2)
    #expect(try dataset.modality("audio").nonfinite == counts)
    let resampled = try bench.dataset([.folds: "none", .rate: "1", .overwrite: "true"])
    #expect(try resampled.modality("audio").nonfinite == counts)
    #expect(throws: PreprocessingError.self) { try bench.convert([.nonfinite: "error", .overwrite: "true"]) }
  }

  @Test func `counts the rows of overlapping samples as often as they are stored`() throws {
    let bench = try Workbench(
      .labels([("a", [(0, 2, 0), (1, 3, 0), (1, 2, 0)])]), .frames("COVAREP", [("a", [[1], [.nan], [4]])]))
    let dataset = try bench.dataset([.folds: "none", .normalize: "none"])
    #expect(dataset.samples.map { $0["audio"].values } == [[1, 0], [0, 4], [0]])
    #expect(try dataset.modality("audio").nonfinite?.nan == 3)
    #expect(try dataset.statistics("audio").count == [2] && dataset.statistics("audio").nan == [3])
  }

  // MARK: Statistics

  @Test func `only shifts a constant dimension`() throws {
    let bench = try bench(.float32([0.1, 1, 0.1, 2, 0.1, 6], columns: 2))
    for normalization in ["zscore", "minmax"] {
      let dataset = try bench.dataset([.folds: "none", .normalize: normalization, .overwrite: "true"])
      let statistics = try dataset.statistics("audio")
      #expect(statistics.min[0] == statistics.max[0] && statistics.std[0] == 0)
      #expect(dataset.samples.map { $0["audio"].values[0] } == [0, 0, 0])
    }
  }

  @Test func `leaves a dimension alone that has no finite value in train`() throws {
    let bench = try Workbench(
      .labels([("a", [(0, 1, 0)]), ("b", [(0, 1, 0)])]),
      .frames("COVAREP", [("a", [[.nan, 1]]), ("b", [[7, 3]])]))
    try bench.write(#"{"train": ["a"], "valid": ["b"], "test": []}"#, to: "folds.json")
    for normalization in ["zscore", "minmax"] {
      let dataset = try bench.dataset([
        .folds: bench.file("folds.json"), .normalize: normalization, .overwrite: "true",
      ])
      let statistics = try dataset.statistics("audio")
      #expect(statistics.count == [0, 1] && statistics.mean == [0, 1] && statistics.std == [0, 0])
      #expect(statistics.min == [nil, 1] && statistics.max == [nil, 1] && statistics.nan == [1, 0])
      #expect(try dataset.sample("a[0]")["audio"].values == [0, 0])
      #expect(try dataset.sample("b[0]")["audio"].values == [7, 2])
    }
  }

  @Test func `fits on train alone, and on what survives`() throws {
    let bench = try Workbench(
      .labels([("a", [(0, 4, 0)]), ("b", [(0, 2, 0)])]),
      .frames("COVAREP", [("a", [[0], [2], [4], [99]]), ("b", [[50], [60]])]))
    try bench.write(#"{"train": ["a"], "test": ["b"]}"#, to: "folds.json")
    let dataset = try bench.dataset([
      .folds: bench.file("folds.json"), .dropZeroFrames: "audio", .maxFrames: "2", .normalize: "minmax",
    ])
    let statistics = try dataset.statistics("audio")
    #expect(statistics.count == [2] && statistics.mean == [3] && statistics.min == [2] && statistics.max == [4])
    #expect(try dataset.sample("a[0]")["audio"].values == [0, 1])
    #expect(try dataset.sample("b[0]")["audio"].values == [24, 29], "unclipped")
    #expect(try dataset.modality("audio").framesDropped == ["zero_frames": 1, "max_frames": 1])
  }

  // MARK: Narrowing

  @Test(arguments: [("f16", "bf16", 1e5), ("bf16", "f32", 3.4e38)] as [(String, String, Float)])
  func `refuses what the type cannot hold, and names modality, dimension and remedy`(
    type: String, remedy: String, value: Float
  ) throws {
    let bench = try bench(.float32([1, 2, 3, value], columns: 2), names: ["f0", "voiced"])
    let error = ConversionError.beyondType(modality: "audio", dimension: "voiced", type: type)
    for select in ["0-1", "voiced,f0"] {
      #expect(throws: error) {
        try bench.convert([.folds: "none", .normalize: "none", .dtype: type, .select: select])
      }
      #expect(throws: error, "through scratch files, too") {
        try bench.convert([.folds: "none", .normalize: "none", .dtype: type, .select: select, .rate: "1"])
      }
    }
    #expect(try bench.names() == ["raw.csd"])
    let dataset = try bench.dataset([.folds: "none", .normalize: "none", .dtype: remedy])
    #expect(abs(values(dataset)[3] - value) <= value / 256)
    let scored = try bench.dataset([.folds: "none", .dtype: type, .overwrite: "true"])
    #expect(values(scored) == [-1, -1, 1, 1])
  }

  @Test func `names an unnamed dimension by its column in the source`() throws {
    let bench = try bench(.float32([1, 2, 1e6, 3], columns: 4))
    #expect(throws: ConversionError.beyondType(modality: "audio", dimension: "2", type: "f16")) {
      try bench.convert([.folds: "none", .normalize: "none", .dtype: "f16", .select: "3,2"])
    }
  }

  @Test(arguments: ["f32", "f16", "bf16"])
  func `rounds to the type once`(type: String) throws {
    // A third, and what lies so near to halfway between two halves that a Float cannot tell.
    let bench = try bench(.float32([0, 1, 3], columns: 1))
    let dataset = try bench.dataset([.folds: "none", .normalize: "minmax", .dtype: type])
    let third: Float =
      switch type {
      case "f16": Float(Float16(1.0 / 3))
      case "bf16": 0.333984375
      default: Float(1.0 / 3)
      }
    #expect(values(dataset) == [0, third, 1])
  }

  @Test func `keeps averages in Double until they are normalized`() throws {
    // The average of the first bin is 1 + 2⁻²³ / 3, which is no Float: rounded early it would be 1, and 0 in the end.
    let ulp: Float = 0x1p-23
    let bench = try Workbench(
      .labels([("a", [(0, 9, 0)])]),
      .frames("COVAREP", [("a", [[1], [1], [1 + ulp], [1], [1], [1], [1 + 2 * ulp], [1 + 2 * ulp], [1 + 2 * ulp]])]))
    let rate = "0.3333333333333333"
    let dataset = try bench.dataset([.rate: rate, .normalize: "minmax"])
    #expect(try dataset.sample("a[0]")["audio"].values == [Float(1.0 / 6), 0, 1])
    #expect(try dataset.statistics("audio").mean == [(3 + 0x1p-23 / 3 + 0x1p-22) / 3])
    let raw = try bench.dataset([.rate: rate, .normalize: "none", .overwrite: "true"])
    #expect(try raw.sample("a[0]")["audio"].values == [1, 1, 1 + 2 * ulp])
    #expect(try raw.modality("audio").rate == 0.3333333333333333)
  }
}
