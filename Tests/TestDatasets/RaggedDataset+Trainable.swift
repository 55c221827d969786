package import Shards

extension RaggedDataset {
  /// A dataset to train on: three modalities of numbers and one of words, lengths 0, 1 and more, frames masked here and
  /// there, in some samples all of them, finite values of about 1, and labels in −3 ... 3.
  ///
  /// - Parameters:
  ///   - samples: of train, valid and test.
  ///   - type: how numbers are stored.
  ///   - isEmpty: no sample has a frame that is not masked.
  package static func trainable(
    _ train: Int = 17, _ valid: Int = 4, _ test: Int = 5, type: ElementType = .f32, seed: UInt64 = 1,
    isEmpty: Bool = false
  ) -> RaggedDataset {
    let numbers = Numbers(seed: seed)
    let schema = ShardSchema(
      labels: ["sentiment"],
      modalities: [
        ModalitySchema(name: "text", content: .values(type, dimension: 3)),
        ModalitySchema(name: "words", content: .tokens),
        ModalitySchema(name: "audio", content: .values(type, dimension: 2)),
        ModalitySchema(name: "vision", content: .values(type, dimension: 4)),
      ], keepsTimes: false)
    func frames(_ modality: ModalitySchema) -> Frames {
      guard case .values(let type, let dimension) = modality.content else { return Frames() }
      let length = [0, 1, 2, 5, 9][numbers.below(5)]
      let isMasked = isEmpty || numbers.below(6) == 0
      return Frames(
        frames: (0..<length).map { _ in
          bytes((0..<dimension).map { _ in Float(4 * numbers.uniform() - 2) }, as: type)
        },
        valid: (0..<length).map { _ in !isMasked && numbers.below(5) > 0 })
    }
    func samples(_ split: String, _ count: Int) -> [Sample] {
      (0..<count).map { index in
        Sample(
          id: "\(split)[\(index)]", labels: [Float(6 * numbers.uniform() - 3)],
          modalities: schema.modalities.map(frames))
      }
    }
    return RaggedDataset(
      schema: schema,
      splits: [("train", samples("train", train)), ("valid", samples("valid", valid)), ("test", samples("test", test))])
  }

  /// Numbers as a shard stores them; halves are cut off, not rounded, and must be normal.
  private static func bytes(_ values: [Float], as type: ElementType) -> [UInt8] {
    switch type {
    case .f32: TensorBytes.of(values)
    case .f64: TensorBytes.of(values.map(Double.init))
    case .f16: TensorBytes.of(values.map { Self.half($0) })
    case .bf16: TensorBytes.of(values.map { UInt16($0.bitPattern >> 16) })
    }
  }

  private static func half(_ value: Float) -> UInt16 {
    let bits = value.bitPattern
    let exponent = Int((bits >> 23) & 0xff) - 127 + 15
    let sign = UInt16((bits >> 16) & 0x8000)
    return exponent < 1 ? sign : sign | UInt16(exponent << 10) | UInt16((bits >> 13) & 0x3ff)
  }
}
