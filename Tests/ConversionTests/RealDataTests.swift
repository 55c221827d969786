import ComputationalSequences
import Files
import Shards
import TestSupport
import Testing

/// CMU-MOSI as it was published; not part of the project, so that these tests need it beside it.
private enum MOSI {
  static let folder = Project.file("../shared/data/mosi")
  static let labels = folder + "/CMU_MOSI_Opinion_Labels.csd"
  static let words = folder + "/CMU_MOSI_ModifiedTimestampedWords.csd"

  static var isMissing: Bool {
    ![labels, words].allSatisfy { path in ((try? FileStatus.of(path)) ?? nil)?.isRegularFile == true }
  }

  static let skipReason = "../shared/data/mosi, the published CMU-MOSI, is not there"
}

@Suite(.disabled(if: MOSI.isMissing, "\(MOSI.skipReason)"))
struct `The published MOSI` {
  private let bench: Workbench

  init() throws { bench = try Workbench() }

  /// A row of the label file, and the rows of other sequences that overlap it.
  private struct Segment {
    let id: String
    let video: String
    let start: Double
    let end: Double
    let label: Float
  }

  private func segments() throws -> [Segment] {
    let file = try SequenceFile(MOSI.labels)
    let root = try #require(file.roots.first)
    return try root.entries.flatMap { entry in
      let (values, times) = try (file.readDoubles(entry.features), file.readDoubles(entry.intervals))
      return (0..<entry.rows).map { row in
        Segment(
          id: "\(entry.id)[\(row)]", video: entry.id, start: times[2 * row], end: times[2 * row + 1],
          label: Float(values[row]))
      }
    }
  }

  /// The rows that share more than 10 µs with a segment, by start, ties by row; found by looking at every row.
  private func rows(_ times: [Double], of segment: Segment) -> [Int] {
    (0..<times.count / 2).filter { row in
      min(times[2 * row + 1], segment.end) - max(times[2 * row], segment.start) > 1e-5
    }.sorted { (times[2 * $0], $0) < (times[2 * $1], $1) }
  }

  private func expectLabels(_ dataset: Dataset) throws {
    #expect(dataset.manifest.sampleCounts == ["train": 1284, "valid": 229, "test": 686])
    #expect(dataset.manifest.splits.map(\.name) == ["train", "valid", "test"])
    let segments = try segments()
    let samples = Dictionary(uniqueKeysWithValues: dataset.samples.map { ($0.id, $0) })
    #expect(segments.count == 2199 && samples.count == 2199)
    for segment in segments {
      let sample = try #require(samples[segment.id])
      let isSame = sample.labels == [segment.label] && sample.interval == [segment.start, segment.end]
      #expect(isSame, "\(segment.id)")
    }
  }

  /// The ledger has a line for each sample and modality without frames, and no other.
  private func expectLedger(_ dataset: Dataset) throws {
    let expected = dataset.samples.flatMap { sample in
      dataset.manifest.modalities.filter { sample[$0.name].count == 0 }.map { "\(sample.id) \($0.name)" }
    }
    let ledger = try dataset.ledger()
    #expect(Set(ledger.map { "\($0.id) \($0.modality ?? "")" }) == Set(expected) && ledger.count == expected.count)
    let faulty = ledger.filter { $0.id == "2WGyTLYerpo[43]" }
    #expect(faulty.count == dataset.manifest.modalities.count && faulty.allSatisfy { $0.reason == .zeroLength })
  }

  /// Tokens by sample are the rows of the file, in order, and frames those of another file.
  private func expectRows(_ dataset: Dataset, text: String?) throws {
    let words = try SequenceFile(MOSI.words)
    let vectors = try text.map { try SequenceFile($0) }
    let entries = Dictionary(uniqueKeysWithValues: try #require(words.roots.first).entries.map { ($0.id, $0) })
    let vectorEntries = Dictionary(uniqueKeysWithValues: (vectors?.roots.first?.entries ?? []).map { ($0.id, $0) })
    let samples = Dictionary(uniqueKeysWithValues: dataset.samples.map { ($0.id, $0) })
    var count = 0
    for (video, segments) in Dictionary(grouping: try segments(), by: \.video) {
      let entry = try #require(entries[video])
      let times = try words.readDoubles(entry.intervals)
      let tokens = try words.readStrings(entry.features, rows: 0..<entry.rows).map { text in
        String(decoding: text.prefix { $0 != 0 }, as: UTF8.self)
      }
      let vectorEntry = vectorEntries[video]
      let values = try vectorEntry.flatMap { entry in try vectors?.readDoubles(entry.features).map { Float($0) } }
      for segment in segments {
        let sample = try #require(samples[segment.id])
        let rows = rows(times, of: segment)
        count += rows.count
        let isSame = sample["words"].tokens == rows.map { tokens[$0] }
        #expect(isSame, "\(segment.id)")
        guard let values else { continue }
        let expected = rows.flatMap { values[$0 * 300..<($0 + 1) * 300] }
        let isIdentical = sample["text"].values == expected
        #expect(isIdentical, "\(segment.id)")
      }
    }
    #expect(dataset.manifest.modalities.map(\.name) == (text == nil ? ["words"] : ["text", "words"]))
    #expect(dataset.manifest.splits.reduce(0) { $0 + ($1.frames.last ?? 0) } == count && count > 30_000, "\(count)")
  }

  @Test func `keeps labels, ids, intervals and words`() throws {
    try bench.convert(from: [MOSI.labels, MOSI.words])
    let dataset = try bench.sound()
    try expectLabels(dataset)
    try expectLedger(dataset)
    try expectRows(dataset, text: nil)
    #expect(dataset.manifest.configuration["folds"]?.string == "cmu-mosi")
  }

  @Test func `says what was said, with its words one row up`() throws {
    try bench.convert([.lag: "words=1"], from: [MOSI.labels, MOSI.words])
    let dataset = try bench.sound()
    let tokens = try dataset.sample("03bSnISJMiM[0]")["words"].tokens.filter { $0 != "sp" }
    #expect(tokens.joined(separator: " ") == "anyhow it was really good")
    #expect(dataset.manifest.configuration["modalities"]?["words"]?["lag"]?.integer == 1)
  }

  @Test(.disabled(if: Python.isMissing, "\(Python.skipReason)"))
  func `keeps its word vectors as they are`() throws {
    let built = try Program(path: try #require(Python.path)).run([MOSI.folder + "/build.py", bench.file("mosi")])
    try #require(built.status == 0, "\(built)")
    try bench.convert([.modality: "text", .modality: "words", .normalize: "none"], from: ["mosi"])
    let dataset = try bench.sound()
    try expectLabels(dataset)
    try expectLedger(dataset)
    try expectRows(dataset, text: bench.file("mosi/CMU_MOSI_TimestampedWordVectors.csd"))
    // And the stock libraries agree, about all five sequences.
    let arguments = ["--quiet", "--overwrite", "--folds", "cmu-mosi"]
    let made = try Program.grfData.run(["convert"] + arguments + [bench.file("mosi"), bench.file("out")])
    try #require(made.status == 0, "\(made)")
    let compared = try Python.run(
      file: "tools/reference/reference_conversion.py",
      ["compare", bench.file("out"), bench.file("mosi"), "--folds", "cmu-mosi"])
    #expect(compared.status == 0, "\(compared)")
    let checked = try Python.run(file: "tools/reference/check_shards.py", [bench.file("out")])
    #expect(checked.status == 0, "\(checked)")
  }
}
