import ComputationalSequences
import Conversion
import Files
import PackedSequences
import Shards
import TestSupport
import Testing

/// `add`: what one conversion of all sequences makes, or an error.
@Suite struct `Adding to a dataset` {
  private let bench: Workbench

  init() throws { bench = try Workbench() }

  private static let faces = Recipe.frames(
    "FACET 4.2", [("a", [[1, 2], [.nan, 4], [0, 0], [7, 8]]), ("b", [[9, 1]]), ("c", [[1, 1]])], names: ["x", "y"])

  private func add(
    _ inputs: [String], _ options: KeyValuePairs<ConversionOptions.Name, String> = [:], to name: String = "out"
  ) throws -> ConversionReport {
    try Adder.run(
      inputs: inputs.map(bench.file), to: bench.file(name), Workbench.configuration(options), progress: .none)
  }

  /// Converts `first`, adds `second`, and holds the result against one conversion of both.
  private func expectWhole(
    _ first: [Recipe], _ second: [Recipe], _ options: KeyValuePairs<ConversionOptions.Name, String> = [:],
    adding: KeyValuePairs<ConversionOptions.Name, String> = [:],
    whole: KeyValuePairs<ConversionOptions.Name, String>? = nil
  ) throws {
    try bench.write(first, to: "first.csd")
    try bench.write(second, to: "second.csd")
    try bench.convert(options, from: ["first.csd"])
    let report = try add(["second.csd"], adding)
    try bench.convert(whole ?? options, from: ["first.csd", "second.csd"], to: "whole")
    let (added, expected) = try (bench.bytes(), bench.bytes(of: "whole"))
    for (name, bytes) in expected {
      let isSame = added[name] == bytes
      #expect(isSame, "\(name)")
    }
    #expect(added.count == expected.count)
    let dataset = try bench.sound()
    #expect(dataset.manifest == report.manifest && report.path == bench.file("out"))
    #expect(try bench.names().allSatisfy { !$0.contains("partial") })
  }

  // MARK: The same bytes

  @Test func `gives what one conversion gives`() throws {
    try expectWhole([.opinions, .sounds, .speech], [Self.faces])
  }

  @Test func `gives what one conversion gives in small shards`() throws {
    try expectWhole([.opinions, .sounds], [Self.faces, .speech], [.shardBytes: "200", .folds: "none"])
  }

  @Test func `takes the options of what is added alone`() throws {
    try expectWhole(
      [.opinions, .sounds, .speech], [Self.faces], [.dtype: "audio=bf16", .normalize: "audio=minmax"],
      adding: [.rate: "vision=0.5", .nonfinite: "mask", .dropZeroFrames: "vision"],
      whole: [
        .dtype: "audio=bf16", .normalize: "audio=minmax", .rate: "vision=0.5", .nonfinite: "vision=mask",
        .dropZeroFrames: "vision",
      ])
  }

  @Test func `gives names as --modality does, in that order`() throws {
    try expectWhole(
      [.opinions, .speech, Self.faces], [.sounds], adding: [.modality: "voice=COVAREP"],
      whole: [.modality: "vision=FACET 4.2", .modality: "words=words", .modality: "voice=COVAREP"])
  }

  @Test func `keeps the name that the dataset has given`() throws {
    let other = Recipe.frames("OpenFace_2", [("a", [[3]]), ("b", [[4]])])
    try expectWhole(
      [.opinions, other], [Self.faces],
      whole: [.modality: "vision=OpenFace_2", .modality: "facet_4_2=FACET 4.2"])
  }

  @Test func `adds tokens, and keeps no times where there are none`() throws {
    try expectWhole([.opinions, .sounds], [.speech], [.times: "drop"])
  }

  @Test func `adds to what is not labelled, within its entries`() throws {
    try expectWhole([.sounds], [.tokens("words", [("a", ["x", "y"]), ("b", ["z"])])], [.labels: "none"])
  }

  @Test func `adds to what leaves out the incomplete where nothing new is`() throws {
    let whole = Recipe.frames("FACET 4.2", [("a", [[1], [2], [3], [4]]), ("b", [[5]])])
    try expectWhole([.opinions, .sounds], [whole], [.dropIncomplete: "true"])
  }

  @Test func `tells entries that no label names, and videos in no fold`() throws {
    try bench.write(#"{"train": ["a"], "valid": [], "test": []}"#, to: "folds.json")
    let more = Recipe.frames("FACET 4.2", [("0", [[1]]), ("a", [[1], [2], [3], [4]]), ("b", [[5]]), ("z", [[1]])])
    try expectWhole(
      [.opinions, .frames("COVAREP", [("a", [[1]]), ("m", [[1]])])], [more], [.folds: bench.file("folds.json")])
  }

  @Test func `keeps what was clipped, and counts what it clips`() throws {
    try expectWhole(
      [.opinions, .sounds, .speech], [Self.faces], [.clip: "audio=0.5", .normalize: "audio=robust", .folds: "none"],
      adding: [.clip: "vision=1"],
      whole: [.clip: "audio=0.5,vision=1", .normalize: "audio=robust", .folds: "none"])
    let clips = try bench.sound().manifest.modalities.map(\.clip)
    #expect(clips.map { $0?.limit } == [0.5, 1, nil])
    #expect(clips.prefix(2).allSatisfy { ($0?.values ?? 0) > 0 })
  }

  @Test func `gives quartiles as one conversion does`() throws {
    try expectWhole(
      [.opinions, .sounds], [Self.faces], [.folds: "none"], adding: [.normalize: "robust"],
      whole: [.normalize: "vision=robust", .folds: "none"])
  }

  @Test func `keeps the columns of the labels`() throws {
    var labels = Recipe.opinions
    labels.dimensionNames = ["sentiment"]
    try expectWhole([labels, .sounds], [Self.faces], [.labelColumns: "sentiment"])
  }

  @Test func `moves what is added, by itself or with words that are added, too`() throws {
    try expectWhole(
      [.opinions, .sounds, .speech], [Self.faces], [.lag: "words=1"], adding: [.lag: "vision=2"],
      whole: [.lag: "words=1,vision=2"])
    for name in ["out", "whole", "first.csd", "second.csd"] { try Folder.removeAll(bench.file(name)) }
    let vectors = Recipe.frames("glove_vectors", [("a", [[0], [2], [3], [4]]), ("b", [[5], [0]])])
    try expectWhole(
      [.opinions, .sounds], [.speech, vectors],
      adding: [.lag: "1", .modality: "text=glove_vectors", .modality: "words"],
      whole: [
        .modality: "audio=COVAREP", .modality: "text=glove_vectors", .modality: "words", .lag: "text=1,words=1",
      ])
  }

  // MARK: What is refused

  @Test func `is refused for vectors that would be moved together with words`() throws {
    let vectors = Recipe.frames("glove_vectors", [("a", [[0], [2], [3], [4]]), ("b", [[5], [0]])])
    try expectRefusal(
      [.opinions, .sounds, .speech], [vectors], [.lag: "words=1"], adding: [.lag: "1"],
      because: "text and its words are both moved by 1 row")
    for name in ["out", "first.csd", "second.csd"] { try Folder.removeAll(bench.file(name)) }
    try expectRefusal(
      [.opinions, vectors], [.speech], [.lag: "text=1"], adding: [.lag: "1"],
      because: "words and its text are both moved by 1 row")
  }

  /// A sample `v[0]` may be row 0 of the label entry `v`, or the label entry `v[0]`.
  @Test(arguments: [
    Recipe.labels([("v", [(0, 2, 1), (2, 4, 2)])]), Recipe.labels([("v[0]", [(0, 2, 1)]), ("v[1]", [(2, 4, 2)])]),
  ])
  func `asks for the labels where a name is ambiguous, and is content with them`(labels: Recipe) throws {
    let apart = Recipe.frames("FACET 4.2", [("v[0]", [[1], [2]]), ("v[1]", [[3], [4]])])
    try bench.write([labels], to: "labels.csd")
    try bench.write([.frames("COVAREP", [("v", [[1], [2], [3], [4]])])], to: "first.csd")
    try bench.write([apart], to: "second.csd")
    try bench.convert(from: ["labels.csd", "first.csd"])
    let before = try bench.bytes()
    #expect(
      throws: ConversionError.labelsNeeded(
        dataset: bench.file("out"), sample: "v[0]", labels: "Opinion Segment Labels")
    ) { try add(["second.csd"]) }
    #expect(try bench.bytes() == before)
    _ = try add(["second.csd", "labels.csd"])
    try bench.convert(from: ["labels.csd", "first.csd", "second.csd"], to: "whole")
    let isSame = try bench.bytes() == bench.bytes(of: "whole")
    #expect(isSame)
  }

  /// The dataset stays as it is, and nothing else is left.
  private func expectRefusal(
    _ first: [Recipe], _ second: [Recipe], _ options: KeyValuePairs<ConversionOptions.Name, String> = [:],
    adding: KeyValuePairs<ConversionOptions.Name, String> = [:], because text: String
  ) throws {
    try bench.write(first, to: "first.csd")
    try bench.write(second, to: "second.csd")
    try bench.convert(options, from: ["first.csd"])
    let (names, before) = try (bench.names(), bench.bytes())
    let error = #expect(throws: (any Error).self) { try add(["second.csd"], adding) }
    #expect("\(error.map { "\($0)" } ?? "")".contains(text))
    let isSame = try bench.names() == names && bench.bytes() == before
    #expect(isSame)
  }

  @Test func `is refused where a sample would become longer`() throws {
    try expectRefusal(
      [.sounds], [.tokens("words", [("b", ["x", "y", "z"])])], [.labels: "none"], because: "reaches beyond the sample")
  }

  @Test func `is refused where there would be another sample`() throws {
    try expectRefusal(
      [.sounds], [.tokens("words", [("c", ["x"])])], [.labels: "none"], because: "would become another sample")
  }

  @Test func `is refused where samples would become incomplete`() throws {
    try expectRefusal(
      [.opinions, .sounds], [.tokens("words", [("a", ["x"])])], [.dropIncomplete: "true"], because: "incomplete")
  }

  @Test func `is refused where samples were left out as incomplete`() throws {
    try expectRefusal(
      [.opinions, .sounds, .tokens("words", [("a", ["x"])])], [Self.faces], [.dropIncomplete: "true"],
      because: "were left out as incomplete")
  }

  @Test func `is refused for a root that is there already`() throws {
    try expectRefusal([.opinions, .sounds], [.sounds], because: "\"COVAREP\" already")
  }

  @Test func `is refused for a name that is there already`() throws {
    try expectRefusal(
      [.opinions, .sounds], [Self.faces], adding: [.modality: "audio=FACET 4.2"], because: "audio is given twice")
  }

  @Test func `is refused for options of what the dataset has`() throws {
    try expectRefusal(
      [.opinions, .sounds], [Self.faces], adding: [.rate: "audio=5"], because: "there is no modality \"audio\"")
  }

  @Test func `is refused for files that do not belong together`() throws {
    try expectRefusal(
      [.opinions, .sounds], [.frames("FACET 4.2", [("z", [[1]])])], because: "do not belong together")
  }

  @Test func `is refused for labels alone`() throws {
    try expectRefusal(
      [.opinions, .sounds], [.labels([("a", [(0, 1, 1)])], root: "All Labels")], because: "labels only")
  }

  @Test func `is refused like another dataset`() throws {
    try bench.write([.opinions, .sounds], to: "old.csd")
    try bench.convert([.folds: "none"], from: ["old.csd"], to: "old")
    try expectRefusal([.opinions, .sounds], [Self.faces], [.like: bench.file("old")], because: "--like another")
  }

  @Test func `is refused to what is aligned, and for aligning`() throws {
    try expectRefusal(
      [.opinions, .sounds, .speech], [Self.faces], [.align: "words"], because: "aligned to \"words\"")
    try Folder.removeAll(bench.file("out"))
    try Folder.removeAll(bench.file("first.csd"))
    try Folder.removeAll(bench.file("second.csd"))
    try expectRefusal(
      [.opinions, .sounds, .speech], [Self.faces], adding: [.align: "words"], because: "--align concerns all")
  }

  @Test func `is refused where the dataset is damaged`() throws {
    try bench.write([.opinions, .sounds], to: "first.csd")
    try bench.write([Self.faces], to: "second.csd")
    try bench.convert([.folds: "none"], from: ["first.csd"])
    let shard = try File(updating: bench.file("out/all-00000-of-00001.safetensors"))
    let byte = try shard.read(bytes: 1, at: 4096)[0]
    try shard.write([byte ^ 1], at: 4096)
    #expect(throws: ConversionError.self) { try add(["second.csd"]) }
  }
}
