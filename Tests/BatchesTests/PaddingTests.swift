import Batches
import PackedSequences
import Shards
import TestDatasets
import TestSupport
import Testing

@Suite struct `A padded tensor` {
  /// The values of a frame, widened apart from the shards' own code.
  private func widened(_ bytes: [UInt8], _ type: ElementType) -> [UInt32] {
    stride(from: 0, to: bytes.count, by: type.byteCount).map { start in
      let bits = bytes[start..<start + type.byteCount].reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
      return switch type {
      case .f32: bits
      case .f16: Float(Float16(bitPattern: UInt16(bits))).bitPattern
      case .bf16: bits << 16
      case .f64: preconditionFailure("not in a finished dataset")
      }
    }
  }

  /// Equal, or both NaN.
  private func isSame(_ value: Float, _ bits: UInt32) -> Bool {
    value.bitPattern == bits || (value.isNaN && Float(bitPattern: bits).isNaN)
  }

  @Test(arguments: PaddedTensor.Side.allCases, [nil, 9, 14] as [Int?])
  func `holds the shards' frames, and zeros before or after them`(side: PaddedTensor.Side, length: Int?) throws {
    let bench = try Bench(.mixed(samples: 23))
    let names = ["vision", "text", "audio"]
    let source = try BatchSource(bench.dataset, split: "train", modalities: names)
    var batch = source.makeBatch(capacity: 5)
    for index in 0..<source.batchCount(size: 5) {
      source.fill(&batch, from: EpochOrder(count: 23, seed: 1, epoch: 0), index: index, size: 5)
      for (m, name) in names.enumerated() {
        let padded = batch.padded(modality: m, side: side, length: length)
        let (type, dimension) = (batch.modalities[m].type, batch.modalities[m].dimension)
        #expect(padded.samples == batch.count && padded.length == length ?? batch.longest(modality: m))
        #expect(padded.dimension == dimension && padded.mask.count == padded.samples * padded.length)
        #expect(padded.values.count == padded.mask.count * dimension)
        for place in 0..<batch.count {
          let frames = bench.frames(bench.samples("train")[batch.sample(place)], name)
          let padding = padded.length - frames.frames.count
          for position in 0..<padded.length {
            let frame = side == .left ? position - padding : position
            let isThere = frames.frames.indices.contains(frame)
            let row = place * padded.length + position
            let expected =
              isThere ? widened(frames.frames[frame], type) : [UInt32](repeating: 0, count: dimension)
            let values = padded.values[row * dimension..<(row + 1) * dimension]
            #expect(zip(values, expected).allSatisfy(isSame))
            #expect(padded.mask[row] == (isThere && frames.valid[frame]))
          }
        }
      }
    }
  }

  @Test func `of the tiny dataset`() throws {
    let dataset = try Dataset.open(Project.file("fixtures/shards/tiny"))
    let source = try BatchSource(dataset, split: "train", modalities: ["text"])
    var batch = source.makeBatch(capacity: 2)
    source.fill(&batch, from: EpochOrder(count: 2, seed: 0, epoch: 0, isShuffled: false), index: 0, size: 2)
    let left = batch.padded(modality: 0, side: .left, length: 3)
    #expect(left.values == [0, 0, 1, 2, 3, -4, 0, 0, 0, 0, 0, 0])
    #expect(left.mask == [false, true, false, false, false, false])
    let right = batch.padded(modality: 0)
    #expect(right.values == [1, 2, 3, -4, 0, 0, 0, 0] && right.mask == [true, false, false, false])
  }

  @Test func `of samples without frames has no length`() throws {
    var ragged = RaggedDataset.mixed(samples: 2)
    for sample in 0..<2 { ragged.splits[0].samples[sample].modalities[0] = RaggedDataset.Frames() }
    let source = try BatchSource(Bench(ragged).dataset, split: "train", modalities: ["text"])
    var batch = source.makeBatch(capacity: 2)
    source.fill(&batch, from: EpochOrder(count: 2, seed: 0, epoch: 0), index: 0, size: 2)
    let none = batch.padded(modality: 0)
    #expect(none.samples == 2 && none.length == 0 && none.values.isEmpty && none.mask.isEmpty)
    let two = batch.padded(modality: 0, length: 2)
    #expect(two.values == [Float](repeating: 0, count: 12) && two.mask == [false, false, false, false])
  }

  @Test func `cuts no frames off`() async throws {
    await #expect(processExitsWith: .failure) {
      let dataset = try Dataset.open(Project.file("fixtures/shards/tiny"))
      let source = try BatchSource(dataset, split: "train", modalities: ["text"])
      var batch = source.makeBatch(capacity: 2)
      source.fill(&batch, from: EpochOrder(count: 2, seed: 0, epoch: 0), index: 0, size: 2)
      _ = batch.padded(modality: 0, length: 1)
    }
  }
}
