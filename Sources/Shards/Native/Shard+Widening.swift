internal import CKernels

extension Shard {
  /// A copy of one sample's frames as binary32 numbers, `[frames, dimension]`, however they are stored; exact.
  ///
  /// For looking at single samples: training reads the mapping itself, see ``values(sample:modality:)``.
  ///
  /// - Precondition: the modality's frames are numbers.
  public func widened(sample: Int, modality: Int) -> [Float] {
    guard let type = elementType(modality) else {
      preconditionFailure("\(schema.modalities[modality].name) has no values")
    }
    if type == .f32 {
      let values = values(sample: sample, modality: modality)
      return values.indices.map { values[$0] }
    }
    let halves = halves(sample: sample, modality: modality)
    return unsafe [Float](unsafeUninitializedCapacity: halves.count) { target, count in
      count = halves.count
      guard let start = target.baseAddress else { return }
      // SAFETY: both buffers hold as many elements as are widened; there is no start where there are none.
      unsafe halves.withUnsafeBufferPointer { source in
        guard let from = source.baseAddress else { return }
        if type == .f16 {
          unsafe grf_widen_f16(from, start, source.count)
        } else {
          unsafe grf_widen_bf16(from, start, source.count)
        }
      }
    }
  }
}
