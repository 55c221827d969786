import ComputationalSequences
import Conversion
import Files
import Preprocessing
import Segments
import Shards
import TestSupport
import Testing

/// What can be aligned to what, and what is refused.
@Suite struct `The root of an alignment` {
  private let bench: Workbench

  init() throws {
    bench = try Workbench(
      AlignmentExample.labels, AlignmentExample.words, AlignmentExample.sounds)
  }

  private typealias Options = KeyValuePairs<ConversionOptions.Name, String>

  private func convert(_ options: Options, to output: String = "out") throws -> Dataset {
    try bench.convert(options, to: output)
    return try bench.sound(output)
  }

  /// Writes other sequences into `raw.csd`.
  private func write(_ recipes: Recipe...) throws {
    try Folder.removeAll(bench.file("raw.csd"))
    try bench.write(recipes)
  }

  @Test func `may be named as a root, as a modality, and need not become one`() throws {
    let words = try convert([.align: "words", .folds: "none"])
    let renamed = try convert(
      [.align: "speech", .modality: "audio", .modality: "speech=words", .folds: "none"], to: "b")
    let alone = try convert([.align: "words", .modality: "audio", .folds: "none"], to: "c")
    #expect(alone.manifest.modalities.map(\.name) == ["audio"])
    for id in ["a[0]", "a[1]", "b[0]"] {
      #expect(try words.sample(id)["audio"] == renamed.sample(id)["audio"])
      #expect(try words.sample(id)["audio"] == alone.sample(id)["audio"])
    }
    #expect(renamed.manifest.alignment?.root == "words" && alone.manifest.alignment?.root == "words")
    #expect(alone.manifest.inputs.map(\.root) == ["COVAREP", "Opinion Segment Labels", "words"])
  }

  @Test func `may be numbers, which keep their rows`() throws {
    let dataset = try convert([.align: "COVAREP", .folds: "none", .normalize: "none", .collapse: "words=last"])
    let sample = try dataset.sample("b[0]")
    #expect(sample["audio"].values == [10, -1, -10, 1, 20, 30] && sample["words"].tokens == ["p", "p", "r"])
    #expect(sample["words"].times == [0, 0.5, 0.5, 1, 2.5, 3], "of a longer row only what is covered")
    #expect(dataset.manifest.alignment == .init(root: "COVAREP", unevenSamples: 0, imputed: ["words": 0]))
  }

  @Test func `may be the labels, for one frame a segment`() throws {
    let dataset = try convert([.align: "Opinion Segment Labels", .folds: "none", .normalize: "none"])
    #expect(try dataset.sample("a[0]")["audio"].values == [2, 4] && dataset.sample("a[1]")["words"].tokens == ["z"])
    #expect(try dataset.sample("b[0]")["audio"].values == [Float(20.0 / 3), 10])
  }

  @Test func `stands in the configuration, and in the fingerprint, with how frames were combined`() throws {
    let plain = try convert([.folds: "none"])
    let first = try convert(
      [.align: "words", .folds: "none", .collapse: "first", .alignMissing: "audio=drop"], to: "b")
    let again = try convert([.align: "words", .folds: "none"], to: "c")
    let configuration = first.manifest.configuration
    #expect(configuration["align"]?.string == "words" && plain.manifest.configuration["align"] == nil)
    #expect(configuration["modalities"]?["audio"]?["collapse"]?.string == "first")
    #expect(configuration["modalities"]?["audio"]?["align_missing"]?.string == "drop")
    #expect(configuration["modalities"]?["words"]?["collapse"] == nil, "it keeps its own rows")
    #expect(plain.manifest.configuration["modalities"]?["audio"]?["collapse"] == nil && plain.manifest.alignment == nil)
    #expect(Set([plain, first, again].map(\.manifest.fingerprint)).count == 3)
  }

  @Test(arguments: ["mean", "max", "last"], [[], ["audio"]] as [[String]])
  func `gives the same bytes on any number of threads`(collapse: String, dropping: [String]) throws {
    var bytes: [[String: [UInt8]]] = []
    for threads in ["1", "2", "7"] {
      var options = ConversionOptions()
      options.add(.align, "glove_vectors")
      options.add(.collapse, "\(collapse),words=first")
      options.add(.dropZeroFrames, dropping)
      options.add(.threads, threads)
      _ = try Converter.run(
        inputs: [Project.fixture], output: bench.file(threads), options.configuration(), progress: .none)
      bytes.append(try bench.bytes(of: threads))
    }
    #expect(bytes[0] == bytes[1] && bytes[0] == bytes[2])
  }

  @Test func `is taken over from another dataset, by the modality that it became`() throws {
    try bench.convert([.align: "words", .folds: "none", .collapse: "max", .alignMissing: "drop"], to: "old")
    let other = Recipe(root: "other words", entries: AlignmentExample.words.entries)
    try bench.write([AlignmentExample.labels, other, AlignmentExample.sounds], to: "new.csd")
    var options = ConversionOptions()
    options.add(.like, bench.file("old"))
    options.add(.modality, ["audio", "words=other words"])
    _ = try Converter.run(
      inputs: [bench.file("new.csd")], output: bench.file("out"), options.configuration(), progress: .none)
    let (old, new) = try (bench.sound("old"), bench.sound())
    #expect(old.samples == new.samples && new.manifest.alignment?.root == "other words")
  }

  @Test func `of another dataset must be in the inputs`() throws {
    try bench.convert([.align: "words", .modality: "audio", .folds: "none"], to: "old")
    try bench.write([AlignmentExample.labels, AlignmentExample.sounds], to: "new.csd")
    let error = ConversionError.unlike(
      dataset: bench.file("old"), problem: "it was aligned to the root \"words\", which is not in the inputs; add it")
    #expect(throws: error) { try bench.convert([.like: bench.file("old")], from: ["new.csd"]) }
  }

  // MARK: Entries

  @Test func `without an entry for a video leaves its samples without frames, and says so`() throws {
    var words = AlignmentExample.words
    words.entries.removeFirst()
    try write(AlignmentExample.labels, words, AlignmentExample.sounds)
    let report = try bench.convert([.align: "words", .folds: "none"])
    #expect(report.ledger.map(\.id) == ["a[0]", "a[0]", "a[1]", "a[1]"])
    #expect(report.ledger[0].detail == "\"words\" has no entry for it to be aligned to")
    #expect(report.ledger[1].detail == "\"words\" has no entry for it")
    #expect(try bench.sound().samples.map { $0["audio"].count } == [0, 0, 3])
    let complete = try convert([.align: "words", .folds: "none", .dropIncomplete: "true"], to: "complete")
    #expect(complete.samples.map(\.id) == ["b[0]"])
  }

  @Test func `imputes no entry that is not there, but all of one without rows`() throws {
    var sounds = AlignmentExample.sounds
    sounds.entries[0].features = .float32([], columns: 2)
    sounds.entries[0].intervals = []
    let missing = Recipe(root: "FACET 4.2", entries: [AlignmentExample.sounds.entries[1]])
    try write(AlignmentExample.labels, AlignmentExample.words, sounds, missing)
    let dataset = try convert([.align: "words", .folds: "none"])
    #expect(dataset.samples.map { $0["audio"].count } == [2, 2, 3])
    #expect(dataset.samples.map { $0["vision"].count } == [0, 0, 3])
    #expect(dataset.manifest.alignment == .init(root: "words", unevenSamples: 2, imputed: ["audio": 5, "vision": 1]))
    #expect(try dataset.sample("a[1]")["audio"].times == [0, 1.5, 1.5, 2], "the row's own interval")
  }

  @Test func `counts the rows of a video's entries through, as the other's are`() throws {
    func split(_ recipe: Recipe, _ first: SequenceWriter.Features, _ second: SequenceWriter.Features, _ at: Int)
      -> Recipe
    {
      let entry = recipe.entries[0]
      var result = recipe
      result.entries[0] = .init(id: "a[10]", features: second, intervals: Array(entry.intervals[at...]))
      result.entries.append(.init(id: "a[2]", features: first, intervals: Array(entry.intervals[..<at])))
      return result
    }
    let whole = try convert([.align: "words", .folds: "none"], to: "whole")
    try write(
      AlignmentExample.labels,
      split(AlignmentExample.words, .fixedStrings(["x", "y"]), .fixedStrings(["dot", "z", "w"]), 2),
      split(
        AlignmentExample.sounds, .float32([1, .nan], columns: 2), .float32([3, 4, 5, .infinity, 7, 8], columns: 2), 1))
    #expect(try convert([.align: "words", .folds: "none"]).samples == whole.samples)
  }

  /// Labels whose entries have suffixes, and entries of the segments' own ids.
  private static let segments = Recipe.labels([("v[0]", [(0, 2, 1)]), ("v[1]", [(10, 12, 2)])])

  private static func sounds(_ id: String, _ values: [Float]) -> Recipe {
    .frames("COVAREP", [(id, values.map { [$0] })])
  }

  @Test func `takes entries whole where both have one of the sample's own id`() throws {
    // Of v[1] the times begin at 0, though the segment begins at 10 s.
    try write(
      Self.segments, .tokens("words", [("v[0]", ["a", "b"]), ("v[1]", ["c", "d", "e"])]),
      .frames("COVAREP", [("v[0]", [[1], [2]]), ("v[1]", [[3], [4]])]))
    let dataset = try convert([.align: "words", .folds: "none", .normalize: "none"])
    #expect(dataset.samples.map { $0["words"].tokens } == [["a", "b"], ["c", "d", "e"]])
    #expect(dataset.samples.map { $0["audio"].values } == [[1, 2], [3, 4, 0]])
    #expect(dataset.samples.map { $0["audio"].valid } == [[1, 1], [1, 1, 0]])
  }

  @Test func `goes by the video where only one of them has an entry of the sample's own id`() throws {
    try write(
      Self.segments, .tokens("words", [("v", (0..<12).map { "w\($0)" })]),
      .frames("COVAREP", [("v[0]", [[1], [2]]), ("v[1]", (0..<12).map { [Float($0)] })]))
    let dataset = try convert([.align: "words", .folds: "none", .normalize: "none"])
    #expect(dataset.samples.map { $0["words"].tokens } == [["w0", "w1"], ["w10", "w11"]])
    // The entries of the video are one strip: a word of the first two seconds has a row of each.
    #expect(dataset.samples.map { $0["audio"].values } == [[0.5, 1.5], [10, 11]])
  }

  @Test func `leaves out rows too short to be aligned to where entries are taken whole, and counts them`() throws {
    let words = Recipe(
      root: "words",
      entries: [
        .init(id: "v", features: .fixedStrings(["a", "dot", "b"]), intervals: [(0, 1), (1, 1.000009), (1, 2)])
      ])
    try write(words, Self.sounds("v", [1, 2]))
    let dataset = try convert([.align: "words", .normalize: "none"])
    #expect(try dataset.sample("v")["words"].tokens == ["a", "b"] && dataset.sample("v")["audio"].values == [1, 2])
    #expect(try dataset.modality("words").framesDropped == ["short_rows": 1])
    #expect(try dataset.modality("audio").framesDropped == [:])
  }

  // MARK: Refusals

  private func refuses(_ error: some Error & Equatable, _ options: Options) throws {
    #expect(throws: error) { try bench.convert(options) }
    #expect(try bench.names() == ["raw.csd"])
  }

  @Test func `must be there`() throws {
    let roots = ["COVAREP", "Opinion Segment Labels", "words"]
    try refuses(ConversionError.unknownRoot(option: "align", root: "word", roots: roots), [.align: "word"])
    #expect(
      "\(ConversionError.unknownRoot(option: "align", root: "word", roots: roots))".contains("did you mean \"words\""))
    try refuses(ConversionError.malformedRoot(option: "align"), [.align: ""])
  }

  @Test func `must share an entry`() throws {
    var words = AlignmentExample.words
    words.entries = [.init(id: "c", features: .fixedStrings(["x"]), intervals: [(0, 1)])]
    try write(AlignmentExample.labels, words, AlignmentExample.sounds)
    try refuses(
      SegmentsError.noSharedEntry(root: "words", other: "Opinion Segment Labels", roots: ["COVAREP"]),
      [.align: "words", .modality: "audio"])
    try write(words, AlignmentExample.sounds)
    try refuses(
      SegmentsError.noSharedEntry(root: "words", other: "COVAREP", roots: ["COVAREP"]), [.align: "words"])
  }

  @Test(arguments: ["zero", "drop"])
  func `must be overlapped by something`(missing: String) throws {
    let sounds = Recipe(
      root: "COVAREP",
      entries: [.init(id: "a", features: .float32([1], columns: 1), intervals: [(100, 101)])])
    try write(AlignmentExample.labels, AlignmentExample.words, sounds)
    try refuses(
      SegmentsError.noAlignedRows(root: "words", modality: "COVAREP"), [.align: "words", .alignMissing: missing])
  }

  @Test func `must lie in the segments`() throws {
    let words = Recipe(
      root: "words", entries: [.init(id: "a", features: .fixedStrings(["x"]), intervals: [(100, 101)])])
    try write(AlignmentExample.labels, words, AlignmentExample.sounds)
    try refuses(
      SegmentsError.noOverlap(labels: "Opinion Segment Labels", modality: "words"),
      [.align: "words", .modality: "audio"])
  }

  @Test func `must have rows`() throws {
    let words = Recipe(root: "words", entries: [.init(id: "a", features: .fixedStrings([]), intervals: [])])
    try write(AlignmentExample.labels, words, AlignmentExample.sounds)
    try refuses(SegmentsError.noRows(modality: "words"), [.align: "words", .modality: "audio"])
  }

  @Test(arguments: [("mean", "words"), ("max", "words")])
  func `asks for no average of tokens by name`(how: String, name: String) throws {
    try refuses(
      PreprocessingError.tokensCannotBeCombined(modality: name, how: how),
      [.align: "COVAREP", .collapse: "\(name)=\(how)"])
  }

  @Test(arguments: [ConversionOptions.Name.collapse, .alignMissing])
  func `takes no option that only says how, and the others need it`(option: ConversionOptions.Name) throws {
    let value = option == .collapse ? "first" : "drop"
    try refuses(ConversionError.needsAlignment(option: option.rawValue), [option: value])
    try refuses(
      ConversionError.pivotIsNotAligned(option: option.rawValue, modality: "words"),
      [.align: "words", option: "words=\(value)"])
  }

  @Test(arguments: ["5", "audio=5"])
  func `leaves no rate to average to`(rate: String) throws {
    try refuses(ConversionError.rateOfAligned(root: "words"), [.align: "words", .rate: rate])
  }
}

/// The sequences of `A conversion that aligns`.
typealias AlignmentExample = `A conversion that aligns`

@Suite struct `Frames that cannot be made` {
  @Test(arguments: [("audio=1.03", 1.03), ("audio=200", 200)])
  func `are those of a rate above the source's`(option: String, rate: Double) throws {
    let bench = try Workbench(.opinions, .sounds)
    let error = ConversionError.rateAboveSource(modality: "audio", rate: rate, root: "COVAREP", source: 1)
    #expect(throws: error) { try bench.convert([.rate: option]) }
    #expect("\(error)".contains("has 1 frames a second") && "\(error)".contains("audio=\(option.dropFirst(6))"))
    #expect(try bench.names() == ["raw.csd"])
  }

  @Test(arguments: ["audio=1", "audio=1.01", "audio=0.1"])
  func `are not those of the source's own rate, or of a lower one`(option: String) throws {
    _ = try Workbench(.opinions, .sounds).dataset([.rate: option])
  }

  @Test func `are not refused where the source has no rate of its own`() throws {
    let uneven = Recipe(
      root: "COVAREP",
      entries: [
        .init(
          id: "a", features: .float32([1, 2, 3, 4], columns: 1),
          intervals: [(0, 0.3), (0.3, 1.5), (1.5, 1.9), (1.9, 4)])
      ])
    #expect(try Workbench(.opinions, uneven).dataset([.rate: "audio=10"]).sample("a[0]")["audio"].count == 4)
  }

  @Test func `are those of a modality that is zero everywhere`() throws {
    let zeros = Recipe.frames("COVAREP", [("a", [[0], [-0.0]]), ("b", [[0], [0]])])
    let bench = try Workbench(.opinions, zeros, .tokens("words", [("a", ["sp", ""])]))
    let error = ConversionError.everyFrameDropped(modality: "audio", rows: 4, what: "are zero")
    #expect(throws: error) { try bench.convert([.dropZeroFrames: "audio"]) }
    #expect(throws: ConversionError.everyFrameDropped(modality: "words", rows: 2, what: "are empty")) {
      try bench.convert([.dropZeroFrames: "words"])
    }
    #expect(throws: ConversionError.everyFrameDropped(modality: "audio", rows: 2, what: "are zero")) {
      try bench.convert([.dropZeroFrames: "audio", .align: "words"])
    }
    #expect(try bench.names() == ["raw.csd"])
  }
}
