import Files
import Foundation
import Synchronization
import TestDatasets
import Testing

@testable import Shards

/// Packed shards hold what the shards held, and nothing less is ever there.
struct PackingTests {
  let folder: TemporaryFolder
  let path: String

  init() throws {
    folder = try TemporaryFolder()
    path = folder.path
  }

  private func contents() throws -> [String: [UInt8]] {
    var files: [String: [UInt8]] = [:]
    for name in try Folder.list(path) { files[name] = try File.contents(of: folder.file(name)) }
    return files
  }

  /// Bytes of a sample of two MiB and a half, so that a shard has several frames.
  private static let large: RaggedDataset = {
    var draw = SplitMix(seed: 2)
    let schema = ShardSchema(
      labels: [], modalities: [ModalitySchema(name: "audio", content: .values(.f32, dimension: 256))],
      keepsTimes: false)
    let frames = (0..<2600).map { _ in (0..<128).flatMap { _ in TensorBytes.of([draw.next() & 0x3F80_0000_3F80_0000]) }
    }
    let sample = RaggedDataset.Sample(
      id: "v[0]", modalities: [RaggedDataset.Frames(frames: frames, valid: Array(repeating: true, count: 2600))])
    return RaggedDataset(schema: schema, splits: [("all", [sample])])
  }()

  @Test(arguments: [
    RaggedDataset.tiny(), .random(seed: 5), large, RaggedDataset(schema: large.schema, splits: [("all", [])]),
  ])
  func `packing and unpacking gives every byte back`(dataset: RaggedDataset) throws {
    try dataset.write(to: path, limit: 3000)
    let before = try contents()
    let packed = try Packing.pack(path, threads: 2)
    #expect(try Folder.list(path).allSatisfy { !$0.hasSuffix(".safetensors") })
    #expect(packed.changed == before.count - 2 && packed.unchanged == 0)
    #expect(
      packed.packedBytes == (try contents()).filter { $0.key.hasSuffix(".zst") }.reduce(0) { $0 + $1.value.count })
    #expect(try Verification.run(path).isEmpty && DatasetFolder.isDatasetFolder(path))
    let unpacked = try Packing.unpack(path, threads: 2)
    #expect(unpacked.changed == packed.changed && unpacked.packedBytes == 0 && unpacked.bytes == packed.bytes)
    #expect(try contents() == before)
  }

  @Test func `the packed bytes do not depend on the number of threads, but on the level`() throws {
    try Self.large.write(to: path)
    var forms: [[String: [UInt8]]] = []
    for (level, threads) in [(3, 1), (3, 5), (1, 2)] {
      _ = try Packing.pack(path, level: level, threads: threads)
      forms.append(try contents())
      _ = try Packing.unpack(path)
    }
    #expect(forms[0] == forms[1] && forms[0] != forms[2])
  }

  @Test func `what is packed already stays as it is, also in a mixture`() throws {
    let manifest = try RaggedDataset.random(seed: 5).write(to: path)
    let first = try #require(manifest.splits.flatMap(\.shards).first)
    let plain = try File.contents(of: folder.file(first.file))
    _ = try Packing.pack(path)
    try folder.write(plain, to: first.file)
    try Folder.removeAll(folder.file(first.packedFile))
    #expect(try Verification.run(path).isEmpty)
    let report = try Packing.pack(path)
    #expect(report.changed == 1 && report.unchanged == manifest.splits.flatMap(\.shards).count - 1)
    #expect(try Packing.pack(path).changed == 0)
  }

  @Test func `opening inflates what is packed, once, and packing removes it again`() throws {
    try RaggedDataset.random(seed: 3).write(to: path)
    let expected = FuzzedDataset.contents(try Dataset.open(path))
    _ = try Packing.pack(path)
    let packed = try contents()
    let begun = Mutex(0)
    let inflation = Inflation { if case .begun = $0 { begun.withLock { $0 += 1 } } }
    for _ in 0..<2 { #expect(FuzzedDataset.contents(try Dataset.open(path, inflation: inflation)) == expected) }
    #expect(begun.withLock { $0 } == 1)
    let report = try Verification.report(path)
    #expect(report.findings.isEmpty && report.packedShards > 0)
    #expect(try Packing.pack(path).changed > 0)
    #expect(try contents() == packed)
  }

  @Test func `of two readers one inflates and the other waits`() throws {
    try Self.large.write(to: path)
    _ = try Packing.pack(path)
    let begun = Mutex(0)
    let failures = Mutex<[String]>([])
    let threads = (0..<6).map { _ in
      Thread { [path] in
        let inflation = Inflation { if case .begun = $0 { begun.withLock { $0 += 1 } } }
        do { _ = try Dataset.open(path, inflation: inflation) } catch { failures.withLock { $0.append("\(error)") } }
      }
    }
    for thread in threads { thread.start() }
    while threads.contains(where: { !$0.isFinished }) { usleep(1000) }
    #expect(failures.withLock { $0 } == [] && begun.withLock { $0 } == 1)
  }

  @Test func `a full check inflates in memory and leaves nothing`() throws {
    try Self.large.write(to: path)
    _ = try Packing.pack(path)
    let before = try contents()
    let report = try Verification.report(path, threads: 3)
    #expect(report.findings.isEmpty && report.packedShards == 1 && report.checksums > 3)
    #expect(try contents() == before)
  }

  @Test func `a cache is used where it is named, keeps what it has, and mends what is spoilt`() throws {
    let manifest = try RaggedDataset.random(seed: 3).write(to: path)
    let shard = try #require(manifest.splits.flatMap(\.shards).first)
    let expected = FuzzedDataset.contents(try Dataset.open(path))
    _ = try Packing.pack(path)
    let before = try contents()
    let other = try TemporaryFolder()
    let cache = other.file("deep/cache")
    let begun = Mutex(0)
    let inflation = Inflation(cache: cache) { if case .begun = $0 { begun.withLock { $0 += 1 } } }
    func opens() throws -> Bool { try FuzzedDataset.contents(Dataset.open(path, inflation: inflation)) == expected }
    #expect(try opens() && opens())
    #expect(try begun.withLock { $0 } == 1 && contents() == before)
    let copy = Path.join(Path.join(cache, Inflation.key(manifest)), shard.file)
    let whole = try File.contents(of: copy)
    var spoilt: [[UInt8]] = [Array(whole.dropLast()), [], whole + [0]]
    // The header, and the CRCs at the end.
    for place in [9, whole.count - 1] {
      var bytes = whole
      bytes[place] ^= 1
      spoilt.append(bytes)
    }
    for (index, bytes) in spoilt.enumerated() {
      try Folder.removeAll(copy)
      try File(creating: copy).write(bytes, at: 0)
      #expect(try opens(), "\(index)")
      #expect(try begun.withLock { $0 } == index + 2 && File.contents(of: copy) == whole, "\(index)")
    }
  }

  @Test func `datasets of one name do not share what is cached`() throws {
    let other = try TemporaryFolder()
    try RaggedDataset.random(seed: 3).write(to: path)
    try RaggedDataset.random(seed: 4).write(to: other.path)
    let cache = try TemporaryFolder()
    for path in [path, other.path] {
      let expected = FuzzedDataset.contents(try Dataset.open(path))
      _ = try Packing.pack(path)
      #expect(FuzzedDataset.contents(try Dataset.open(path, inflation: Inflation(cache: cache.path))) == expected)
    }
    #expect(try Folder.list(cache.path).count == 2)
  }

  @Test func `two forms that differ are both kept, and told of`() throws {
    try RaggedDataset.tiny().write(to: path)
    let whole = try File.contents(of: folder.file(Forgery.file))
    _ = try Packing.pack(path)
    var other = whole
    other[whole.count - 100] ^= 1
    try folder.write(other, to: Forgery.file)
    let error = ShardError.copiesDiffer(path: folder.file(Forgery.file), packed: folder.file(Forgery.file + ".zst"))
    #expect(throws: error) { try Packing.pack(path) }
    #expect(throws: error) { try Packing.unpack(path) }
    #expect(try Folder.list(path).count == 4)
    #expect(try !Verification.run(path).isEmpty)
  }

  @Test func `a dataset that lacks a shard, or whose shard is another one, is left alone`() throws {
    try RaggedDataset.random(seed: 5).write(to: path)
    let names = try Folder.list(path).filter { $0.hasSuffix(".safetensors") }
    let last = try #require(names.last)
    let bytes = try File.contents(of: folder.file(last))
    try folder.write(Array(bytes.dropLast()), to: last)
    #expect(throws: ShardError.fileSize(path: folder.file(last), expected: bytes.count, found: bytes.count - 1)) {
      try Packing.pack(path)
    }
    try Folder.removeAll(folder.file(last))
    let before = try contents()
    #expect(throws: ShardError.missingFile(path: folder.file(last))) { try Packing.pack(path) }
    #expect(throws: ShardError.missingFile(path: folder.file(last))) { try Packing.unpack(path) }
    #expect(throws: ShardError.missingFile(path: folder.file(last))) { try Dataset.open(path) }
    #expect(try contents() == before)
  }

  @Test func `while one works on a dataset another is turned away`() throws {
    try RaggedDataset.tiny().write(to: path)
    func refused() throws {
      guard let lock = try FolderLock(OpenFolder(path), isPatient: false) else {
        Issue.record("it is locked")
        return
      }
      defer { _ = lock }
      #expect(throws: ShardError.busy(path: path)) { try Packing.pack(path) }
      #expect(throws: ShardError.busy(path: path)) { try Packing.unpack(path) }
    }
    try refused()
    #expect(try Packing.pack(path).changed == 1)
  }

  @Test func `what a killed process left is no part of the dataset`() throws {
    try RaggedDataset.tiny().write(to: path)
    for name in [Forgery.file + ".partial", Forgery.file + ".zst.partial"] { try folder.write([1, 2, 3], to: name) }
    #expect(try DatasetFolder.isDatasetFolder(path) && Verification.run(path).isEmpty)
    _ = try Packing.pack(path)
    _ = try Packing.unpack(path)
    #expect(try Folder.list(path) == ["ledger.jsonl", "manifest.json", Forgery.file])
  }

  @Test func `a packed shard that the manifest does not name is found`() throws {
    try RaggedDataset.tiny().write(to: path)
    try folder.write([], to: "test-00000-of-00001.safetensors.zst")
    #expect(
      try Verification.run(path).map(\.error) == [
        .superfluousFile(path: folder.file("test-00000-of-00001.safetensors.zst"))
      ])
  }
}
