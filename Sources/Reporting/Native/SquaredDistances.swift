internal import CKernels

/// Squared Euclidean distances from one point to all points.
struct SquaredDistances {
  let count: Int
  let width: Int
  /// `[width, count]`: a dimension after the other.
  private let columns: [Double]

  /// - Parameter points: `[count, width]`, row-major.
  init(_ points: [Double], width: Int) {
    self.width = width
    let count = width == 0 ? 0 : points.count / width
    self.count = count
    columns = (0..<width).flatMap { dimension in (0..<count).map { points[$0 * width + dimension] } }
  }

  /// Those of `point`, `[count]`.
  func row(_ point: Int) -> [Double] {
    precondition(point >= 0 && point < count, "point \(point) of \(count)")
    var distances = Array(repeating: 0.0, count: count)
    unsafe columns.withUnsafeBufferPointer { columns in
      unsafe distances.withUnsafeMutableBufferPointer { distances in
        // SAFETY: `width` times `count` coordinates and as many distances as points.
        guard let columns = columns.baseAddress, let distances = distances.baseAddress else { return }
        unsafe grf_squared_distances(columns, width, count, point, distances)
      }
    }
    return distances
  }

  /// Hands over one point's distances after the other.
  func forEachPoint(_ body: (_ point: Int, _ distances: [Double]) -> Void) {
    for point in 0..<count { body(point, row(point)) }
  }
}
