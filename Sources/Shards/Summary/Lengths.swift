public import JSONValues

/// How long samples are, in frames.
///
/// A quantile q of n samples is their ⌈q·n⌉-th length in ascending order (the nearest-rank rule): always a length that
/// occurs. Samples without frames count with length 0.
public struct Lengths: Sendable, Equatable {
  public let minimum: Int
  public let median: Int
  public let p90: Int
  public let p99: Int
  public let maximum: Int

  /// Nil where there are no samples.
  init?(_ lengths: [Int]) {
    let sorted = lengths.sorted()
    guard let first = sorted.first, let last = sorted.last else { return nil }
    /// In whole percents, so that the rank is exact.
    func quantile(_ percent: Int) -> Int { sorted[(percent * sorted.count + 99) / 100 - 1] }
    minimum = first
    median = quantile(50)
    p90 = quantile(90)
    p99 = quantile(99)
    maximum = last
  }

  public var json: JSONValue {
    [
      "min": JSONValue(minimum), "median": JSONValue(median), "p90": JSONValue(p90), "p99": JSONValue(p99),
      "max": JSONValue(maximum),
    ]
  }
}
