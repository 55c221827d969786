public import JSONValues

/// Predictors that look at no frame: what a model must beat.
///
/// Both know the train split's labels only, and predict one value for every sample.
public struct Baselines: Sendable, Equatable {
  /// The median of the train labels; of an even number, the mean of the two in the middle, rounded to Float.
  public let median: Float
  /// The most frequent of the seven whole sentiments that train labels have when clipped to ±3 and rounded half to even.
  public let majority: Float
  /// The most frequent of the five, clipped to ±2.
  let majorityOfFive: Float
  /// 1 or −1: what most train labels are, zero counted as positive.
  let sideWithZero: Float
  /// 1 or −1: what most train labels other than zero are; nil where all are zero.
  let sideWithoutZero: Float?

  /// - Parameter labels: of the train split; those that are not finite are left out.
  /// - Returns: nil where no finite label is left.
  public init?(trainLabels labels: [Float]) {
    let sorted = labels.filter(\.isFinite).sorted()
    guard !sorted.isEmpty else { return nil }
    let middle = sorted.count / 2
    median =
      sorted.count % 2 == 1 ? sorted[middle] : Float((Double(sorted[middle - 1]) + Double(sorted[middle])) / 2)
    majority = Self.mostFrequent(sorted, limit: 3)
    majorityOfFive = Self.mostFrequent(sorted, limit: 2)
    let (negative, positive) = (sorted.count { $0 < 0 }, sorted.count { $0 > 0 })
    sideWithZero = negative > sorted.count - negative ? -1 : 1
    sideWithoutZero = negative + positive == 0 ? nil : positive > negative ? 1 : -1
  }

  /// Ties go to the class nearer to zero, then to the negative one.
  private static func mostFrequent(_ labels: [Float], limit: Int) -> Float {
    var counts = Array(repeating: 0, count: 2 * limit + 1)
    for label in labels { counts[Sentiment.of(label, limit: limit)] += 1 }
    let greatest = counts.max() ?? 0
    let classes = (-limit...limit).filter { counts[$0 + limit] == greatest }
    return Float(classes.min { (abs($0), $0) < (abs($1), $1) } ?? 0)
  }

  /// The majority's metrics over a split: each metric is told the majority of its own classes.
  ///
  /// The two-class metrics get the side of zero that most train labels are on (ties: the positive one where zero counts
  /// as positive, else the negative one), ``Metric/acc5`` the most frequent of five classes, and all others, among them
  /// ``Metric/mae``, the most frequent of seven (ties: nearer to zero, then negative). So each is what a classifier of
  /// these classes would reach that always says the same.
  ///
  /// - Parameter labels: `[samples]`, the split's.
  public func majorityMetrics(_ labels: [Float]) -> Metrics {
    let of7 = Self.metrics(majority, labels)
    let of5 = Self.metrics(majorityOfFive, labels)
    let withZero = Self.metrics(sideWithZero, labels)
    let withoutZero = sideWithoutZero.map { Self.metrics($0, labels) }
    var metrics = Metrics(samples: labels.count)
    for metric in Metric.allCases {
      metrics[metric] =
        switch metric {
        case .mae, .corr, .acc7, .f1Macro7: of7[metric]
        case .acc5: of5[metric]
        case .acc2Has0, .f1MacroHas0, .f1WeightedHas0: withZero[metric]
        case .acc2Non0, .f1MacroNon0, .f1WeightedNon0: withoutZero?[metric]
        }
    }
    return metrics
  }

  /// The metrics over a split when the train labels' median is predicted for every sample.
  ///
  /// No constant has a lower ``Metric/mae`` over the train split.
  ///
  /// - Parameter labels: `[samples]`, the split's.
  public func medianMetrics(_ labels: [Float]) -> Metrics { Self.metrics(median, labels) }

  /// Both baselines' metrics over a split: an object with the members `majority` and `median`.
  public func json(_ labels: [Float]) -> JSONValue {
    ["majority": majorityMetrics(labels).json, "median": medianMetrics(labels).json]
  }

  private static func metrics(_ constant: Float, _ labels: [Float]) -> Metrics {
    Metrics(predictions: Array(repeating: constant, count: labels.count), labels: labels)
  }
}
