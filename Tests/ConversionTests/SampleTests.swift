import ComputationalSequences
import Conversion
import Files
import PackedSequences
import Segments
import Shards
import TestSupport
import Testing

/// Which samples a dataset has, in which split, with which frames, and what its ledger says of the others.
@Suite struct `Samples of a conversion` {
  private func lines(_ dataset: Dataset) throws -> [String] {
    try dataset.ledger().map { "\($0.id) \($0.modality ?? "-") \($0.reason.rawValue): \($0.detail ?? "")" }
  }

  @Test func `are the rows of the labels, with their intervals, labels, frames and tokens`() throws {
    let bench = try Workbench(.opinions, .sounds, .speech)
    let dataset = try bench.dataset([.folds: "none", .normalize: "none"])
    #expect(
      dataset.samples.map(\.id) == ["a[0]", "a[1]", "b[0]"] && dataset.samples.map(\.split) == ["all", "all", "all"])
    #expect(dataset.samples.map(\.labels) == [[1.5], [-0.5], [3]])
    #expect(dataset.samples.map(\.interval) == [[0, 2], [2, 4], [0, 2]])
    #expect(dataset.samples.map { $0["audio"].values } == [[1, 10, 2, 20], [3, 30, 4, 40], [5, 50, 6, 60]])
    #expect(dataset.samples.map { $0["words"].tokens } == [["so", "sp"], ["", "well"], ["é", "sp"]])
    #expect(dataset.samples.allSatisfy { $0["audio"].times == [0, 1, 1, 2] && $0["words"].valid == [1, 1] })
    #expect(try dataset.ledger().isEmpty)
  }

  @Test func `stay, with a line in the ledger, where they lack frames`() throws {
    let bench = try Workbench(
      .labels([
        ("a", [(0, 2, 0), (50, 51, 0), (1, 1, 0)]), ("b", [(0, 1, 0)]), ("c", [(0, 1, 0)]), ("out", [(0, 1, 0)]),
      ]), .frames("COVAREP", [("a", [[1], [2]]), ("b", [[0]]), ("extra", [[1]]), ("another[3]", [[1]])]),
      .tokens("words", [("a", ["x", "y"]), ("b", ["sp"]), ("c", ["z"])]))
    let folds = try bench.write(#"{"train": ["a", "b"], "valid": ["c"], "test": []}"#, to: "folds.json")
    let dataset = try bench.dataset([.folds: folds, .dropZeroFrames: "audio,words"])
    #expect(dataset.manifest.sampleCounts == ["train": 4, "valid": 1, "test": 0])
    let expected = [
      "a[1] audio missing: no frame overlaps its interval", "a[1] words missing: no frame overlaps its interval",
      "a[2] audio zero-length: its interval is [1.0, 1.0]", "a[2] words zero-length: its interval is [1.0, 1.0]",
      "b[0] audio emptied: all 1 frames were zero", "b[0] words emptied: all 1 tokens were empty",
      "c[0] audio missing: \"COVAREP\" has no entry for it", "out[0] - no-split: its video is in no fold",
      "another[3] - unlabelled: the labels do not name it", "extra - unlabelled: the labels do not name it",
    ]
    #expect(try lines(dataset) == expected)
    #expect(
      dataset.manifest.ledger.counts == [.missing: 3, .zeroLength: 2, .emptied: 2, .noSplit: 1, .unlabelled: 2])
    #expect(dataset.samples.map { $0["audio"].count } == [2, 0, 0, 0, 0])

    let complete = try bench.dataset([
      .folds: folds, .dropZeroFrames: "audio,words", .dropIncomplete: "true", .overwrite: "true",
    ])
    #expect(complete.samples.map(\.id) == ["a[0]"])
    #expect(complete.manifest.sampleCounts == ["train": 1, "valid": 0, "test": 0])
    #expect(try lines(complete)[4] == "b[0] audio incomplete: emptied: all 1 frames were zero")
    #expect(complete.manifest.ledger.counts == [.incomplete: 7, .noSplit: 1, .unlabelled: 2])
    #expect(try complete.statistics("audio").count == [2])
  }

  @Test func `without a finite label are named, and left out alone where that is asked for`() throws {
    let bench = try Workbench(
      .labels([("a", [(0, 1, .nan), (1, 2, 1)]), ("b", [(0, 1, 2), (1, 2, -.infinity)]), ("c", [(0, 1, 3)])]),
      .frames("COVAREP", ["a", "b", "c"].map { ($0, [[1], [2]]) }))
    let folds = try bench.write(#"{"train": ["a", "b"], "test": ["c"]}"#, to: "folds.json")
    let kept = try bench.convert([.folds: folds])
    #expect(kept.ledger.map(\.id) == ["a[0]", "b[1]"] && kept.ledger.allSatisfy { $0.reason == .unknownLabel })
    #expect(kept.ledger.map(\.detail) == ["sentiment is nan", "sentiment is -inf"])
    #expect(kept.warnings.contains { $0.contains("2 samples (a[0], …)") && $0.contains("--drop-unlabelled") })
    let dataset = try bench.dataset([.folds: folds, .dropUnlabelled: "true"], to: "dropped")
    #expect(dataset.samples.map(\.id) == ["a[1]", "b[0]", "c[0]"])
    #expect(try lines(dataset) == ["a[0] - no-label: sentiment is nan", "b[1] - no-label: sentiment is -inf"])
    // Parts tell each line once.
    for (name, drops) in [("kept", "false"), ("left out", "true")] {
      let options: KeyValuePairs<ConversionOptions.Name, String> = [.folds: folds, .dropUnlabelled: drops]
      let whole = try bench.dataset(options, to: name)
      for part in 1...2 {
        try bench.convert([.folds: folds, .dropUnlabelled: drops, .part: "\(part)/2"], to: "\(name) \(part)")
      }
      _ = try Merger.run(
        parts: [bench.file("\(name) 1"), bench.file("\(name) 2")], output: bench.file("\(name) merged"),
        overwrites: false,
        progress: .none)
      #expect(try bench.sound("\(name) merged").ledger() == whole.ledger())
    }
  }

  @Test func `can all be incomplete`() throws {
    let bench = try Workbench(
      .labels([("a", [(0, 1, 0)]), ("b", [(0, 1, 0)])]), .frames("COVAREP", [("a", [[1]])]),
      .tokens("words", [("b", ["x"])]))
    let dataset = try bench.dataset([.dropIncomplete: "true", .folds: "none"])
    #expect(dataset.samples.isEmpty && dataset.manifest.sampleCounts == ["all": 0])
    #expect(dataset.manifest.splits[0].shards.isEmpty && dataset.manifest.ledger.counts == [.incomplete: 2])
    #expect(try dataset.statistics("audio").count == [0])
  }

  // MARK: Without labels

  @Test(arguments: ["none", nil])
  func `are whole entries, undivided, without labels`(labels: String?) throws {
    let bench = try Workbench()
    try bench.write(
      (labels == nil ? [] : [.opinions]) + [.sounds, .tokens("words", [("b", ["x"]), ("c[2]", ["y", "z"])])])
    var options = ConversionOptions()
    options.add(.labels, labels)
    options.add(.normalize, "none")
    _ = try Converter.run(
      inputs: [bench.file("raw.csd")], output: bench.file("out"), try options.configuration(), progress: .none)
    let dataset = try bench.sound()
    #expect(dataset.samples.map(\.id) == ["a", "b", "c[2]"] && dataset.manifest.labels.isEmpty)
    #expect(dataset.samples.map(\.interval) == [[0, 4], [0, 2], [0, 2]])
    #expect(dataset.samples.map { $0["audio"].count } == [4, 2, 0])
    #expect(dataset.samples.map { $0["words"].tokens } == [[], ["x"], ["y", "z"]])
    #expect(dataset.manifest.sampleCounts == ["all": 3])
    #expect(
      try lines(dataset) == [
        "a words missing: \"words\" has no entry for it", "c[2] audio missing: \"COVAREP\" has no entry for it",
      ])
  }

  @Test func `are whole entries in order of time, with an entry without rows`() throws {
    let bench = try Workbench(
      Recipe(
        root: "COVAREP",
        entries: [
          .init(id: "a", features: .float32([1, 2, 3], columns: 1), intervals: [(5, 6), (-1, 0), (2, 3)]),
          .init(id: "b", features: .float32([], columns: 1), intervals: []),
        ]))
    let dataset = try bench.dataset([.normalize: "none"])
    #expect(try dataset.sample("a")["audio"].values == [2, 3, 1])
    #expect(try dataset.sample("a")["audio"].times == [0, 1, 3, 4, 6, 7])
    #expect(try dataset.sample("a").interval == [-1, 6] && dataset.sample("b").interval == [0, 0])
    #expect(try lines(dataset) == ["b audio zero-length: its interval is [0.0, 0.0]"])
  }

  @Test func `are divided by standard folds where these know their entries`() throws {
    let bench = try Workbench(.frames("COVAREP", [("03bSnISJMiM", [[1]]), ("nobody", [[2]])]))
    let dataset = try bench.dataset()
    #expect(dataset.manifest.sampleCounts == ["train": 1, "valid": 0, "test": 0])
    #expect(try lines(dataset) == ["nobody - no-split: its video is in no fold"])
  }

  // MARK: Splits

  @Test func `go to train where there is only one`() throws {
    let bench = try Workbench(.labels([("a", [(0, 1, 2)])]), .frames("COVAREP", [("a", [[7, 8]])]))
    let dataset = try bench.dataset()
    #expect(dataset.manifest.sampleCounts == ["train": 1, "valid": 0, "test": 0])
    #expect(try dataset.sample("a[0]")["audio"].values == [0, 0])
    #expect(dataset.manifest.splits.map(\.shards.count) == [1, 0, 0])
  }

  @Test func `must not leave train empty where something is to be fitted`() throws {
    let bench = try Workbench(.opinions, .sounds, .speech)
    let folds = try bench.write(#"{"train": ["z"], "valid": ["a"], "test": ["b"]}"#, to: "folds.json")
    #expect(throws: ConversionError.emptyTrain) { try bench.convert([.folds: folds]) }
    #expect(throws: ConversionError.emptyTrain) { try bench.convert([.folds: folds, .normalize: "none"]) }
    #expect(throws: ConversionError.emptyTrain) { try bench.convert([.folds: "ratio:0,0.5,0.5"]) }
    #expect(try bench.names() == ["folds.json", "raw.csd"])
    let words = try bench.dataset([.folds: folds, .modality: "words"])
    #expect(words.manifest.sampleCounts == ["train": 0, "valid": 2, "test": 1])
  }

  @Test func `must be in some fold`() throws {
    let bench = try Workbench(.opinions, .sounds)
    let folds = try bench.write(#"{"train": ["z"]}"#, to: "folds.json")
    #expect(throws: SegmentsError.noSamples(folds: folds)) { try bench.convert([.folds: folds]) }
    #expect(throws: SegmentsError.noSamples(folds: "cmu-mosi")) { try bench.convert([.folds: "cmu-mosi"]) }
  }

  @Test func `of one split may have no frames of a modality at all`() throws {
    let bench = try Workbench(
      .opinions, .sounds, .frames("FACET 4.2", [("a", [[1, 2, 3], [4, 5, 6]])]), .tokens("words", [("a", ["x"])]))
    let folds = try bench.write(#"{"train": ["a"], "valid": ["b"]}"#, to: "folds.json")
    for (vision, normalization) in [("zscore", "none"), ("none", "zscore")] {
      let dataset = try bench.dataset([
        .folds: folds, .normalize: normalization, .normalize: "vision=\(vision)", .nonfinite: "mask",
        .overwrite: "true",
      ])
      #expect(dataset.manifest.splits.map(\.frames) == [[4, 2, 1], [2, 0, 0], [0, 0, 0]])
      #expect(try dataset.sample("b[0]")["vision"] == StoredSample.Frames())
      #expect(try dataset.sample("b[0]")["audio"].count == 2)
    }
  }

  // MARK: Ids

  @Test func `keep odd names of entries`() throws {
    let odd = ["a b", "naïve 🦉", "x[y]", "z[", "[3]", "line\nbreak", "quote\"\\", ".hidden", "a[007]", "日本"]
    let bench = try Workbench(
      .labels(odd.map { ($0, [(0, 1, 1), (1, 2, 2)]) }), .frames("COVAREP", odd.map { ($0, [[1], [2]]) }),
      .tokens("words", [("odd\tone", ["x"]), (odd[0], ["y", "z"])]))
    let dataset = try bench.dataset([.folds: "none"])
    let expected = odd.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.flatMap { ["\($0)[0]", "\($0)[1]"] }
    #expect(dataset.samples.map(\.id) == expected)
    #expect(dataset.samples.allSatisfy { $0["audio"].count == 1 })
    let missing = try dataset.ledger().filter { $0.reason == .missing }.map(\.id)
    #expect(missing == expected.filter { !$0.hasPrefix("a b[") })
    #expect(try dataset.ledger().last?.id == "odd\tone")
    #expect(try bench.bytes()["ledger.jsonl"]?.count { $0 == UInt8(ascii: "\n") } == missing.count + 1)
  }

  @Test func `put the parts of a video together in order of their numbers, then of time`() throws {
    let parts: [(String, Float, Double)] = [("v[10]", 3, 2), ("v[2]", 2, 2), ("v[1]", 1, 7), ("v", 0, 4)]
    let bench = try Workbench(
      .labels([("v", [(0, 10, 0)])]),
      Recipe(
        root: "COVAREP",
        entries: parts.map { id, value, start in
          Recipe.Entry(id: id, features: .float32([value], columns: 1), intervals: [(start, start + 1)])
        }))
    let dataset = try bench.dataset([.normalize: "none"])
    #expect(try dataset.sample("v[0]")["audio"].values == [2, 3, 0, 1], "ties by row, v[2] before v[10]")
    #expect(try dataset.ledger().isEmpty)
  }

  @Test func `of labels with numbers take the entry of that name whole`() throws {
    let bench = try Workbench(
      .labels([("v[3]", [(100, 101, 1)]), ("v[4]", [(0, 2, 2)]), ("w", [(0, 2, 3)])]),
      .frames("COVAREP", [("v[3]", [[1], [2]]), ("w", [[5], [6]])]),
      .frames("FACET 4.2", [("v", [[8], [9]]), ("w[0]", [[4]])]))
    let dataset = try bench.dataset([.normalize: "none", .folds: "none"])
    #expect(dataset.samples.map(\.id) == ["v[3]", "v[4]", "w[0]"])
    #expect(try dataset.sample("v[3]")["audio"].values == [1, 2])
    #expect(try dataset.sample("v[3]")["audio"].times == [0, 0, 0, 0], "clipped to the sample")
    #expect(try dataset.sample("v[4]")["vision"].values == [8, 9])
    #expect(try dataset.sample("w[0]")["vision"].values == [4] && dataset.sample("w[0]")["audio"].values == [5, 6])
  }
}
