internal import PackedSequences
internal import Shards

extension RaggedDataset {
  /// Two samples in one shard: one modality of numbers, one of words, with labels and times. Every value is fixed.
  package static func tiny() -> RaggedDataset {
    let schema = ShardSchema(
      labels: ["sentiment"],
      modalities: [
        ModalitySchema(name: "text", content: .values(.f32, dimension: 2)),
        ModalitySchema(name: "words", content: .tokens),
      ], keepsTimes: true)
    let samples = [
      Sample(
        id: "a[0]", start: 0.5, end: 2.5, labels: [-1.5],
        modalities: [
          Frames(
            frames: [TensorBytes.of([Float(1), 2]), TensorBytes.of([Float(3), -4])], valid: [true, false],
            times: [0, 1, 1, 2]),
          Frames(frames: [Array("hi".utf8), []], valid: [true, true], times: [0, 0.5, 0.5, 1]),
        ]),
      Sample(id: "é", start: 0, end: 1, labels: [3], modalities: [Frames(), Frames()]),
    ]
    return RaggedDataset(schema: schema, splits: [("train", samples)])
  }

  /// A dataset with whatever the seed brings: labels or none, times or none, all element types, lengths 0, 1 and more.
  package static func random(seed: UInt64, splits: [String] = ["train", "valid", "test"]) -> RaggedDataset {
    let numbers = Numbers(seed: seed)
    var modalities: [ModalitySchema] = []
    for (index, name) in ["text", "audio", "vision", "words"].enumerated() where index == 0 || numbers.below(4) > 0 {
      let type = ElementType.allCases[numbers.below(3)]
      modalities.append(
        ModalitySchema(
          name: name, content: name == "words" ? .tokens : .values(type, dimension: 1 + numbers.below(9))))
    }
    let labels = numbers.below(3)
    let schema = ShardSchema(
      labels: (0..<labels).map { "label \($0)" }, modalities: modalities, keepsTimes: numbers.below(2) == 0)
    let contents = splits.map { split in
      (split, (0..<numbers.below(9)).map { sample(schema, "\(split) ü", $0, numbers) })
    }
    return RaggedDataset(schema: schema, splits: contents)
  }

  private static func sample(_ schema: ShardSchema, _ entry: String, _ index: Int, _ numbers: Numbers) -> Sample {
    var sample = Sample(id: SampleID(entry: entry, segment: index).description)
    sample.start = Double(index) + numbers.uniform()
    sample.end = sample.start + numbers.uniform()
    sample.labels = schema.labels.map { _ in Float(6 * numbers.uniform() - 3) }
    for modality in schema.modalities {
      let length = [0, 1, 2, 40][numbers.below(4)]
      var frames = Frames()
      for _ in 0..<length {
        let bytes = modality.content == .tokens ? numbers.below(6) : modality.frameBytes
        frames.frames.append((0..<bytes).map { _ in UInt8(numbers.below(256)) })
        frames.valid.append(numbers.below(5) > 0)
        if schema.keepsTimes { frames.times += [Float(numbers.uniform()), Float(numbers.uniform())] }
      }
      sample.modalities.append(frames)
    }
    return sample
  }
}

/// A stream of random numbers.
package final class Numbers {
  private let generator: CounterGenerator
  private var index: UInt64 = 0

  package init(seed: UInt64) { generator = CounterGenerator(seed: seed, purpose: .synthesis) }

  package func below(_ bound: Int) -> Int {
    index += 1
    return generator.integer(below: bound, at: index)
  }

  package func uniform() -> Double {
    index += 1
    return generator.uniform(at: index)
  }
}
