internal import CBLAS

/// Squared Euclidean distances between points, a block of rows at a time.
struct SquaredDistances {
  let count: Int
  let width: Int
  /// `[count, width]`, row-major.
  private let points: [Double]
  private let norms: [Double]

  init(_ points: [Double], width: Int) {
    self.points = points
    self.width = width
    count = width == 0 ? 0 : points.count / width
    var norms = Array(repeating: 0.0, count: count)
    for p in 0..<count {
      for d in 0..<width { norms[p] += points[p * width + d] * points[p * width + d] }
    }
    self.norms = norms
  }

  /// Those of the points of `range` to all points, `[range.count, count]`, not below 0.
  func rows(_ range: Range<Int>) -> [Double] {
    var distances = Array(repeating: 0.0, count: range.count * count)
    if distances.isEmpty { return [] }
    unsafe points.withUnsafeBufferPointer { points in
      unsafe distances.withUnsafeMutableBufferPointer { distances in
        // SAFETY: the range lies among the points, so as many rows of `width` follow its start.
        unsafe cblas_dgemm(
          CblasRowMajor, CblasNoTrans, CblasTrans, Int32(range.count), Int32(count), Int32(width), -2,
          points.baseAddress! + range.lowerBound * width, Int32(width), points.baseAddress, Int32(width), 0,
          distances.baseAddress, Int32(count))
      }
    }
    for (row, p) in range.enumerated() {
      for o in 0..<count {
        let place = row * count + o
        distances[place] = o == p ? 0 : max(0, distances[place] + norms[p] + norms[o])
      }
    }
    return distances
  }

  /// How many rows are computed at a time.
  static let block = 128

  /// Hands over one point's distances after the other.
  func forEachPoint(_ body: (_ point: Int, _ distances: ArraySlice<Double>) -> Void) {
    for start in stride(from: 0, to: count, by: Self.block) {
      let range = start..<min(start + Self.block, count)
      let rows = rows(range)
      for (row, point) in range.enumerated() { body(point, rows[row * count..<(row + 1) * count]) }
    }
  }
}
