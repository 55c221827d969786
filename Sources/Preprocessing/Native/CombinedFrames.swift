internal import CKernels

/// Sums, or maxima, of the finite values of a sample's frames, while their rows go by.
///
/// Holds the frames from the first that is not taken yet to the last that a row went to.
package struct CombinedFrames: Sendable {
  package let dimension: Int
  private let takesMaxima: Bool
  /// The frame that comes first in what is held.
  package private(set) var firstFrame = 0
  /// Sums or maxima `[frames, dimension]`, and of how many values.
  private var results: [Double] = []
  private var counts: [Double] = []

  /// - Parameter collapse: of a single row, any gives that row.
  package init(dimension: Int, by collapse: Collapse = .mean) {
    self.dimension = dimension
    takesMaxima = collapse == .max
  }

  /// Adds rows `[count, dimension]`, one after the other, to a frame that is not taken yet.
  package mutating func add(_ rows: Span<Float>, to frame: Int) {
    let (first, dimension, takesMaxima) = ((frame - firstFrame) * dimension, dimension, takesMaxima)
    precondition(rows.count % dimension == 0 && first >= 0)
    if results.count < first + dimension {
      let missing = first + dimension - results.count
      results.append(contentsOf: repeatElement(takesMaxima ? -.infinity : 0, count: missing))
      counts.append(contentsOf: repeatElement(0, count: missing))
    }
    unsafe rows.withUnsafeBufferPointer { rows in
      unsafe results.withUnsafeMutableBufferPointer { results in
        unsafe counts.withUnsafeMutableBufferPointer { counts in
          guard let results = results.baseAddress, let counts = counts.baseAddress else { return }
          // SAFETY: the frame lies within both arrays, which were lengthened for it.
          if takesMaxima {
            unsafe grf_maximize(
              rows.baseAddress, rows.count / dimension, dimension, results + first, counts + first)
          } else {
            unsafe grf_accumulate(
              rows.baseAddress, rows.count / dimension, dimension, results + first, counts + first)
          }
        }
      }
    }
  }

  /// Takes the frames `[frames, dimension]` before `end`; NaN where no value was finite.
  package mutating func take(before end: Int) -> [Double] {
    let wanted = (end - firstFrame) * dimension
    let values = min(wanted, results.count)
    var frames = [Double](repeating: .nan, count: wanted)
    // What no row went to stays NaN.
    for index in 0..<values where counts[index] > 0 {
      frames[index] = takesMaxima ? results[index] : results[index] / counts[index]
    }
    results.removeFirst(values)
    counts.removeFirst(values)
    firstFrame = end
    return frames
  }
}
