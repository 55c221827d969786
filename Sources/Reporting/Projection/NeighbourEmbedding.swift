/// t-distributed stochastic neighbour embedding: a picture in which near points stay near.
///
/// Attraction runs over the pairs of ``Affinities``, repulsion exactly over all pairs: for the few thousand points of a
/// picture that is faster than a tree. It begins with the first two principal components instead of at random, so the
/// same points give the same picture; distances between groups mean little.
///
/// Source: van der Maaten and Hinton 2008; the start and the rates, Kobak and Berens 2019, Belkina et al. 2019.
struct NeighbourEmbedding {
  private(set) var x: [Float]
  private(set) var y: [Float]
  /// The Kullback–Leibler divergence of the picture from the affinities: after the early exaggeration, and at the end.
  private(set) var divergences: [Double] = []

  static let exaggeration: Float = 12
  static let exaggerated = 250

  /// - Parameters:
  ///   - start: the points in the plane to begin with, at any scale.
  ///   - iterations: of the descent in all.
  init(_ affinities: Affinities, from start: PrincipalComponents, iterations: Int = 750) {
    let count = affinities.count
    precondition(start.x.count == count, "a start for every point")
    // Small, as a random start would be: a ten-thousandth of a unit.
    let spread = (start.x.reduce(0) { $0 + $1 * $1 } / Double(max(count, 1))).squareRoot()
    let scale = spread > 0 ? 1e-4 / spread : 0
    x = start.x.map { Float($0 * scale) }
    y = start.y.map { Float($0 * scale) }
    // Points in one place would stay in one place.
    for p in 0..<count {
      let (dx, dy) = Self.nudge(p)
      x[p] += dx
      y[p] += dy
    }
    guard count > 2 else { return }
    descend(affinities, iterations)
  }

  /// Mirrors the picture so that it rises with `values` from left to right, as that of the principal components does;
  /// values that are not finite do not count.
  mutating func orient(by values: [Double]) {
    if PrincipalComponents.falls(x.map(Double.init), with: values) { x = x.map { -$0 } }
  }

  /// A fixed, tiny offset, different for each point: the golden angle on a circle that grows.
  private static func nudge(_ point: Int) -> (Float, Float) {
    let turn = Double(point) * 2.399963229728653
    let radius = 1e-6 * (Double(point) + 1).squareRoot() / 10
    return (Float(radius * cosine(turn)), Float(radius * sine(turn)))
  }

  private mutating func descend(_ affinities: Affinities, _ iterations: Int) {
    let count = x.count
    let rate = max(Float(count) / Self.exaggeration, 50)
    var repulsion = Repulsion(count: count)
    var (vx, vy) = (Array(repeating: Float(0), count: count), Array(repeating: Float(0), count: count))
    var (gainX, gainY) = (Array(repeating: Float(1), count: count), Array(repeating: Float(1), count: count))
    for iteration in 0..<iterations {
      let isEarly = iteration < Self.exaggerated
      let factor = isEarly ? Self.exaggeration : 1
      let momentum: Float = isEarly ? 0.5 : 0.8
      let whole = Float(max(repulsion.compute(x, y), .leastNormalMagnitude))
      if iteration == Self.exaggerated { divergences.append(divergence(affinities, Double(whole))) }
      for p in 0..<count {
        var (fx, fy): (Float, Float) = (0, 0)
        let (px, py) = (x[p], y[p])
        for pair in affinities.starts[p]..<affinities.starts[p + 1] {
          let other = Int(affinities.neighbours[pair])
          let (dx, dy) = (px - x[other], py - y[other])
          let weight = affinities.weights[pair] / (1 + dx * dx + dy * dy)
          fx += weight * dx
          fy += weight * dy
        }
        let gradientX = 4 * (factor * fx - repulsion.x[p] / whole)
        let gradientY = 4 * (factor * fy - repulsion.y[p] / whole)
        Self.step(gradientX, &vx[p], &gainX[p], rate, momentum)
        Self.step(gradientY, &vy[p], &gainY[p], rate, momentum)
      }
      for p in 0..<count {
        x[p] += vx[p]
        y[p] += vy[p]
      }
      centre()
    }
    divergences.append(divergence(affinities, repulsion.compute(x, y)))
  }

  /// Jacobs' rule: a rate of its own for each coordinate, which grows while the gradient keeps its sign.
  private static func step(
    _ gradient: Float, _ velocity: inout Float, _ gain: inout Float, _ rate: Float, _ momentum: Float
  ) {
    gain = gradient * velocity < 0 ? gain + 0.2 : max(gain * 0.8, 0.01)
    velocity = momentum * velocity - rate * gain * gradient
  }

  private mutating func centre() {
    let count = Float(x.count)
    let (mx, my) = (x.reduce(0, +) / count, y.reduce(0, +) / count)
    for p in x.indices {
      x[p] -= mx
      y[p] -= my
    }
  }

  /// - Parameter whole: the sum of all similarities in the plane.
  private func divergence(_ affinities: Affinities, _ whole: Double) -> Double {
    var sum = 0.0
    for p in x.indices {
      for pair in affinities.starts[p]..<affinities.starts[p + 1] where affinities.weights[pair] > 0 {
        let other = Int(affinities.neighbours[pair])
        let (dx, dy) = (Double(x[p] - x[other]), Double(y[p] - y[other]))
        let weight = Double(affinities.weights[pair])
        sum += weight * logarithm(weight * (1 + dx * dx + dy * dy) * whole)
      }
    }
    return sum
  }
}
