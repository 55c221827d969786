extension Shard {
  /// Where in the file a sample's frames lie in one tensor of a modality; nil where the shard has no such tensor.
  package func byteRange(of role: TensorRole, sample: Int) -> Range<Int>? {
    guard let modality = role.modality else { return nil }
    guard case .bytes = role else {
      return byteRange(of: role, frames: frameRange(sample: sample, modality: modality))
    }
    guard let tensor = tensors.first(where: { $0.role == role }) else { return nil }
    let bytes = tokenBytes(sample: sample, modality: modality)
    return tensor.offset + bytes.lowerBound..<tensor.offset + bytes.upperBound
  }

  /// Where in the file some frames, counted from the shard's first, lie in a tensor that has an element a frame; nil where
  /// the shard has no such tensor.
  package func byteRange(of role: TensorRole, frames: Range<Int>) -> Range<Int>? {
    guard let modality = role.modality, let tensor = tensors.first(where: { $0.role == role }) else { return nil }
    func scaled(_ size: Int) -> Range<Int> {
      tensor.offset + frames.lowerBound * size..<tensor.offset + frames.upperBound * size
    }
    switch role {
    case .values: return scaled(schema.modalities[modality].frameBytes)
    case .valid: return scaled(1)
    case .times: return scaled(8)
    default: return nil
    }
  }

  /// Where a sample's tokens lie among the bytes of all tokens of the modality; empty where frames are numbers.
  package func tokenBytes(sample: Int, modality: Int) -> Range<Int> {
    guard schema.modalities[modality].isTokens else { return 0..<0 }
    let frames = frameRange(sample: sample, modality: modality)
    let offsets = tokenOffsets(modality: modality)
    return Int(offsets[frames.lowerBound])..<Int(offsets[frames.upperBound])
  }

  /// Where some of a sample's tokens begin, counted from its first.
  ///
  /// - Parameter frames: among those of the sample.
  package func tokenOffsets(sample: Int, modality: Int, frames: Range<Int>) -> [Int64] {
    let first = frameRange(sample: sample, modality: modality).lowerBound
    let offsets = tokenOffsets(modality: modality)
    return frames.map { offsets[first + $0] - offsets[first] }
  }
}
