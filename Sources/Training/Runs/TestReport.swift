package import JSONValues

/// `test.json`: what the best epoch's weights do on a split, beside predictors that see no frame.
package struct TestReport: Sendable {
  package var metrics: Measures
  package var samples: Int
  /// From 1; nil where the weights are not of a run.
  package var bestEpoch: Int?
  /// By name: `majority`, `median`.
  package var baselines: [(name: String, metrics: Measures)]

  package init(
    metrics: Measures, samples: Int, bestEpoch: Int?, baselines: [(name: String, metrics: Measures)]
  ) {
    self.metrics = metrics
    self.samples = samples
    self.bestEpoch = bestEpoch
    self.baselines = baselines
  }

  /// Metric names stand at the top level.
  package var json: JSONValue {
    var object = JSONObject()
    object.add(metrics)
    object["samples"] = JSONValue(samples)
    object["best_epoch"] = bestEpoch.map { JSONValue($0) } ?? .null
    var all = JSONObject()
    for (name, metrics) in baselines {
      var baseline = JSONObject()
      baseline.add(metrics)
      all[name] = .object(baseline)
    }
    object["baselines"] = .object(all)
    return .object(object)
  }
}
