/// Count, mean, sum of squared deviations, range and non-finite values of each dimension, in Double.
///
/// A record is filled row by row (Welford 1962) and records are combined pairwise (Chan, Golub and LeVeque 1979), so
/// that the result depends on the order of rows and records alone, never on threads.
package struct Moments: Sendable, Equatable {
  package let dimension: Int
  /// Eight arrays of `[dimension]`, one after the other, as ``Field`` numbers them.
  package internal(set) var state: [Double]

  package enum Field: Int, CaseIterable {
    case count, mean, squares, min, max, nan, posinf, neginf
  }

  package init(dimension: Int) {
    self.dimension = dimension
    state = [Double](repeating: 0, count: Field.allCases.count * dimension)
    for column in 0..<dimension {
      self[.min, column] = .infinity
      self[.max, column] = -.infinity
    }
  }

  /// A record from its ``state``; nil where that has not eight values a dimension.
  package init?(dimension: Int, state: [Double]) {
    guard state.count == Field.allCases.count * dimension else { return nil }
    self.dimension = dimension
    self.state = state
  }

  package subscript(field: Field, column: Int) -> Double {
    get { state[field.rawValue * dimension + column] }
    set { state[field.rawValue * dimension + column] = newValue }
  }

  package func values(_ field: Field) -> [Double] {
    Array(state[field.rawValue * dimension..<(field.rawValue + 1) * dimension])
  }

  /// Appends the rows that another record has seen after those of this one.
  package mutating func combine(_ other: Moments) {
    precondition(other.dimension == dimension)
    addCounts(of: other)
    for column in 0..<dimension {
      let (here, there) = (self[.count, column], other[.count, column])
      guard there > 0 else { continue }
      let total = here + there
      let delta = other[.mean, column] - self[.mean, column]
      self[.mean, column] = here == 0 ? other[.mean, column] : self[.mean, column] + delta * there / total
      self[.squares, column] += other[.squares, column] + delta * delta * here * there / total
      self[.min, column] = Swift.min(self[.min, column], other[.min, column])
      self[.max, column] = Swift.max(self[.max, column], other[.max, column])
      self[.count, column] = total
    }
  }

  /// Adds another record's counts of non-finite values, nothing else.
  package mutating func addCounts(of other: Moments) {
    for field in [Field.nan, .posinf, .neginf] {
      for column in 0..<dimension { self[field, column] += other[field, column] }
    }
  }

  /// Takes another record's counts of non-finite values in place of its own.
  package mutating func setCounts(of other: Moments) {
    for field in [Field.nan, .posinf, .neginf] {
      for column in 0..<dimension { self[field, column] = other[field, column] }
    }
  }

  /// The population's standard deviations.
  package var deviations: [Double] {
    (0..<dimension).map { column in
      let count = self[.count, column]
      return count > 0 ? (self[.squares, column] / count).squareRoot() : 0
    }
  }
}
