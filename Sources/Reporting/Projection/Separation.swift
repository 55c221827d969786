/// How far two groups of points lie apart.
enum Separation {
  /// The mean silhouette: of each point (b − a) / max(a, b), a its mean distance to the others of its group, b that to the
  /// nearest other group. From −1 to 1; about 0 where groups overlap.
  ///
  /// As scikit-learn's `silhouette_score`: a point alone in its group counts as 0.
  ///
  /// - Parameters:
  ///   - points: `[count, width]`, row-major.
  ///   - groups: `[count]`, from 0 on.
  /// - Returns: nil where fewer than two groups have points, or every group has only one.
  /// - Complexity: O(count² × width).
  static func silhouette(_ points: [Double], width: Int, groups: [Int]) -> Double? {
    guard let last = groups.max() else { return nil }
    var sizes = Array(repeating: 0, count: last + 1)
    for group in groups { sizes[group] += 1 }
    let present = sizes.count { $0 > 0 }
    guard present >= 2, present < groups.count else { return nil }
    var whole = 0.0
    SquaredDistances(points, width: width).forEachPoint { point, row in
      var sums = Array(repeating: 0.0, count: sizes.count)
      for (other, distance) in row.enumerated() { sums[groups[other]] += distance.squareRoot() }
      let own = groups[point]
      guard sizes[own] > 1 else { return }
      let a = sums[own] / Double(sizes[own] - 1)
      let others = sizes.indices.filter { $0 != own && sizes[$0] > 0 }.map { sums[$0] / Double(sizes[$0]) }
      let b = others.min() ?? 0
      if max(a, b) > 0 { whole += (b - a) / max(a, b) }
    }
    return whole / Double(groups.count)
  }
}
