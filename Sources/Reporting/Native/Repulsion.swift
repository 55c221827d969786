internal import CKernels

/// The repulsive half of t-SNE's gradient: every point against every other, exactly.
struct Repulsion {
  private(set) var x: [Float]
  private(set) var y: [Float]
  private var sums: [Float]

  init(count: Int) {
    x = Array(repeating: 0, count: count)
    y = x
    sums = x
  }

  /// Writes the forces on all points.
  ///
  /// - Returns: the sum of all similarities, which they are to be divided by.
  mutating func compute(_ px: [Float], _ py: [Float]) -> Double {
    let count = px.count
    precondition(py.count == count && x.count == count, "as many points as at the start")
    unsafe px.withUnsafeBufferPointer { px in
      unsafe py.withUnsafeBufferPointer { py in
        unsafe x.withUnsafeMutableBufferPointer { x in
          unsafe y.withUnsafeMutableBufferPointer { y in
            unsafe sums.withUnsafeMutableBufferPointer { sums in
              // SAFETY: all five hold `count` elements; there are no pointers where there are none.
              guard let px = px.baseAddress, let py = py.baseAddress, let x = x.baseAddress, let y = y.baseAddress,
                let sums = sums.baseAddress
              else { return }
              unsafe grf_student_repulsion(px, py, count, 0, count, x, y, sums)
            }
          }
        }
      }
    }
    return sums.reduce(0.0) { $0 + Double($1) }
  }
}
