extension Shard {
  /// The samples that some bytes of a tensor belong to; nil where they are nobody's.
  ///
  /// - Parameter range: not empty, from the start of the tensor.
  /// - Complexity: O(log samples + log frames).
  func samples(in range: Range<Int>, of role: TensorRole) -> ClosedRange<Int>? {
    guard sampleCount > 0 else { return nil }
    let (first, last) = (range.lowerBound, range.upperBound - 1)
    switch role {
    case .labels: return first / (4 * schema.labels.count)...last / (4 * schema.labels.count)
    case .interval: return first / 16...last / 16
    case .id: return owner(first, idOffsets)...owner(last, idOffsets)
    case .idOffsets, .offsets: return bounded(first / 8, last / 8, count: sampleCount)
    case .values(let m): return samples(first / frameBytes(m)...last / frameBytes(m), m)
    case .valid(let m): return samples(first...last, m)
    case .times(let m): return samples(first / 8...last / 8, m)
    case .tokenOffsets(let m):
      let frames = frameCount(modality: m)
      return frames == 0 ? nil : samples(bounded(first / 8, last / 8, count: frames), m)
    case .bytes(let m):
      let offsets = tokenOffsets(modality: m)
      return samples(owner(first, offsets)...owner(last, offsets), m)
    case .checksums, .padding: return nil
    }
  }

  private func samples(_ frames: ClosedRange<Int>, _ modality: Int) -> ClosedRange<Int> {
    let offsets = self.offsets(modality: modality)
    return owner(frames.lowerBound, offsets)...owner(frames.upperBound, offsets)
  }

  /// Element i of a list of offsets ends part i − 1 and begins part i.
  private func bounded(_ first: Int, _ last: Int, count: Int) -> ClosedRange<Int> {
    max(0, first - 1)...min(last, count - 1)
  }

  /// The part of a list of offsets that holds `place`: the last one that does not start after it, so never an empty one.
  private func owner(_ place: Int, _ offsets: Span<Int64>) -> Int {
    var (low, high) = (0, offsets.count - 1)
    while high - low > 1 {
      let middle = low + (high - low) / 2
      if offsets[middle] > place { high = middle } else { low = middle }
    }
    return low
  }

  private func frameBytes(_ modality: Int) -> Int { schema.modalities[modality].frameBytes }
}
