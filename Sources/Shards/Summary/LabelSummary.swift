public import JSONValues

/// How one label column is distributed over a split.
public struct LabelSummary: Sendable, Equatable {
  public let name: String
  /// Labels that are finite; only those enter the rest.
  public let count: Int
  /// Nil where ``count`` is 0.
  public let mean: Double?
  /// The population standard deviation; nil where ``count`` is 0.
  public let deviation: Double?
  /// Labels rounded (half to even) and clipped to −3, …, 3.
  public let histogram: [Int]
  public let negative: Int
  public let neutral: Int
  public let positive: Int

  init(name: String, _ labels: [Float]) {
    let finite = labels.filter(\.isFinite).map(Double.init)
    self.name = name
    count = finite.count
    let mean = finite.reduce(0, +) / Double(finite.count)
    let variance = finite.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(finite.count)
    self.mean = finite.isEmpty ? nil : mean
    deviation = finite.isEmpty ? nil : variance.squareRoot()
    var histogram = Array(repeating: 0, count: 7)
    for label in finite { histogram[Int(min(max(label.rounded(.toNearestOrEven), -3), 3)) + 3] += 1 }
    self.histogram = histogram
    negative = finite.count { $0 < 0 }
    neutral = finite.count { $0 == 0 }
    positive = finite.count { $0 > 0 }
  }

  public var json: JSONValue {
    [
      "name": .string(name), "count": JSONValue(count), "mean": JSONValue(mean), "deviation": JSONValue(deviation),
      "histogram": JSONValue(histogram), "negative": JSONValue(negative), "neutral": JSONValue(neutral),
      "positive": JSONValue(positive),
    ]
  }
}
