internal import JSONValues

/// Numbers by name, in the order in which they are shown; nil is undefined.
package typealias Measures = [(name: String, value: Double?)]

extension JSONObject {
  /// Adds numbers; what is undefined or not finite is null.
  mutating func add(_ measures: Measures) {
    for (name, value) in measures {
      self[name] = value.flatMap { $0.isFinite ? JSONValue($0) : nil } ?? .null
    }
  }
}
