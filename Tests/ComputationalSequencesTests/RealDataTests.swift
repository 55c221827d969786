import ComputationalSequences
import JSONValues
import TestSupport
import Testing

@Suite(.disabled(if: RealData.isMissing, "\(RealData.skipReason)")) struct `The published files of CMU-MOSI` {
  @Test func `hold labels: 93 videos, 2199 segments, Floats`() throws {
    let file = try SequenceFile(RealData.file("mosi/CMU_MOSI_Opinion_Labels.csd"))
    let root = try #require(file.roots.first)
    #expect(file.roots.count == 1 && root.name == "Opinion Segment Labels")
    #expect(root.entries.count == 93 && root.rows == 2199 && root.dimension == 1 && !root.holdsTokens)
    #expect(root.entries.allSatisfy { $0.features.element == .float32 && $0.intervals.element == .float32 })
    #expect(root.entries.allSatisfy { $0.features.filters == [.deflate(level: 9)] })
    var zeroLength: [String] = []
    for entry in root.entries {
      let intervals = try file.readIntervals(of: entry, in: root)
      for row in 0..<intervals.count where intervals.starts[row] == intervals.ends[row] {
        zeroLength.append("\(entry.id)[\(row)]")
      }
      #expect(try file.readDoubles(entry.features).allSatisfy { (-3...3).contains($0) })
    }
    #expect(zeroLength == ["2WGyTLYerpo[43]"])
  }

  @Test func `hold words: 51056 tokens of many widths, contiguous`() throws {
    let file = try SequenceFile(RealData.file("mosi/CMU_MOSI_ModifiedTimestampedWords.csd"))
    let root = try #require(file.roots.first)
    #expect(ModalityCatalog.claim(of: root.name)?.name == "words")
    #expect(root.entries.count == 93 && root.rows == 51_056 && root.dimension == 1 && root.holdsTokens)
    #expect(root.entries.allSatisfy { $0.features.layout == .contiguous && $0.intervals.element == .float64 })
    let widths = Set(root.entries.map { "\($0.features.element)" })
    #expect(widths.contains("fixedString(width: 9)") && widths.contains("fixedString(width: 17)"))

    var reader = BandReader()
    var pauses = 0
    for entry in root.entries {
      let storage = try #require(try file.rawStorage(of: entry.features))
      var tokens: [[UInt8]] = []
      try reader.readStrings(of: storage) { _, bytes in tokens.append((0..<bytes.count).map { bytes[$0] }) }
      #expect(try tokens == file.readStrings(entry.features, rows: 0..<entry.rows), "\(entry.id)")
      pauses += tokens.count { $0.prefix { $0 != 0 }.elementsEqual("sp".utf8) }
    }
    #expect(pauses == 8287)
  }

  @Test func `hold metadata that is not JSON, which is kept`() throws {
    let file = try SequenceFile(RealData.file("mosi/CMU_MOSI_ModifiedTimestampedWords.csd"))
    let metadata = try #require(file.roots.first).metadata
    #expect(!metadata.texts.isEmpty)
    let plain = metadata.texts.filter { (try? JSONValue.parse($0.text)) == nil }
    #expect(!plain.isEmpty)
    for (key, text) in plain { #expect(metadata.value(key) == .string(text)) }
  }
}
