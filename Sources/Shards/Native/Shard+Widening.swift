internal import CKernels

extension Shard {
  /// A copy of one sample's frames as binary32 numbers, `[frames, dimension]`, however they are stored; exact, but for
  /// the averages in a part, which are rounded.
  ///
  /// For looking at single samples: training reads the mapping itself, see ``values(sample:modality:)``.
  ///
  /// - Precondition: the modality's frames are numbers.
  public func widened(sample: Int, modality: Int) -> [Float] {
    var values = [Float](repeating: 0, count: valueCount(sample: sample, modality: modality))
    var span = values.mutableSpan
    widen(sample: sample, modality: modality, into: &span, at: 0)
    return values
  }

  /// How many values one sample's frames have together: frames × dimension.
  ///
  /// - Precondition: the modality's frames are numbers.
  package func valueCount(sample: Int, modality: Int) -> Int {
    guard case .values(_, let dimension) = schema.modalities[modality].content else {
      preconditionFailure("\(schema.modalities[modality].name) has no values")
    }
    return frameRange(sample: sample, modality: modality).count * dimension
  }

  /// Writes one sample's frames as binary32 numbers to `target`, from its element `start` on; exact.
  ///
  /// - Precondition: the modality's frames are numbers, and the target is long enough.
  package func widen(sample: Int, modality: Int, into target: inout MutableSpan<Float>, at start: Int) {
    let count = valueCount(sample: sample, modality: modality)
    precondition(start >= 0 && start + count <= target.count, "\(count) values at \(start) of \(target.count)")
    if elementType(modality) == .f32 {
      let values = values(sample: sample, modality: modality)
      for index in values.indices { target[start + index] = values[index] }
      return
    }
    if elementType(modality) == .f64 {
      let doubles = view(ranges.modalities[modality].values, as: Double.self)
      let dimension = schema.modalities[modality].frameBytes / MemoryLayout<Double>.size
      let first = frameRange(sample: sample, modality: modality).lowerBound * dimension
      for index in 0..<count { target[start + index] = Float(doubles[first + index]) }
      return
    }
    let isBinary16 = elementType(modality) == .f16
    let halves = halves(sample: sample, modality: modality)
    unsafe target.withUnsafeMutableBufferPointer { target in
      // SAFETY: `count` elements from `start` on lie within the target, as was checked, and as many are read; there
      // are no pointers where there are no elements.
      unsafe halves.withUnsafeBufferPointer { source in
        guard let from = source.baseAddress, let to = target.baseAddress else { return }
        if isBinary16 {
          unsafe grf_widen_f16(from, to + start, source.count)
        } else {
          unsafe grf_widen_bf16(from, to + start, source.count)
        }
      }
    }
  }
}
