public import JSONValues

/// How well predictions meet labels: every ``Metric``, by name and in a fixed order.
///
/// A metric is nil where it is undefined: all of them where there are no samples, or where any prediction or label is
/// NaN or infinite (a figure over the rest would flatter a model that has diverged); those over labels other than zero
/// where there is no such label.
public struct Metrics: Sendable, Equatable {
  /// How many samples were compared.
  public let samples: Int
  /// Those that are defined.
  private var values: [Metric: Double] = [:]

  init(samples: Int) { self.samples = samples }

  public internal(set) subscript(metric: Metric) -> Double? {
    get { values[metric] }
    set { values[metric] = newValue }
  }

  /// The metric of that name; nil also where no metric is called so.
  public subscript(name: String) -> Double? { Metric(rawValue: name).flatMap { self[$0] } }

  /// Every metric, in the order of ``Metric``.
  public var pairs: [(name: String, value: Double?)] { Metric.allCases.map { ($0.name, self[$0]) } }

  /// Every metric by name, in the order of ``Metric``; null where undefined.
  public var members: JSONObject {
    var object = JSONObject()
    for (name, value) in pairs { object[name] = JSONValue(value) }
    return object
  }

  public var json: JSONValue { .object(members) }
}
