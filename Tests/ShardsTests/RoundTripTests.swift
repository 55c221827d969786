import Files
import TestDatasets
import Testing

@testable import Shards

/// What is written is what is read.
struct RoundTripTests {
  @Test(arguments: 0..<40)
  func `a random ragged dataset reads back as it was written`(seed: Int) throws {
    let folder = try TemporaryFolder()
    let dataset = RaggedDataset.random(seed: UInt64(seed))
    let route = RaggedDataset.Route.allCases[seed % 3]
    let manifest = try dataset.write(to: folder.path, limit: seed % 2 == 0 ? 2000 : .max, route: route)
    let opened = try Dataset.open(folder.path)
    #expect(opened.manifest == manifest)
    #expect(opened.splits.map(\.name) == ["train", "valid", "test"])
    for (name, samples) in dataset.splits {
      let split = try #require(opened.split(named: name))
      #expect(split.sampleCount == samples.count)
      for (index, sample) in samples.enumerated() {
        let (shard, place) = split.locate(index)
        #expect(Self.read(shard, place) == sample)
      }
    }
    #expect(try opened.ledger() == dataset.ledger)
    #expect(try Verification.run(folder.path, threads: 2).isEmpty)
  }

  @Test func `tensors of several MiB have a CRC a block, whichever way they are written`() throws {
    let frame = [UInt8](repeating: 0xC3, count: 4096)
    let frames = RaggedDataset.Frames(
      frames: Array(repeating: frame, count: 700), valid: Array(repeating: true, count: 700), times: [])
    let schema = ShardSchema(
      labels: [], modalities: [ModalitySchema(name: "audio", content: .values(.f32, dimension: 1024))],
      keepsTimes: false)
    var dataset = RaggedDataset(schema: schema, splits: [])
    dataset.splits = [("all", [RaggedDataset.Sample(id: "x", modalities: [frames])])]
    var contents: Set<String> = []
    for route in RaggedDataset.Route.allCases {
      let folder = try TemporaryFolder()
      contents.insert(try dataset.write(to: folder.path, route: route).content)
      let shard = try Dataset.open(folder.path).splits[0].shards[0]
      let crc = try #require(shard.tensors.first { $0.name == "_crc.audio.values" })
      #expect(crc.shape == [3])
      #expect(try Verification.run(folder.path).isEmpty)
    }
    #expect(contents.count == 1)
  }

  @Test func `a dataset without any sample has no shards and opens`() throws {
    let folder = try TemporaryFolder()
    var dataset = RaggedDataset.tiny()
    dataset.splits = [("train", [])]
    try dataset.write(to: folder.path)
    #expect(try Folder.list(folder.path) == ["ledger.jsonl", "manifest.json"])
    let opened = try Dataset.open(folder.path)
    #expect(opened.splits.map(\.sampleCount) == [0])
    #expect(try Verification.run(folder.path).isEmpty)
    let summary = DatasetSummary(opened)
    #expect(summary.splits[0].modalities[0].lengths == nil)
    #expect(summary.splits[0].paddedBytesRatio == nil)
  }

  @Test func `a shard stays readable when its folder is replaced`() throws {
    let (old, new) = (try TemporaryFolder(), try TemporaryFolder())
    try RaggedDataset.tiny().write(to: old.path)
    try RaggedDataset.random(seed: 3).write(to: new.path)
    let dataset = try Dataset.open(old.path)
    _ = try Folder.exchange(old.path, with: new.path)
    try Folder.removeAll(new.path)
    try Folder.create(new.path)
    #expect(dataset.splits[0].shards[0].id(1) == "é")
    // The ledger went with the old folder; the new one's is not taken for it.
    #expect(throws: ShardError.missingFile(path: Path.join(dataset.path, Ledger.fileName))) { try dataset.ledger() }
  }

  @Test func `a finished shard gives its record again`() throws {
    let folder = try TemporaryFolder()
    let dataset = RaggedDataset.tiny()
    let manifest = try dataset.write(to: folder.path)
    let file = try #require(manifest.splits[0].shards.first)
    let record = try ShardRecord.read(folder.file(file.file), schema: dataset.schema)
    #expect(Manifest.ShardFile(record) == file)
    var digest = ContentDigest()
    digest.add(record)
    #expect(digest.hex == manifest.content)
  }

  /// A sample through the reader's public accessors.
  static func read(_ shard: Shard, _ index: Int) -> RaggedDataset.Sample {
    let interval = shard.interval(index)
    var sample = RaggedDataset.Sample(id: shard.id(index), start: interval.start, end: interval.end)
    if !shard.schema.labels.isEmpty { sample.labels = array(shard.labels(index)) }
    for m in shard.schema.modalities.indices {
      var frames = RaggedDataset.Frames()
      let range = shard.frameRange(sample: index, modality: m)
      switch shard.elementType(m) {
      case nil: frames.frames = range.map { array(shard.token($0, modality: m)) }
      case .f32:
        frames.frames = split(TensorBytes.of(array(shard.values(sample: index, modality: m))), range.count)
      case .f16, .bf16:
        frames.frames = split(TensorBytes.of(array(shard.halves(sample: index, modality: m))), range.count)
      case .f64: frames.frames = split(TensorBytes.of(shard.widened(sample: index, modality: m)), range.count)
      }
      frames.valid = array(shard.valid(sample: index, modality: m)).map { $0 != 0 }
      frames.times = array(shard.times(sample: index, modality: m))
      sample.modalities.append(frames)
    }
    return sample
  }

  private static func array<Element>(_ span: Span<Element>) -> [Element] { span.indices.map { span[$0] } }

  private static func split(_ bytes: [UInt8], _ frames: Int) -> [[UInt8]] {
    (0..<frames).map { Array(bytes[$0 * bytes.count / frames..<($0 + 1) * bytes.count / frames]) }
  }
}
