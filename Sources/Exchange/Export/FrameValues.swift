internal import Shards

/// Reads a numeric modality's frames as binary32 numbers, as they are stored or with their normalization undone.
struct FrameValues {
  let modality: Int
  let dimension: Int
  /// Nil: as stored.
  private let scaling: Scaling?
  private let marksMasked: Bool
  /// Whether the frames are binary16 and nothing is done to them.
  let staysBinary16: Bool

  /// - Parameters:
  ///   - isRaw: undo the normalization. Values that were not normalized stay the same to the bit.
  ///   - marksMasked: NaN in masked frames, wherever 0 is stored in place of a value that was not finite; in a masked
  ///     frame without any, everywhere.
  /// - Returns: nil for tokens.
  init?(_ dataset: Dataset, modality: Int, isRaw: Bool, marksMasked: Bool) {
    guard case .values(let type, let dimension) = dataset.schema.modalities[modality].content else { return nil }
    let record = dataset.manifest.modalities[modality]
    self.modality = modality
    self.dimension = dimension
    self.marksMasked = marksMasked
    scaling = isRaw && record.normalization != .none ? record.scaling : nil
    staysBinary16 = type == .f16 && scaling == nil && !marksMasked
  }

  /// One sample's frames, `[frames, dimension]`.
  func read(_ shard: Shard, sample: Int) -> [Float] {
    var values = shard.widened(sample: sample, modality: modality)
    let masked = marksMasked ? marks(values, shard.valid(sample: sample, modality: modality)) : []
    if let scaling, !values.isEmpty { scaling.restore(&values) }
    for index in masked { values[index] = .nan }
    return values
  }

  /// The places of the values that become NaN.
  private func marks(_ stored: [Float], _ valid: Span<UInt8>) -> [Int] {
    var marks: [Int] = []
    for frame in valid.indices where valid[frame] == 0 {
      let row = frame * dimension..<(frame + 1) * dimension
      let zeros = row.filter { stored[$0].bitPattern == 0 }
      marks += zeros.isEmpty ? Array(row) : zeros
    }
    return marks
  }
}
