import Batches
import PackedSequences
import Shards
import TestDatasets
import TestSupport

/// A dataset that was written for a test, and opened.
struct Bench: ~Copyable {
  let ragged: RaggedDataset
  let dataset: Dataset
  private let folder: TemporaryFolder

  init(_ ragged: RaggedDataset, limit: Int = .max) throws {
    let folder = try TemporaryFolder()
    try ragged.write(to: folder.path, limit: limit)
    dataset = try Dataset.open(folder.path)
    self.ragged = ragged
    self.folder = folder
  }

  var path: String { folder.path }

  func samples(_ split: String) -> [RaggedDataset.Sample] { ragged.splits.first { $0.name == split }?.samples ?? [] }

  /// The modality's frames of a sample, as they were given.
  func frames(_ sample: RaggedDataset.Sample, _ modality: String) -> RaggedDataset.Frames {
    ragged.schema.modalities.firstIndex { $0.name == modality }.map { sample.modalities[$0] } ?? RaggedDataset.Frames()
  }
}

extension RaggedDataset {
  /// A dataset of three modalities, each of another type, with `samples` samples in train and one in valid; lengths 0, 1
  /// and more, frames masked here and there, labels in halves, `a` and `sentiment`.
  static func mixed(samples: Int, seed: UInt64 = 1) -> RaggedDataset {
    let numbers = Numbers(seed: seed)
    let schema = ShardSchema(
      labels: ["a", "sentiment"],
      modalities: [
        ModalitySchema(name: "text", content: .values(.f32, dimension: 3)),
        ModalitySchema(name: "words", content: .tokens),
        ModalitySchema(name: "audio", content: .values(.f16, dimension: 2)),
        ModalitySchema(name: "vision", content: .values(.bf16, dimension: 5)),
      ], keepsTimes: false)
    func sample(_ index: Int) -> Sample {
      Sample(
        id: SampleID(entry: "v", segment: index).description, labels: [Float(index), Float(numbers.below(13)) / 2 - 3],
        modalities: schema.modalities.map { modality in
          let length = [0, 1, 2, 9][numbers.below(4)]
          let bytes = modality.frameBytes == 0 ? 3 : modality.frameBytes
          return Frames(
            frames: (0..<length).map { _ in (0..<bytes).map { _ in UInt8(numbers.below(256)) } },
            valid: (0..<length).map { _ in numbers.below(4) > 0 })
        })
    }
    return RaggedDataset(
      schema: schema, splits: [("train", (0..<samples).map(sample)), ("valid", [sample(0)]), ("test", [])])
  }
}

/// The bytes of frames, as they are stored.
func bytes(_ frames: borrowing Frames) -> [UInt8] {
  var bytes: [UInt8] = []
  func append(_ bits: UInt32, _ count: Int) {
    for index in 0..<count { bytes.append(UInt8(truncatingIfNeeded: bits >> (8 * index))) }
  }
  for index in 0..<frames.values.count { append(frames.values[index].bitPattern, 4) }
  for index in 0..<frames.halves.count { append(UInt32(frames.halves[index]), 2) }
  return bytes
}

/// The mask of frames.
func valid(_ frames: borrowing Frames) -> [Bool] {
  var valid: [Bool] = []
  for index in 0..<frames.valid.count { valid.append(frames.valid[index] != 0) }
  return valid
}
