/// Mean and sample deviation of some numbers.
package struct Spread: Sendable, Equatable {
  package let mean: Double
  /// With n − 1 in the denominator; nil for one number alone.
  package let deviation: Double?

  /// - Returns: nil where one is undefined, or there are none.
  package init?(_ values: [Double?]) {
    let defined = values.compactMap(\.self)
    guard defined.count == values.count else { return nil }
    self.init(defined)
  }

  /// - Returns: nil where there are no numbers.
  package init?(_ values: [Double]) {
    guard !values.isEmpty else { return nil }
    let mean = values.reduce(0, +) / Double(values.count)
    self.mean = mean
    guard values.count > 1 else {
      deviation = nil
      return
    }
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    deviation = (squares / Double(values.count - 1)).squareRoot()
  }
}
