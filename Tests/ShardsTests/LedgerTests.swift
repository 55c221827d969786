import Files
import TestDatasets
import Testing

@testable import Shards

struct LedgerTests {
  @Test func `entries read back as they were written`() throws {
    let entries = LedgerReason.allCases.enumerated().map { index, reason in
      LedgerEntry(
        id: "vidéo\n\(index)[2]", modality: index % 2 == 0 ? "text" : nil, reason: reason,
        detail: index % 3 == 0 ? "a \"detail\"" : nil)
    }
    let text = Ledger.encoded(entries)
    #expect(text.split(separator: "\n").count == entries.count)
    #expect(try Ledger.parse(Array(text.utf8)) == entries)
    #expect(Ledger.record(entries).counts == Dictionary(uniqueKeysWithValues: LedgerReason.allCases.map { ($0, 1) }))
  }

  @Test func `an empty ledger has no lines`() throws {
    #expect(Ledger.encoded([]) == "")
    #expect(try Ledger.parse([]).isEmpty)
    #expect(Ledger.record([]) == Manifest.LedgerRecord(bytes: 0, crc32: 0, counts: [:]))
  }

  @Test(arguments: [
    "{\"id\":\"a\"}", "{\"reason\":\"missing\"}", "{\"id\":\"a\",\"reason\":\"lost\"}", "[]", "",
    "{\"id\":1,\"reason\":\"missing\"}", "{\"id\":\"a\",\"reason\":\"missing\",\"detail\":1}",
    "{\"id\":\"a\",\"reason\":\"missing\",\"note\":\"x\"}", "{\"id\":\"a\",\"id\":\"a\",\"reason\":\"missing\"}",
  ])
  func `a line that is no entry`(line: String) {
    let good = "{\"id\":\"a\",\"reason\":\"missing\"}\n"
    #expect(
      throws: ShardError.ledgerLine(path: "l", line: 2, expected: "an object of id, modality, reason and detail")
    ) { try Ledger.parse(Array((good + line + "\n").utf8), path: "l") }
  }

  @Test func `a last line without its end`() {
    let line = "{\"id\":\"a\",\"reason\":\"missing\"}"
    #expect(throws: ShardError.ledgerLine(path: "l", line: 1, expected: "ended by a newline")) {
      try Ledger.parse(Array(line.utf8), path: "l")
    }
  }

  @Test func `a ledger that is not the manifest's`() throws {
    let folder = try TemporaryFolder()
    let dataset = RaggedDataset.tiny()
    let record = try dataset.write(to: folder.path).ledger
    let path = folder.file(Ledger.fileName)
    let text = Array(Ledger.encoded(dataset.ledger).utf8)
    func refusal(_ bytes: [UInt8]?) throws -> ShardError? {
      if let bytes { try folder.write(bytes, to: Ledger.fileName) } else { try Folder.removeAll(path) }
      do throws(ShardError) {
        _ = try Dataset.open(folder.path).ledger()
        return nil
      } catch { return error }
    }
    #expect(try refusal(text) == nil)
    #expect(try refusal(text + text) == .ledgerSize(path: path, expected: text.count, found: 2 * text.count))
    var damaged = text
    damaged[7] ^= 1
    let found = Checksum.crc32(damaged)
    #expect(try refusal(damaged) == .ledgerChecksum(path: path, expected: record.crc32, found: found))
    #expect(try refusal(nil) == .missingFile(path: path))
  }

  @Test func `counts that are not the ledger's`() throws {
    let forgery = try Forgery()
    let folder = try forgery.write { $0.ledger.counts[.missing] = 2 }
    let path = Path.join(folder, Ledger.fileName)
    #expect(throws: ShardError.ledgerCounts(path: path, reason: "missing", expected: 2, found: 1)) {
      try Dataset.open(folder).ledger()
    }
  }
}
