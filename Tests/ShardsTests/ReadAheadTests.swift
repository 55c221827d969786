import Files
import TestDatasets
import Testing

@testable import Shards

/// Where a sample's frames lie in the file, and what reading them ahead does.
struct ReadAheadTests {
  @Test(arguments: [3, 4, 5, 11] as [UInt64], [Int.max, 2000])
  func `the byte ranges of a sample hold its frames and its mask`(seed: UInt64, limit: Int) throws {
    let folder = try TemporaryFolder()
    let dataset = RaggedDataset.random(seed: seed, splits: ["all"])
    try dataset.write(to: folder.path, limit: limit)
    let split = try Dataset.open(folder.path).splits[0]
    for (index, sample) in dataset.splits[0].samples.enumerated() {
      let (shard, place) = split.locate(index)
      let (number, inShard) = split.place(of: index)
      #expect(split.shards[number] === shard && inShard == place)
      let bytes = try File.contents(of: shard.path)
      for (m, modality) in dataset.schema.modalities.enumerated() where !modality.isTokens {
        let (values, valid) = shard.byteRanges(sample: place, modality: m)
        #expect(Array(bytes[values]) == sample.modalities[m].frames.flatMap { $0 })
        #expect(Array(bytes[valid]) == sample.modalities[m].valid.map { $0 ? 1 : 0 })
        shard.advise(sample: place, modality: m)
        shard.touch(sample: place, modality: m)
      }
    }
  }

  @Test(arguments: ElementType.allCases)
  func `frames are widened to where they are wanted, and nowhere else`(type: ElementType) throws {
    let folder = try TemporaryFolder()
    let schema = ShardSchema(
      labels: [], modalities: [ModalitySchema(name: "audio", content: .values(type, dimension: 3))], keepsTimes: false)
    let frame = TensorBytes.of([UInt16](repeating: 0x3F80, count: 3 * type.byteCount / 2))
    let sample = RaggedDataset.Sample(
      id: "v", modalities: [RaggedDataset.Frames(frames: [frame, frame], valid: [true, false])])
    try RaggedDataset(schema: schema, splits: [("all", [sample])]).write(to: folder.path)
    let shard = try Dataset.open(folder.path).splits[0].shards[0]
    var target = [Float](repeating: -1, count: 10)
    var span = target.mutableSpan
    shard.widen(sample: 0, modality: 0, into: &span, at: 3)
    #expect(shard.valueCount(sample: 0, modality: 0) == 6)
    let value: Float =
      switch type {
      case .f32: Float(bitPattern: 0x3F80_3F80)
      case .f16: 1.875
      case .bf16: 1
      case .f64: Float(Double(bitPattern: 0x3F80_3F80_3F80_3F80))
      }
    #expect(target == [-1, -1, -1] + Array(repeating: value, count: 6) + [-1])
    #expect(shard.widened(sample: 0, modality: 0) == Array(repeating: value, count: 6))
  }
}
