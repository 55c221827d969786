import Conversion
import Files
import Shards
import TestSupport
import Testing

/// `--like`: another dataset's preprocessing and statistics, applied to new data.
@Suite struct `A conversion like another` {
  private let bench: Workbench

  init() throws {
    bench = try Workbench()
    try bench.write([.opinions, .sounds, .speech])
    let new = Recipe.frames("COVAREP", [("n", [[100, 7], [3, 30], [0, 0], [.nan, 1]])], names: ["f0", "voiced"])
    try bench.write(
      [.labels([("n", [(0, 1, 1), (1, 4, 2)])]), new, .tokens("words", [("n", ["sp", "x", "y", "z"])])], to: "new.csd")
  }

  private func like(
    _ first: KeyValuePairs<ConversionOptions.Name, String>,
    _ options: KeyValuePairs<ConversionOptions.Name, String> = [:], from input: String = "new.csd"
  ) throws -> (old: Dataset, new: Dataset) {
    let old = try bench.dataset(first, to: "old")
    var all = ConversionOptions()
    for (name, text) in options { all.add(name, text) }
    all.add(.like, bench.file("old"))
    _ = try Converter.run(
      inputs: [bench.file(input)], output: bench.file("out"), try all.configuration(), progress: .none)
    return (old, try bench.sound())
  }

  @Test func `applies the statistics, and fits none`() throws {
    let (old, new) = try like([.folds: "none"])
    #expect(try new.statistics("audio") == old.statistics("audio"))
    let statistics = try old.statistics("audio")
    let expected: [Float] = [(100.0, 0), (7, 1)].map { Float(($0 - statistics.mean[$1]) / statistics.std[$1]) }
    #expect(try new.sample("n[0]")["audio"].values == expected)
    #expect(try new.sample("n[1]")["audio"].values[4] == 0, "what is not finite")
    #expect(try new.modality("audio").nonfinite?.nan == 1)
  }

  @Test(arguments: ["minmax", "none", "zscore"])
  func `gives the dataset again for the same data`(normalization: String) throws {
    let (old, new) = try like(
      [.folds: "none", .normalize: normalization, .nonfinite: "mask", .dtype: "bf16", .rate: "audio=0.5"],
      from: "raw.csd")
    #expect(new.samples == old.samples)
    #expect(new.manifest.fingerprint != old.manifest.fingerprint, "made otherwise")
  }

  @Test func `takes selection, rates, lengths, policies and types`() throws {
    let (_, new) = try like([
      .folds: "none", .select: "audio=voiced", .maxFrames: "audio=2", .keep: "last", .dropZeroFrames: "audio,words",
      .nonfinite: "mask", .dtype: "f16", .normalize: "minmax",
    ])
    let audio = try new.modality("audio")
    #expect(audio.dimension == 1 && audio.dimensionNames == ["voiced"] && audio.content == .values(.f16))
    let sample = try new.sample("n[1]")
    #expect(sample["audio"].values == [Float16(20.0 / 50), Float16(-9.0 / 50)].map { Float($0) })
    #expect(sample["audio"].times == [0, 1, 2, 3] && sample["words"].tokens == ["x", "y", "z"])
    #expect(audio.framesDropped == ["zero_frames": 1])
    #expect(try new.sample("n[0]")["words"].count == 0)
  }

  @Test func `takes lags`() throws {
    let (old, new) = try like([.folds: "none", .lag: "words=1"], from: "raw.csd")
    #expect(new.samples == old.samples)
    #expect(new.manifest.configuration["modalities"]?["words"]?["lag"]?.integer == 1)
  }

  @Test(arguments: ["keep", "drop"])
  func `takes times, or their absence`(times: String) throws {
    let (old, new) = try like([.folds: "none", .times: times])
    #expect(old.schema.keepsTimes == (times == "keep") && new.schema == old.schema)
  }

  @Test func `puts all samples into one split, unless folds are given`() throws {
    #expect(try like([:]).new.manifest.sampleCounts == ["all": 2])
    let folds = try bench.write(#"{"train": [], "test": ["n"]}"#, to: "folds.json")
    try Folder.removeAll(bench.file("old"))
    try Folder.removeAll(bench.file("out"))
    #expect(try like([:], [.folds: folds]).new.manifest.sampleCounts == ["train": 0, "valid": 0, "test": 2])
  }

  @Test func `leaves out what the dataset does not have, keeps its order, and takes given roots`() throws {
    #expect(try like([.modality: "words"]).new.manifest.modalities.map(\.name) == ["words"])
    for name in ["old", "out"] { try Folder.removeAll(bench.file(name)) }
    let requests: KeyValuePairs<ConversionOptions.Name, String> = [
      .modality: "speech=words", .modality: "sound=COVAREP",
    ]
    let (_, new) = try like([.modality: "sound=COVAREP", .modality: "speech=words"], requests)
    #expect(new.manifest.modalities.map(\.name) == ["sound", "speech"])
  }

  private func refuses(
    _ problem: String, _ first: KeyValuePairs<ConversionOptions.Name, String>, _ recipes: [Recipe]
  ) throws {
    try bench.write(recipes, to: "other.csd")
    let error = ConversionError.unlike(dataset: bench.file("old"), problem: problem)
    #expect(throws: error) { try like(first, from: "other.csd") }
    #expect(try bench.names() == ["new.csd", "old", "other.csd", "raw.csd"])
  }

  @Test func `refuses inputs without one of its modalities`() throws {
    try refuses(
      "its modality words is not in the inputs; add it, or name a root with --modality words=ROOT", [:],
      [.opinions, .sounds])
  }

  @Test func `refuses other dimensions`() throws {
    let narrow = Recipe.frames("COVAREP", [("a", [[1]])])
    try refuses("its audio has 2 dimensions, the input's has 1", [.modality: "audio"], [.opinions, narrow])
  }

  @Test func `refuses tokens for numbers, and numbers for tokens`() throws {
    let problem = "audio holds tokens on one side and numbers on the other"
    try refuses(problem, [.modality: "audio"], [.opinions, .tokens("COVAREP", [("a", ["x"])])])
    try Folder.removeAll(bench.file("old"))
    try refuses(problem, [.modality: "audio=words"], [.opinions, .sounds])
  }

  @Test(arguments: [
    ConversionOptions.Name.lag, .align, .collapse, .alignMissing, .select, .rate, .maxFrames, .keep, .nonfinite,
    .normalize, .clip, .dtype, .dropZeroFrames,
    .times,
  ])
  func `refuses an option that the dataset has decided`(name: ConversionOptions.Name) throws {
    try bench.convert(to: "old")
    #expect(throws: ConversionError.likeConflict(option: name.rawValue)) {
      try bench.convert([.like: bench.file("old"), name: Workbench.anyValue(of: name)], from: ["new.csd"])
    }
    #expect(try bench.names() == ["new.csd", "old", "raw.csd"])
  }

  @Test func `refuses what is no dataset, or a damaged one`() throws {
    #expect(throws: ShardError.self) { try bench.convert([.like: bench.file("nowhere")]) }
    try bench.convert(to: "old")
    let manifest = bench.file("old/manifest.json")
    var bytes = try File.contents(of: manifest)
    bytes[40] ^= 1
    try Folder.removeAll(manifest)
    try File(creating: manifest).write(bytes, at: 0)
    #expect(throws: ShardError.self) { try bench.convert([.like: bench.file("old")]) }
    #expect(try bench.names() == ["new.csd", "old", "raw.csd"])
  }

  @Test func `refuses values beyond the type under these statistics`() throws {
    try bench.write([.labels([("a", [(0, 1, 0)])]), .frames("COVAREP", [("a", [[3e38, 0]])])], to: "other.csd")
    let error = ConversionError.beyondType(modality: "audio", dimension: "0", type: "f16")
    #expect(throws: error) { try like([.modality: "audio", .dtype: "f16"], from: "other.csd") }
  }
}
