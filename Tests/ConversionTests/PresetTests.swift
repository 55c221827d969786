import ComputationalSequences
import Conversion
import Shards
import TestSupport
import Testing

/// Published layouts, begun with by name.
@Suite struct `A preset` {
  /// A video of one segment, whose sequences have `text`, `audio` and `vision` columns and frames enough to cut.
  private func bench(text: Int = 300, audio: Int = 74, vision: Int = 47, facet: String = "FACET_4.1") throws
    -> Workbench
  {
    func frames(_ root: String, _ columns: Int, rate: Double, rows: Int) -> Recipe {
      let values = (0..<rows).flatMap { row in (0..<columns).map { Float(row) + Float($0) / 128 } }
      return Recipe(
        root: root,
        entries: [
          .init(
            id: "a", features: .float32(values, columns: columns),
            intervals: (0..<rows).map { (Double($0) / rate, Double($0 + 1) / rate) })
        ])
    }
    return try Workbench(
      .labels([("a", [(0, 60, 1)])]), frames("glove_vectors", text, rate: 2, rows: 120),
      frames("COVAREP", audio, rate: 50, rows: 3000), frames(facet, vision, rate: 30, rows: 1800),
      frames("OpenSMILE", 3, rate: 1, rows: 60))
  }

  private func configuration(
    _ options: KeyValuePairs<ConversionOptions.Name, String>
  ) throws -> ConversionConfiguration {
    var all = ConversionOptions()
    for (name, text) in options { all.add(name, text) }
    return try all.overPreset().configuration()
  }

  @discardableResult
  private func convert(
    _ bench: Workbench, _ options: KeyValuePairs<ConversionOptions.Name, String>
  ) throws -> Dataset {
    _ = try Converter.run(
      inputs: [bench.file("raw.csd")], output: bench.file("out"), configuration(options), progress: .none)
    return try bench.sound()
  }

  @Test func `of MulT's CMU-MOSI has its columns, rates and lengths`() throws {
    let dataset = try convert(try bench(), [.preset: "mult-mosi", .folds: "none", .normalize: "none"])
    #expect(dataset.manifest.modalities.map(\.name) == ["text", "audio", "vision"])
    #expect(dataset.manifest.modalities.map(\.dimension) == [300, 5, 20])
    #expect(dataset.manifest.modalities.map(\.rate) == [nil, 12.5, 15])
    let sample = try dataset.sample("a[0]")
    #expect(["text", "audio", "vision"].map { sample[$0].count } == [50, 375, 500])
    // Four rows of 50 a second make a frame of 12.5: 0 to 3 of columns 1, 3, 6, 25 and 60.
    let first = [1, 3, 6, 25, 60].map { (column: Float) -> Float in 1.5 + column / 128 }
    #expect(Array(sample["audio"].values.prefix(5)) == first)
  }

  @Test func `of MulT's CMU-MOSEI has its rates and lengths`() throws {
    let bench = try bench(vision: 35, facet: "FACET 4.2")
    let dataset = try convert(bench, [.preset: "mult-mosei", .folds: "none"])
    #expect(dataset.manifest.modalities.map(\.dimension) == [300, 74, 35])
    let sample = try dataset.sample("a[0]")
    #expect(["text", "audio", "vision"].map { sample[$0].count } == [50, 500, 500])
  }

  @Test(arguments: [47, 35]) func `of the word-aligned files averages over words, and has 50 of them`(vision: Int)
    throws
  {
    let dataset = try convert(try bench(vision: vision), [.preset: "aligned-50", .folds: "none", .normalize: "none"])
    #expect(dataset.manifest.modalities.map(\.dimension) == [300, 74, vision])
    #expect(dataset.manifest.configuration["align"]?.string == "glove_vectors")
    let sample = try dataset.sample("a[0]")
    #expect(["text", "audio", "vision"].map { sample[$0].count } == [50, 50, 50])
    // A word lasts half a second: 25 frames of audio, 15 of vision.
    #expect(sample["audio"].values[0] == 12 && sample["audio"].values[74] == 37)
    #expect(sample["vision"].values[0] == 7 && sample["vision"].times == sample["text"].times)
  }

  @Test func `gives way to what is said beside it`() throws {
    let dataset = try convert(
      try bench(),
      [
        .preset: "mult-mosi", .folds: "none", .maxFrames: "audio=7", .modality: "audio",
        .modality: "openvoice=OpenSMILE",
        .select: "audio=0",
      ])
    #expect(dataset.manifest.modalities.map(\.name) == ["audio", "openvoice"])
    #expect(dataset.manifest.modalities.map(\.dimension) == [1, 3])
    #expect(try dataset.sample("a[0]")["audio"].count == 7)
    #expect(try dataset.modality("audio").rate == 12.5)
  }

  @Test(arguments: [
    ("mult-mosi", "glove_vectors", "text", 299, [300]), ("mult-mosi", "COVAREP", "audio", 73, [74]),
    ("mult-mosi", "FACET_4.1", "vision", 35, [47]), ("mult-mosei", "FACET_4.1", "vision", 47, [35]),
    ("aligned-50", "FACET_4.1", "vision", 20, [47, 35]),
  ]) func `refuses other dimensions, naming the root and what it expected`(
    name: String, root: String, modality: String, found: Int, expected: [Int]
  ) throws {
    let bench = try bench(
      text: modality == "text" ? found : 300, audio: modality == "audio" ? found : 74,
      vision: modality == "vision" ? found : 47)
    let error = ConversionError.presetDimension(
      preset: name, root: root, modality: modality, found: found, expected: expected)
    #expect(throws: error) {
      try Converter.run(
        inputs: [bench.file("raw.csd")], output: bench.file("out"), configuration([.preset: name]), progress: .none)
    }
    #expect(try bench.names() == ["raw.csd"])
  }

  @Test func `says which of its modalities is not there`() throws {
    let bench = try Workbench(.opinions, .frames("glove_vectors", [("a", [Array(repeating: 0.5, count: 300)])]))
    let error = #expect(throws: ConversionError.self) { try convert(bench, [.preset: "mult-mosi"]) }
    #expect(error?.description.contains("the inputs have no audio among their roots") == true)
    #expect(try bench.names() == ["raw.csd"])
  }

  @Test func `is known, or refused with a hint`() {
    let error = #expect(throws: ConversionError.self) { try configuration([.preset: "mult-mosy"]) }
    #expect(error?.description.contains(#"did you mean "mult-mosi"?"#) == true)
    #expect(error?.description.contains("aligned-50") == true)
  }

  @Test func `is no part of applying another dataset`() throws {
    let bench = try bench()
    try convert(bench, [.preset: "mult-mosi", .folds: "none"])
    #expect(throws: ConversionError.likeConflict(option: "preset")) {
      try Converter.run(
        inputs: [bench.file("raw.csd")], output: bench.file("new"),
        configuration([.preset: "mult-mosi", .like: bench.file("out")]), progress: .none)
    }
  }
}
