import Files
import TestDatasets
import Testing

@testable import Shards

/// Whatever byte of a dataset goes bad, somebody notices.
struct CorruptionTests {
  @Test func `every damaged byte of a manifest`() {
    let bytes = Array(
      RaggedDataset.tiny().manifest(splits: [], content: String(repeating: "0", count: 64)).encoded().utf8)
    for index in bytes.indices {
      for bit in [UInt8(1), 0x20, 0x80] {
        var damaged = bytes
        damaged[index] ^= bit
        #expect(throws: ShardError.self, "byte \(index)") { try Manifest.parse(damaged) }
      }
    }
  }

  @Test func `every place where a manifest may end`() {
    let bytes = Array(
      RaggedDataset.tiny().manifest(splits: [], content: String(repeating: "0", count: 64)).encoded().utf8)
    for count in 0..<bytes.count {
      #expect(throws: ShardError.self, "\(count) bytes") { try Manifest.parse(Array(bytes[..<count])) }
    }
  }

  @Test func `every damaged byte of a ledger`() throws {
    let folder = try TemporaryFolder()
    try RaggedDataset.tiny().write(to: folder.path)
    let dataset = try Dataset.open(folder.path)
    let bytes = try File.contents(of: folder.file(Ledger.fileName))
    for index in bytes.indices {
      var damaged = bytes
      damaged[index] ^= 1
      try folder.write(damaged, to: Ledger.fileName)
      #expect(throws: ShardError.self, "byte \(index)") { try dataset.ledger() }
    }
  }

  @Test func `every damaged byte of a shard's header is refused on opening`() throws {
    let folder = try TemporaryFolder()
    let dataset = RaggedDataset.tiny()
    let manifest = try dataset.write(to: folder.path)
    let bytes = try File.contents(of: folder.file(Forgery.file))
    let spaces = try #require(bytes[..<4096].lastIndex(of: UInt8(ascii: "}"))) + 1..<4096
    // Padding is thousands of equal spaces under one CRC: a few stand for all.
    for index in 0..<4096 where !spaces.contains(index) || index % 97 == 0 {
      var damaged = bytes
      damaged[index] ^= index % 2 == 0 ? 0x01 : 0x80
      #expect(throws: ShardError.self, "byte \(index)") {
        let length = try SafetensorsHeader.length(Array(damaged[..<8]), fileSize: damaged.count, path: "x")
        let header = try ShardHeader(
          Array(damaged[..<(8 + length)]), fileSize: damaged.count, path: "x", schema: dataset.schema, keepsTimes: nil)
        try header.check(manifest.splits[0].shards[0], split: "train", manifest: manifest)
      }
    }
  }

  @Test func `every damaged byte of a shard's data is found by a full check`() throws {
    let folder = try TemporaryFolder()
    try RaggedDataset.tiny().write(to: folder.path)
    let bytes = try File.contents(of: folder.file(Forgery.file))
    for index in 4096..<bytes.count {
      var damaged = bytes
      damaged[index] ^= index % 2 == 0 ? 0x01 : 0x80
      try folder.write(damaged, to: Forgery.file)
      #expect(try !Verification.run(folder.path).isEmpty, "byte \(index)")
    }
  }

  @Test func `every place where a shard may end is refused on opening`() throws {
    let folder = try TemporaryFolder()
    try RaggedDataset.tiny().write(to: folder.path)
    let bytes = try File.contents(of: folder.file(Forgery.file))
    for count in stride(from: 0, to: bytes.count, by: 13) {
      try folder.write(Array(bytes[..<count]), to: Forgery.file)
      #expect(throws: ShardError.self, "\(count) bytes") { try Dataset.open(folder.path) }
      #expect(try !Verification.run(folder.path).isEmpty, "\(count) bytes")
    }
  }
}
