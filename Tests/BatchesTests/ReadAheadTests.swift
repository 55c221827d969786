import Files
import Foundation
import PackedSequences
import Shards
import TestDatasets
import TestSupport
import Testing

@testable import Batches

@Suite struct `Reading ahead` {
  private func request(_ epoch: Int, _ index: Int, size: Int = 4, count: Int = 10) -> BatchRequest {
    BatchRequest(order: EpochOrder(count: count, seed: 0, epoch: epoch), index: index, size: size)
  }

  private func fresh(_ lookAhead: inout LookAhead, _ current: BatchRequest) -> [BatchRequest] {
    let fresh = lookAhead.advance(to: current)
    return fresh.indices.compactMap { fresh[$0] }
  }

  @Test func `fetches a batch and the two after it, each once, into the next epoch`() {
    var lookAhead = LookAhead()
    #expect(fresh(&lookAhead, request(0, 0)) == [request(0, 0), request(0, 1), request(0, 2)])
    #expect(fresh(&lookAhead, request(0, 1)) == [request(1, 0)])
    #expect(fresh(&lookAhead, request(0, 2)) == [request(1, 1)])
    #expect(fresh(&lookAhead, request(1, 0)) == [request(1, 2)])
    #expect(fresh(&lookAhead, request(1, 0)) == [])
  }

  @Test func `begins anew where training goes on elsewhere`() {
    var lookAhead = LookAhead()
    _ = fresh(&lookAhead, request(0, 0))
    #expect(fresh(&lookAhead, request(7, 1)) == [request(7, 1), request(7, 2), request(8, 0)])
  }

  @Test func `fetches the only batch of an unshuffled split once`() {
    var lookAhead = LookAhead()
    let only = BatchRequest(
      order: EpochOrder(count: 3, seed: 0, epoch: 0, isShuffled: false), index: 0, size: 32)
    #expect(fresh(&lookAhead, only) == [only] && fresh(&lookAhead, only) == [])
  }

  @Test func `knows the positions of a batch`() {
    #expect(request(0, 0).positions == 0..<4 && request(0, 2).positions == 8..<10)
    #expect(request(0, 0, size: 100).positions == 0..<10)
  }

  @Test func `is a thread's where the dataset is larger than memory`() {
    #expect(ReadAhead.automatic.reads(100, memory: 99) == true && ReadAhead.automatic.reads(100, memory: 100) == false)
    #expect(ReadAhead.reading.reads(1, memory: 99) == true && ReadAhead.advice.reads(100, memory: 1) == false)
    #expect(ReadAhead.none.reads(100, memory: 1) == nil)
    #expect(Memory.bytes > 16 << 20 && Memory.bytes <= ProcessInfo.processInfo.physicalMemory)
  }

  @Test(arguments: [ReadAhead.automatic, .none, .advice, .reading])
  func `changes nothing about the batches`(policy: ReadAhead) throws {
    let bench = try Bench(.mixed(samples: 30), limit: 700)
    let source = try BatchSource(bench.dataset, split: "train", modalities: ["audio", "text"], readAhead: policy)
    var batch = source.makeBatch(capacity: 4)
    for epoch in 0..<20 {
      let order = EpochOrder(count: 30, seed: 0, epoch: epoch)
      for index in 0..<source.batchCount(size: 4) {
        source.fill(&batch, from: order, index: index, size: 4)
        for place in 0..<batch.count {
          let found = bytes(batch.frames(sample: place, modality: 0))
          let sample = bench.samples("train")[order[index * 4 + place]]
          #expect(found == bench.frames(sample, "audio").frames.flatMap { $0 })
        }
      }
    }
  }

  /// Four samples of 256 KiB each, in the split's order, whose file ends before the third sample's frames.
  private static func cutShort(in folder: String) throws -> (source: Dataset, path: String) {
    let schema = ShardSchema(
      labels: [], modalities: [ModalitySchema(name: "audio", content: .values(.f32, dimension: 1024))],
      keepsTimes: false)
    let frames = RaggedDataset.Frames(
      frames: Array(repeating: [UInt8](repeating: 7, count: 4096), count: 64), valid: Array(repeating: true, count: 64))
    let samples = (0..<4).map { RaggedDataset.Sample(id: "v[\($0)]", modalities: [frames]) }
    try RaggedDataset(schema: schema, splits: [("all", samples)]).write(to: folder)
    let dataset = try Dataset.open(folder)
    let shard = dataset.splits[0].shards[0]
    try File(updating: shard.path).resize(to: shard.byteRanges(sample: 2, modality: 0).values.lowerBound)
    return (dataset, shard.path)
  }

  /// Fills the first batch of one sample, and looks at no frame.
  private static func fillFirst(in folder: String, _ policy: ReadAhead) throws {
    let (dataset, _) = try cutShort(in: folder)
    let source = try BatchSource(dataset, split: "all", modalities: ["audio"], label: .none, readAhead: policy)
    var batch = source.makeBatch(capacity: 1)
    let order = EpochOrder(count: 4, seed: 0, epoch: 0, isShuffled: false)
    source.fill(&batch, from: order, index: 0, size: 1)
    source.waitForReading()
  }

  @Test func `reads the frames of the batch after the next, which are not there`() async throws {
    let folder = try TemporaryFolder()
    let path = folder.path
    let result = await #expect(processExitsWith: .exitCode(1), observing: [\.standardErrorContent]) {
      [path = path as String] in
      try Self.fillFirst(in: path, .reading)
      exit(0)
    }
    let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(text.contains("all-00000-of-00001.safetensors: the file was cut short"), "\(text)")
  }

  @Test func `by advice or not at all reads nothing itself`() throws {
    for policy in [ReadAhead.advice, .none] {
      let folder = try TemporaryFolder()
      try Self.fillFirst(in: folder.path, policy)
    }
  }
}
