import Foundation
import JSONValues
import Synthesis
import TestSupport
import Testing

@testable import ComputationalSequences

/// The tiny file, written for each test and read with our own reader.
@Suite final class `The tiny file` {
  private let folder: TemporaryFolder
  private let file: SequenceFile

  init() throws {
    folder = try TemporaryFolder()
    try SyntheticDataset.write(like: .tiny, to: folder.path, seed: 0)
    file = try SequenceFile(folder.file("raw.csd"))
  }

  private func root(_ name: String) throws -> SequenceRoot { try #require(file.roots.first { $0.name == name }) }

  private func entry(_ id: String, _ root: String) throws -> SequenceRoot.Entry {
    try #require(try self.root(root).entries.first { $0.id == id })
  }

  private func values(_ id: String, _ root: String) throws -> [Double] {
    try file.readDoubles(entry(id, root).features)
  }

  private func times(_ id: String, _ root: String) throws -> (starts: [Double], ends: [Double]) {
    let flat = try file.readDoubles(entry(id, root).intervals)
    return (
      stride(from: 0, to: flat.count, by: 2).map { flat[$0] }, stride(from: 1, to: flat.count, by: 2).map { flat[$0] }
    )
  }

  private let labels = "Opinion Segment Labels"

  @Test func `is the fixture, for seed 0`() throws {
    let fixture = URL(filePath: #filePath).appending(path: "../../../fixtures/raw.csd").standardizedFileURL
    let made = folder.file("raw.csd")
    if try Data(contentsOf: fixture) == Data(contentsOf: URL(filePath: made)) { return }
    // Another zlib compresses otherwise; then the values decide.
    let other = try SequenceFile(fixture.path(percentEncoded: false))
    #expect(file.roots.map(\.name) == other.roots.map(\.name))
    for (mine, its) in zip(file.roots, other.roots) {
      #expect(mine.metadata == its.metadata && mine.entries.map(\.id) == its.entries.map(\.id))
      for (mine, its) in zip(mine.entries, its.entries) {
        let sameTimes = try file.readDoubles(mine.intervals) == other.readDoubles(its.intervals)
        #expect(sameTimes, "\(mine.intervals.object)")
        let sameFeatures = try content(of: mine, in: file) == content(of: its, in: other)
        #expect(sameFeatures, "\(mine.features.object)")
      }
    }
  }

  /// The features bit for bit, numbers or text.
  private func content(of entry: SequenceRoot.Entry, in file: SequenceFile) throws -> [[UInt8]] {
    guard entry.features.element.isNumeric else { return try file.readStrings(entry.features, rows: 0..<entry.rows) }
    return try file.readDoubles(entry.features).map { Array("\($0.bitPattern)".utf8) }
  }

  @Test func `is small, and has five roots of the shapes that it says`() throws {
    #expect(try Data(contentsOf: URL(filePath: folder.file("raw.csd"))).count < 3_000_000)
    let expected = [
      ("COVAREP", 12, 27), ("FACET_4.1", 16, 23), (labels, 1, 24), ("glove_vectors", 24, 23), ("words", 1, 23),
    ]
    #expect(file.roots.map(\.name).sorted() == expected.map(\.0))
    for (name, dimension, entries) in expected {
      #expect(try root(name).dimension == dimension && root(name).entries.count == entries, "\(name)")
    }
    #expect((300...450).contains(try root(labels).rows))
    #expect(try root("COVAREP").metadata.dimensionNames?.prefix(2) == ["f0", "voiced"])
    #expect(try root("words").metadata.texts.allSatisfy { (try? JSONValue.parse($0.text)) == nil })
  }

  @Test func `has values that are no numbers, and numbers that are no Floats`() throws {
    #expect(try values("clip_01", "COVAREP").count { $0 == -.infinity } == 4)
    #expect(try values("clip_15", "FACET_4.1").count { $0 == .infinity } == 1)
    #expect(try values("clip_13", "FACET_4.1").count(where: \.isNaN) > 16)
    let large = try values("clip_10", "COVAREP")
    #expect(large[60] == 1e300 && large[large.count - 9] == -1e39)
    #expect(try entry("clip_10", "COVAREP").features.element == .float64)
    #expect(try entry("clip_02", "glove_vectors").features.element == .float64)
    let zeros = try values("clip_14", "FACET_4.1")[160..<176]
    #expect(zeros.allSatisfy { $0 == 0 } && zeros.first?.sign == .minus)
  }

  @Test func `has rows out of order, overlapping, of no length, doubled, and before the start`() throws {
    for (id, name) in [("clip_04", "COVAREP"), ("clip_09", labels)] {
      let starts = try times(id, name).starts
      #expect(starts != starts.sorted(), "\(id)")
    }
    for (id, name) in [("clip_05", "glove_vectors"), ("clip_20", "FACET_4.1")] {
      let (starts, ends) = try times(id, name)
      #expect(zip(ends, starts.dropFirst()).allSatisfy { $0 > $1 }, "\(id)")
    }
    let text = try times("clip_07", "glove_vectors")
    #expect(text.starts.indices.filter { text.starts[$0] == text.ends[$0] } == [3, 20])
    let opinions = try times("clip_23", labels)
    #expect(opinions.starts.indices.filter { opinions.starts[$0] == opinions.ends[$0] } == [1])
    let doubled = try times("clip_21", labels)
    #expect(doubled.starts[2] == doubled.starts[3] && doubled.ends[2] == doubled.ends[3])
    #expect(try values("clip_21", labels)[2] != values("clip_21", labels)[3])
    #expect(try times("clip_11", "COVAREP").starts[0] == -0.25)
    #expect(try times("clip_11", labels).starts[0] == -0.125)
  }

  @Test func `has entries without rows, in pieces, and in one root only`() throws {
    #expect(try entry("clip_16", "FACET_4.1").rows == 0 && entry("clip_18", "words").rows == 0)
    let audio = try root("COVAREP").entries.map(\.id)
    #expect(audio.filter { $0.hasPrefix("clip_03") } == ["clip_03[0]", "clip_03[10]", "clip_03[1]", "clip_03[2]"])
    let (second, last) = try (times("clip_03[2]", "COVAREP"), times("clip_03[10]", "COVAREP"))
    #expect(try #require(second.starts.last) < #require(last.starts.first))
    for id in ["clip_12", "clip_25"] {
      let holders = file.roots.filter { $0.entries.contains { $0.id == id } }.map(\.name)
      #expect(holders == [id == "clip_12" ? labels : "COVAREP"])
    }
  }

  @Test func `is stored in every way`() throws {
    #expect(try entry("clip_09", "glove_vectors").features.layout == .contiguous)
    let chunked = try entry("clip_08", "COVAREP").features
    #expect(chunked.layout == .chunked(rows: 64, columns: 5) && chunked.filters == [.deflate(level: 4)])
    let whole = try entry("clip_01", "glove_vectors").features
    #expect(whole.layout == .chunked(rows: whole.rows, columns: 24))
    #expect(try entry("clip_01", "FACET_4.1").features.filters == [.shuffle(width: 4), .deflate(level: 4)])
    #expect(try entry("clip_17", "FACET_4.1").features.filters.count == 2)
    #expect(try !entry("clip_17", "FACET_4.1").features.isRaw)
    let storage = try #require(try file.rawStorage(of: entry("clip_23", "COVAREP").features))
    #expect(storage.chunks.map { $0?.filterMask }.prefix(3) == [1, 2, 0])
    #expect(try entry("clip_01", labels).intervals.element == .float32)
    #expect(try entry("clip_01", "COVAREP").intervals.element == .float64)
    #expect(try entry("clip_06", "words").features.element == .variableString)
  }

  @Test func `has words of several widths, pauses with zero vectors, and an accent`() throws {
    let words = try root("words")
    let elements = words.entries.map(\.features.element)
    #expect(Set(elements.map { "\($0)" }).count > 3)
    var all: Set<String> = []
    for entry in words.entries {
      let tokens = try file.readStrings(entry.features, rows: 0..<entry.rows).map { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      all.formUnion(tokens)
      guard let vectors = try? values(entry.id, "glove_vectors"), vectors.count == tokens.count * 24 else { continue }
      for (row, token) in tokens.enumerated() {
        #expect((token == "sp") == vectors[row * 24..<(row + 1) * 24].allSatisfy { $0 == 0 })
      }
    }
    #expect(all.isSuperset(of: ["sp", "cliché", "love", "worst", "the"]))
  }
}
