import Batches
import PackedSequences
import Shards
import TestDatasets
import TestSupport
import Testing

@Suite struct `A batch` {
  private static let names = ["vision", "text", "audio"]

  @Test(arguments: [1, 2, 7, 32, 40, 100], [Int.max, 700])
  func `shows the samples of an epoch, each once, where they lie`(size: Int, limit: Int) throws {
    let bench = try Bench(.mixed(samples: 40), limit: limit)
    let source = try BatchSource(bench.dataset, split: "train", modalities: Self.names)
    let samples = bench.samples("train")
    let order = EpochOrder(count: 40, seed: 5, epoch: 2)
    var batch = source.makeBatch(capacity: size)
    var seen: [Int] = []
    #expect(source.split.shards.count == 1 || limit == 700)
    for index in 0..<source.batchCount(size: size) {
      source.fill(&batch, from: order, index: index, size: size)
      #expect(batch.count == min(size, 40 - index * size))
      for place in 0..<batch.count {
        let sample = samples[batch.sample(place)]
        seen.append(batch.sample(place))
        #expect(batch.id(place) == sample.id && batch.label(place) == sample.labels[1])
        for (m, name) in Self.names.enumerated() {
          let expected = bench.frames(sample, name)
          let frames = batch.frames(sample: place, modality: m)
          let (count, dimension, validCount) = (frames.count, frames.dimension, frames.validCount)
          #expect(count == expected.frames.count && batch.frameCount(sample: place, modality: m) == count)
          #expect(dimension == [5, 3, 2][m] && validCount == expected.valid.count { $0 })
          let (type, bytes, valid) = (frames.type, bytes(frames), valid(frames))
          #expect(type == [.bf16, .f32, .f16][m] && bytes == expected.frames.flatMap { $0 } && valid == expected.valid)
        }
      }
      for (m, name) in Self.names.enumerated() {
        let lengths = (0..<batch.count).map { bench.frames(samples[batch.sample($0)], name).frames.count }
        #expect(batch.longest(modality: m) == lengths.max())
      }
    }
    #expect(seen == Array(order))
  }

  @Test func `gives spans into the mapping itself`() throws {
    let bench = try Bench(.mixed(samples: 10))
    let source = try BatchSource(bench.dataset, split: "train", modalities: ["text"])
    var batch = source.makeBatch(capacity: 10)
    source.fill(&batch, from: EpochOrder(count: 10, seed: 0, epoch: 0, isShuffled: false), index: 0, size: 10)
    let shard = source.split.shards[0]
    for sample in 0..<10 {
      let isSame = batch.frames(sample: sample, modality: 0).values.isIdentical(
        to: shard.values(sample: sample, modality: 0))
      #expect(isSame)
    }
  }

  @Test func `is filled again without growing`() throws {
    let bench = try Bench(.mixed(samples: 40))
    let source = try BatchSource(bench.dataset, split: "train", modalities: Self.names)
    let order = EpochOrder(count: 40, seed: 5, epoch: 0)
    var (used, fresh) = (source.makeBatch(capacity: 16), source.makeBatch(capacity: 16))
    #expect(used.count == 0 && used.longest(modality: 0) == 0)
    for index in [0, 2, 1, 2, 0] {
      source.fill(&used, from: order, index: index, size: 16)
      #expect(used.count == (index == 2 ? 8 : 16))
    }
    source.fill(&fresh, from: order, index: 0, size: 16)
    #expect((0..<16).map { used.sample($0) } == (0..<16).map { fresh.sample($0) })
    #expect((0..<16).map { used.id($0) } == (0..<16).map { fresh.id($0) })
  }

  @Test func `of the tiny dataset has a masked frame and a sample without any`() throws {
    let dataset = try Dataset.open(Project.file("fixtures/shards/tiny"))
    let source = try BatchSource(dataset, split: "train", modalities: ["text"])
    var batch = source.makeBatch(capacity: 2)
    source.fill(&batch, from: EpochOrder(count: 2, seed: 0, epoch: 0, isShuffled: false), index: 0, size: 2)
    #expect(batch.id(0) == "a[0]" && batch.id(1) == "é" && batch.label(0) == -1.5 && batch.label(1) == 3)
    let frames = batch.frames(sample: 0, modality: 0)
    let values = [frames.values[0], frames.values[1], frames.values[2], frames.values[3]]
    let (found, count) = (valid(frames), batch.frames(sample: 1, modality: 0).count)
    #expect(values == [1, 2, 3, -4] && found == [true, false] && count == 0)
  }

  @Test func `of one sample is one`() throws {
    let bench = try Bench(.mixed(samples: 3))
    let source = try BatchSource(bench.dataset, split: "valid", modalities: Self.names)
    var batch = source.makeBatch(capacity: 32)
    source.fill(&batch, from: EpochOrder(count: 1, seed: 0, epoch: 0), index: 0, size: 32)
    #expect(source.batchCount(size: 32) == 1 && batch.count == 1 && batch.sample(0) == 0)
  }

  @Test(arguments: 0..<20)
  func `shows random datasets as their shards do`(seed: Int) throws {
    let bench = try Bench(.random(seed: UInt64(seed), splits: ["all"]), limit: seed % 2 == 0 ? 2000 : .max)
    let names = bench.ragged.schema.modalities.filter { $0.content != .tokens }.map(\.name)
    guard !bench.samples("all").isEmpty else { return }
    let source = try BatchSource(bench.dataset, split: "all", modalities: names, label: .none)
    var batch = source.makeBatch(capacity: 3)
    for index in 0..<source.batchCount(size: 3) {
      source.fill(
        &batch, from: EpochOrder(count: source.sampleCount, seed: 0, epoch: 0), index: index, size: 3)
      for place in 0..<batch.count {
        let sample = bench.samples("all")[batch.sample(place)]
        #expect(batch.id(place) == sample.id && !batch.isLabelled)
        for (m, name) in names.enumerated() {
          let found = bytes(batch.frames(sample: place, modality: m))
          #expect(found == bench.frames(sample, name).frames.flatMap { $0 })
        }
      }
    }
  }
}
