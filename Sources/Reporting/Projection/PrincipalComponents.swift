/// The two directions in which points vary most.
struct PrincipalComponents {
  /// `[count]` each: the points along the first and the second direction.
  private(set) var x: [Double]
  let y: [Double]
  /// How much of the points' variance lies along each, from 0 to 1.
  let shares: (Double, Double)

  /// Projects points on their first two principal components.
  ///
  /// A component's sign is free; here the weight with the greatest magnitude, the first of equals, is positive, so that
  /// the same points give the same picture.
  ///
  /// - Parameters:
  ///   - points: `[count, width]`, row-major.
  ///   - width: with one dimension, the second component is 0.
  /// - Throws: ``ReportingError/decomposition``.
  /// - Complexity: O(count × width² + width³).
  init(_ points: [Double], width: Int) throws(ReportingError) {
    let count = width == 0 ? 0 : points.count / width
    let centred = Self.centred(points, width: width)
    let (values, vectors) = try SymmetricMatrix(scatterOf: centred, size: width).eigenvectors()
    let whole = values.reduce(0) { $0 + max(0, $1) }
    func component(_ rank: Int) -> (places: [Double], share: Double) {
      let row = width - 1 - rank
      guard row >= 0 else { return (Array(repeating: 0, count: count), 0) }
      var direction = Array(vectors[row * width..<(row + 1) * width])
      // Nearly equal magnitudes count as equal: rounding must not choose.
      let greatest = direction.reduce(0) { max($0, abs($1)) }
      if let first = direction.first(where: { abs($0) >= greatest * (1 - 1e-9) }), first < 0 {
        direction = direction.map { -$0 }
      }
      let places = (0..<count).map { p in
        (0..<width).reduce(0.0) { $0 + centred[p * width + $1] * direction[$1] }
      }
      return (places, whole > 0 ? max(0, values[row]) / whole : 0)
    }
    let (first, second) = (component(0), component(1))
    (x, y) = (first.places, second.places)
    shares = (first.share, second.share)
  }

  /// Turns the first direction so that it rises with `values`, one a point; those that are not finite do not count.
  mutating func orient(by values: [Double]) {
    if Self.falls(x, with: values) { x = x.map { -$0 } }
  }

  /// Whether places fall where `values` rise; those that are not finite do not count.
  static func falls(_ places: [Double], with values: [Double]) -> Bool {
    let known = values.indices.filter { values[$0].isFinite }
    let mean = Numbers.mean(known.map { values[$0] }) ?? 0
    return known.reduce(0) { $0 + places[$1] * (values[$1] - mean) } < 0
  }

  /// The points less their mean.
  static func centred(_ points: [Double], width: Int) -> [Double] {
    let count = width == 0 ? 0 : points.count / width
    guard count > 0 else { return [] }
    var means = Array(repeating: 0.0, count: width)
    for p in 0..<count { for d in 0..<width { means[d] += points[p * width + d] } }
    for d in 0..<width { means[d] /= Double(count) }
    var centred = points
    for p in 0..<count { for d in 0..<width { centred[p * width + d] -= means[d] } }
    return centred
  }
}
