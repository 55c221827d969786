internal import CKernels

/// Sums of the finite values of a sample's frames, while its rows go by.
///
/// Holds the frames from the first that is not taken yet to the last that a row went to.
package struct FrameAverage: Sendable {
  package let dimension: Int
  /// The frame that comes first in the sums.
  package private(set) var firstFrame = 0
  private var sums: [Double] = []
  private var counts: [Double] = []

  package init(dimension: Int) { self.dimension = dimension }

  /// Adds one row `[dimension]` to a frame that is not taken yet.
  package mutating func add(_ row: Span<Float>, to frame: Int) {
    precondition(row.count == dimension && frame >= firstFrame)
    let (first, dimension) = ((frame - firstFrame) * dimension, dimension)
    if sums.count < first + dimension {
      let missing = first + dimension - sums.count
      sums.append(contentsOf: repeatElement(0, count: missing))
      counts.append(contentsOf: repeatElement(0, count: missing))
    }
    unsafe row.withUnsafeBufferPointer { row in
      unsafe sums.withUnsafeMutableBufferPointer { sums in
        unsafe counts.withUnsafeMutableBufferPointer { counts in
          guard let sums = sums.baseAddress, let counts = counts.baseAddress else { return }
          // SAFETY: the frame lies within both arrays, which were lengthened for it.
          unsafe grf_accumulate(row.baseAddress, dimension, sums + first, counts + first)
        }
      }
    }
  }

  /// Takes the averages `[frames, dimension]` of the frames before `end`; NaN where no value was finite.
  package mutating func take(before end: Int) -> [Double] {
    let values = min((end - firstFrame) * dimension, sums.count)
    let averages = zip(sums[..<values], counts[..<values]).map { $1 > 0 ? $0 / $1 : .nan }
    sums.removeFirst(values)
    counts.removeFirst(values)
    firstFrame = end
    return averages
  }
}
