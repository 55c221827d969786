internal import CKernels

/// Sums of the finite values of a sample's frames, while its rows go by.
package struct FrameAverage: Sendable {
  package let dimension: Int
  private var sums: [Double]
  private var counts: [Double]

  package init(frames: Int, dimension: Int) {
    self.dimension = dimension
    sums = [Double](repeating: 0, count: frames * dimension)
    counts = sums
  }

  /// Adds one row `[dimension]` to a frame.
  package mutating func add(_ row: Span<Float>, to frame: Int) {
    precondition(row.count == dimension && (frame + 1) * dimension <= sums.count)
    let (first, dimension) = (frame * dimension, dimension)
    unsafe row.withUnsafeBufferPointer { row in
      unsafe sums.withUnsafeMutableBufferPointer { sums in
        unsafe counts.withUnsafeMutableBufferPointer { counts in
          guard let sums = sums.baseAddress, let counts = counts.baseAddress else { return }
          // SAFETY: the frame lies within both arrays, as was checked.
          unsafe grf_accumulate(row.baseAddress, dimension, sums + first, counts + first)
        }
      }
    }
  }

  /// The averages `[frames, dimension]`; NaN where no value was finite.
  package func averages() -> [Double] { zip(sums, counts).map { $1 > 0 ? $0 / $1 : .nan } }
}
