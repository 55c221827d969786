internal import CKernels

extension Moments {
  /// Adds rows `[rows, dimension]` in order, each `times` times in a row.
  package mutating func add(_ values: Span<Float>, times: Int = 1) {
    precondition(dimension > 0 && values.count % dimension == 0)
    let (rows, dimension) = (values.count / dimension, dimension)
    unsafe values.withUnsafeBufferPointer { values in
      // SAFETY: the buffer holds rows × dimension values; the kernel stays within the eight arrays of the state.
      unsafe withKernelState { unsafe grf_moments_f32(values.baseAddress, rows, dimension, times, $0) }
    }
  }

  /// The same for Doubles.
  package mutating func add(_ values: Span<Double>, times: Int = 1) {
    precondition(dimension > 0 && values.count % dimension == 0)
    let (rows, dimension) = (values.count / dimension, dimension)
    unsafe values.withUnsafeBufferPointer { values in
      // SAFETY: as above.
      unsafe withKernelState { unsafe grf_moments_f64(values.baseAddress, rows, dimension, times, $0) }
    }
  }

  private mutating func withKernelState(_ body: (grf_moments) -> Void) {
    let dimension = dimension
    unsafe state.withUnsafeMutableBufferPointer { state in
      guard let start = state.baseAddress else { return }
      func field(_ field: Field) -> UnsafeMutablePointer<Double> { unsafe start + field.rawValue * dimension }
      unsafe body(
        grf_moments(
          count: field(.count), mean: field(.mean), m2: field(.squares), min: field(.min), max: field(.max),
          nan: field(.nan), posinf: field(.posinf), neginf: field(.neginf)))
    }
  }
}
