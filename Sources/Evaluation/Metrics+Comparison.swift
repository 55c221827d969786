extension Metrics {
  /// Compares predictions with labels, in Double.
  ///
  /// - Parameters:
  ///   - predictions: `[samples]`, on the labels' scale; they need be neither rounded nor clipped.
  ///   - labels: `[samples]`, sentiments from −3 to 3.
  /// - Complexity: O(samples).
  public init(predictions: Span<Float>, labels: Span<Float>) {
    precondition(predictions.count == labels.count, "\(predictions.count) predictions for \(labels.count) labels")
    self.init(samples: labels.count)
    guard samples > 0, Self.isFinite(predictions), Self.isFinite(labels) else { return }
    var error = 0.0
    var has0 = Confusion(classes: 2)
    var non0 = Confusion(classes: 2)
    var five = Confusion(classes: 5)
    var seven = Confusion(classes: 7)
    for index in labels.indices {
      let (p, y) = (predictions[index], labels[index])
      error += abs(Double(p) - Double(y))
      has0.add(predicted: p >= 0 ? 1 : 0, actual: y >= 0 ? 1 : 0)
      if y != 0 { non0.add(predicted: p > 0 ? 1 : 0, actual: y > 0 ? 1 : 0) }
      five.add(predicted: Sentiment.of(p, limit: 2), actual: Sentiment.of(y, limit: 2))
      seven.add(predicted: Sentiment.of(p, limit: 3), actual: Sentiment.of(y, limit: 3))
    }
    self[.mae] = error / Double(samples)
    self[.corr] = Self.correlation(predictions, labels)
    self[.acc2Has0] = has0.accuracy
    self[.f1MacroHas0] = has0.macroF1
    self[.f1WeightedHas0] = has0.weightedF1
    self[.acc2Non0] = non0.accuracy
    self[.f1MacroNon0] = non0.macroF1
    self[.f1WeightedNon0] = non0.weightedF1
    self[.acc5] = five.accuracy
    self[.acc7] = seven.accuracy
    self[.f1Macro7] = seven.macroF1
  }

  /// Compares arrays, likewise.
  public init(predictions: [Float], labels: [Float]) {
    self.init(predictions: predictions.span, labels: labels.span)
  }

  /// Pearson's coefficient, in two passes; 0 where either side has no deviation.
  ///
  /// A constant's mean is exact (fewer than 2²⁹ floats add up in Double without rounding), and so its deviation is 0.
  private static func correlation(_ left: Span<Float>, _ right: Span<Float>) -> Double {
    let (x, y) = (mean(left), mean(right))
    var (xx, xy, yy) = (0.0, 0.0, 0.0)
    for index in left.indices {
      let (dx, dy) = (Double(left[index]) - x, Double(right[index]) - y)
      xx += dx * dx
      xy += dx * dy
      yy += dy * dy
    }
    guard xx > 0, yy > 0 else { return 0 }
    return min(max(xy / (xx.squareRoot() * yy.squareRoot()), -1), 1)
  }

  private static func mean(_ values: Span<Float>) -> Double {
    var sum = 0.0
    for index in values.indices { sum += Double(values[index]) }
    return sum / Double(values.count)
  }

  private static func isFinite(_ values: Span<Float>) -> Bool {
    for index in values.indices where !values[index].isFinite { return false }
    return true
  }
}

/// The whole sentiments, as classes.
enum Sentiment {
  /// The class of `value` among the 2 × `limit` + 1 from −limit to limit, counted from 0: clipped, then rounded half to
  /// even.
  static func of(_ value: Float, limit: Int) -> Int {
    let bound = Float(limit)
    return Int(min(max(value, -bound), bound).rounded(.toNearestOrEven)) + limit
  }
}
