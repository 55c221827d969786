import Files
import TestDatasets
import Testing

@testable import Shards

/// What a full check finds, and how it names it.
struct VerificationTests {
  /// Damages a byte of the forged shard and says what the check finds.
  private func findings(_ tensor: String, _ offset: Int = 0) throws -> [Finding] {
    var forgery = try Forgery()
    forgery.data[forgery.start(of: tensor) + offset] ^= 0x40
    return try Verification.run(forgery.write())
  }

  @Test(arguments: ["labels", "sample.interval", "sample.id", "text.values", "text.times", "words.bytes"])
  func `a damaged byte is reported with its file, tensor and samples`(tensor: String) throws {
    let findings = try findings(tensor)
    let finding = try #require(findings.first { $0.tensor == tensor })
    #expect(finding.file == Forgery.file)
    // The first sample's id itself may be what is damaged.
    if tensor != "sample.id" { #expect(finding.firstSample == "a[0]") }
    #expect(finding.lastSample == (["labels", "sample.interval", "sample.id"].contains(tensor) ? "é" : "a[0]"))
    #expect("\(finding)".contains(tensor))
    guard case .blockChecksum(_, tensor, 0, _, _) = finding.error else {
      Issue.record("\(finding)")
      return
    }
  }

  @Test func `only the samples of the damaged MiB are named`() throws {
    let folder = try TemporaryFolder()
    let schema = ShardSchema(
      labels: [], modalities: [ModalitySchema(name: "audio", content: .values(.f32, dimension: 1024))],
      keepsTimes: false)
    // 150 frames of 4 KiB each: MiB 1 is frames 256 to 511, of samples 1 to 3.
    let samples = (0..<6).map { index in
      RaggedDataset.Sample(
        id: "v[\(index)]",
        modalities: [
          RaggedDataset.Frames(
            frames: Array(repeating: [UInt8](repeating: 1, count: 4096), count: 150),
            valid: Array(repeating: true, count: 150))
        ])
    }
    let manifest = try RaggedDataset(schema: schema, splits: [("all", samples)]).write(to: folder.path)
    let name = manifest.splits[0].shards[0].file
    var bytes = try File.contents(of: folder.file(name))
    let shard = try Dataset.open(folder.path).splits[0].shards[0]
    let values = try #require(shard.tensors.first { $0.name == "audio.values" })
    bytes[values.offset + 1 << 20 + 5] ^= 1
    try folder.write(bytes, to: name)
    let findings = try Verification.run(folder.path, threads: 2)
    #expect(findings.count == 1)
    #expect(findings.first?.tensor == "audio.values")
    #expect(findings.first?.firstSample == "v[1]")
    #expect(findings.first?.lastSample == "v[3]")
  }

  @Test func `a masked frame that is neither 0 nor 1`() throws {
    var forgery = try Forgery()
    let start = forgery.start(of: "text.valid")
    forgery.data[start + 1] = 2
    // With a CRC that agrees: only the meaning is wrong.
    forgery.poke("_crc.text.valid", 0, Int64(Checksum.crc32([1, 2])))
    let findings = try Verification.run(forgery.write())
    #expect(
      findings.first
        == Finding(
          .invalidBool(path: forgery.path, tensor: "text.valid", frame: 1, found: 2), firstSample: "a[0]",
          lastSample: "a[0]"))
  }

  @Test func `padding that is not zero`() throws {
    #expect(try findings("_pad.3", 7).map(\.tensor) == ["_pad.3"])
  }

  @Test(arguments: [Int64.max, -1])
  func `an entry of a CRC list that is no CRC`(value: Int64) throws {
    var forgery = try Forgery()
    forgery.poke("_crc.labels", 0, value)
    let findings = try Verification.run(forgery.write())
    #expect(findings.first?.error == .malformedChecksum(path: forgery.path, tensor: "_crc.labels", block: 0))
  }

  @Test func `another content than the manifest says`() throws {
    let forgery = try Forgery()
    let digest = String(repeating: "0", count: 64)
    let findings = try Verification.run(forgery.write { $0.content = digest })
    guard case .contentDigest(forgery.manifestPath, digest, _) = findings.first?.error else {
      Issue.record("\(findings)")
      return
    }
  }

  @Test func `samples that are out of order, also across shards`() throws {
    let folder = try TemporaryFolder()
    var dataset = RaggedDataset.tiny()
    dataset.splits[0].samples.reverse()
    try dataset.write(to: folder.path, limit: 1)
    let findings = try Verification.run(folder.path)
    #expect(findings.count == 1)
    #expect(
      findings.first?.error
        == .sampleOrder(path: folder.file("train-00001-of-00002.safetensors"), sample: "a[0]", after: "é"))
  }

  @Test func `a sample that is there twice`() throws {
    let folder = try TemporaryFolder()
    var dataset = RaggedDataset.tiny()
    dataset.splits[0].samples[1] = dataset.splits[0].samples[0]
    try dataset.write(to: folder.path)
    #expect(try Verification.run(folder.path).count == 1)
  }

  @Test func `damaged offsets do not keep other damage from being found`() throws {
    var forgery = try Forgery()
    forgery.poke("text.offsets", 1, 9)
    forgery.data[forgery.start(of: "labels")] ^= 1
    let findings = try Verification.run(forgery.write())
    #expect(findings.first?.error == .offsetsDecrease(path: forgery.path, tensor: "text.offsets", index: 2))
    #expect(findings.dropFirst().map(\.tensor) == ["labels", "text.offsets"])
  }

  @Test func `a damaged header is found, and other shards are checked all the same`() throws {
    let folder = try TemporaryFolder()
    let manifest = try RaggedDataset.tiny().write(to: folder.path, limit: 1)
    let names = manifest.splits[0].shards.map(\.file)
    for (name, place) in [(names[0], 4000), (names[1], 4096)] {
      var bytes = try File.contents(of: folder.file(name))
      bytes[place] = place == 4000 ? UInt8(ascii: "\n") : 0xFF
      try folder.write(bytes, to: name)
    }
    let findings = try Verification.run(folder.path)
    #expect(findings.map(\.file) == names)
    guard case .headerChecksum = findings.first?.error else {
      Issue.record("\(findings)")
      return
    }
  }

  @Test func `a shard that is missing, and one too many`() throws {
    let folder = try TemporaryFolder()
    let manifest = try RaggedDataset.tiny().write(to: folder.path)
    let name = manifest.splits[0].shards[0].file
    let other = "train-00000-of-00002.safetensors"
    try Folder.rename(folder.file(name), to: folder.file(other))
    let errors = try Verification.run(folder.path).map(\.error)
    #expect(errors == [.missingFile(path: folder.file(name)), .superfluousFile(path: folder.file(other))])
  }

  @Test func `a damaged ledger`() throws {
    let folder = try TemporaryFolder()
    try RaggedDataset.tiny().write(to: folder.path)
    try folder.write([], to: Ledger.fileName)
    #expect(try Verification.run(folder.path).map(\.file) == ["ledger.jsonl"])
  }

  @Test func `a damaged manifest is the only finding`() throws {
    let folder = try TemporaryFolder()
    try RaggedDataset.tiny().write(to: folder.path)
    try folder.write([0x7B], to: Manifest.fileName)
    try folder.write([], to: Ledger.fileName)
    #expect(try Verification.run(folder.path).map(\.file) == ["manifest.json"])
  }

  @Test func `totals that the manifest has wrong`() throws {
    let forgery = try Forgery()
    let findings = try Verification.run(
      forgery.write {
        $0.splits[0].samples = 5
        $0.splits[0].frames = [0, 2]
      })
    #expect(
      findings.map(\.error) == [
        .sampleCount(path: forgery.manifestPath, split: "train", expected: 5, found: 2),
        .frameCount(path: forgery.manifestPath, split: "train", modality: "text", expected: 0, found: 2),
      ])
  }

  @Test func `a folder without a manifest is no dataset`() throws {
    let folder = try TemporaryFolder()
    #expect(throws: ShardError.notADataset(path: folder.path)) { try Verification.run(folder.path) }
    #expect(throws: ShardError.notADataset(path: folder.path)) { try Dataset.open(folder.path) }
    #expect(throws: ShardError.self) { try Dataset.open(folder.file("nowhere")) }
  }

  @Test func `progress ends with every byte`() throws {
    var calls: [(Int, Int)] = []
    _ = try Verification.run(GoldenTests.folder) { calls.append(($0, $1)) }
    #expect(calls.last?.0 == 1608)
    #expect(calls.allSatisfy { $0.1 == 1608 })
  }
}
