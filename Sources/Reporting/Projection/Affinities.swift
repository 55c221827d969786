internal import CKernels

/// How near points are to each other, as t-SNE sees it: a bell curve about each, as wide as it takes to hold about
/// `perplexity` neighbours, over its nearest three times as many.
///
/// Source: van der Maaten and Hinton 2008; the limit to the nearest, van der Maaten 2014.
struct Affinities {
  let count: Int
  /// What was aimed at; lower than asked for where there are few points.
  let perplexity: Double
  /// The places of the pairs of point p are `starts[p] ..< starts[p + 1]`.
  private(set) var starts: [Int] = [0]
  private(set) var neighbours: [Int32] = []
  /// Symmetric; all together 1.
  private(set) var weights: [Float] = []

  /// - Parameters:
  ///   - points: `[count, width]`, row-major.
  ///   - perplexity: lowered to a third of the other points where those are fewer.
  init(_ points: [Double], width: Int, perplexity: Double) {
    let distances = SquaredDistances(points, width: width)
    count = distances.count
    let effective = min(perplexity, Double(max(count - 1, 1)) / 3)
    self.perplexity = effective
    let reach = min(max(count - 1, 0), Int((3 * effective).rounded(.up)))
    var pairs: [[Int32: Double]] = Array(repeating: [:], count: count)
    let share = count == 0 ? 0 : 1 / (2 * Double(count))
    distances.forEachPoint { point, row in
      let nearest = Self.nearest(row, to: point, reach)
      let conditional = Self.conditional(nearest.map(\.distance), perplexity: effective)
      for (neighbour, weight) in zip(nearest, conditional) {
        pairs[point][Int32(neighbour.place), default: 0] += weight * share
        pairs[neighbour.place][Int32(point), default: 0] += weight * share
      }
    }
    for point in pairs {
      for (neighbour, weight) in point.sorted(by: { $0.key < $1.key }) {
        neighbours.append(neighbour)
        weights.append(Float(weight))
      }
      starts.append(neighbours.count)
    }
  }

  /// The `reach` nearest others, ties by place.
  private static func nearest(
    _ row: [Double], to point: Int, _ reach: Int
  ) -> [(place: Int, distance: Double)] {
    let others = row.enumerated().filter { $0.offset != point }.map { (place: $0.offset, distance: $0.element) }
    return Array(others.sorted { ($0.distance, $0.place) < ($1.distance, $1.place) }.prefix(reach))
  }

  /// The probabilities of neighbours under a bell curve with the wanted perplexity, that is 2 to the entropy in bits.
  ///
  /// The width is searched for by halving, to a hundred-thousandth of the entropy.
  static func conditional(_ distances: [Double], perplexity: Double) -> [Double] {
    guard let least = distances.min() else { return [] }
    let target = logarithm(perplexity)
    var precision = 1.0
    var (low, high) = (0.0, Double.infinity)
    var weights = distances
    for _ in 0..<200 {
      // Distances from the nearest: no weight is lost to underflow, and the probabilities are the same.
      weights = distances.map { exponential(-($0 - least) * precision) }
      let sum = weights.reduce(0, +)
      let mean = zip(weights, distances).reduce(0) { $0 + $1.0 * ($1.1 - least) } / sum
      let entropy = logarithm(sum) + precision * mean
      weights = weights.map { $0 / sum }
      if abs(entropy - target) < 1e-5 { break }
      if entropy > target {
        low = precision
        precision = high.isInfinite ? precision * 2 : (precision + high) / 2
      } else {
        high = precision
        precision = (precision + low) / 2
      }
    }
    return weights
  }
}
