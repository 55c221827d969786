internal import Foundation
package import JSONValues
internal import PackedSequences

/// What a value of a configuration is drawn from.
package enum Distribution: Sendable, Equatable {
  /// Every value alike.
  case uniform(Double, Double)
  /// Every order of magnitude alike.
  case logUniform(Double, Double)
  case choice([JSONValue])

  static let names = ["uniform", "log_uniform", "choice"]

  /// - Parameter value: a mapping of one of ``names`` to its list.
  /// - Throws: ``Problem`` that says what is wrong with it.
  init(_ value: JSONValue) throws(Problem) {
    guard let members = value.object?.members, members.count == 1, let (name, list) = members.first,
      Self.names.contains(name)
    else {
      throw Problem("write one of uniform: [a, b], log_uniform: [a, b] and choice: [a, b, …]")
    }
    guard let elements = list.array else { throw Problem("\(name) wants a list, not \(list.compact())") }
    if name == "choice" {
      guard !elements.isEmpty else { throw Problem("choice is empty; list the values to choose from") }
      self = .choice(elements)
      return
    }
    let bounds = elements.compactMap(\.number).filter(\.isFinite)
    guard elements.count == 2, bounds.count == 2 else {
      throw Problem("\(name) wants two numbers, as in \(name): [1, 10], not \(list.compact())")
    }
    guard bounds[0] <= bounds[1] else {
      throw Problem("\(name) \(list.compact()) ends below its beginning; exchange the bounds")
    }
    if name == "log_uniform" {
      guard bounds[0] > 0 else { throw Problem("log_uniform wants bounds above 0, not \(list.compact())") }
      self = .logUniform(bounds[0], bounds[1])
    } else {
      self = .uniform(bounds[0], bounds[1])
    }
  }

  /// What is wrong, and what to do about it.
  struct Problem: Error, Equatable {
    let text: String

    init(_ text: String) { self.text = text }
  }

  /// The values that must be allowed for all that can be drawn to be: the bounds, or every choice.
  func extremes(isInteger: Bool) throws(Problem) -> [JSONValue] {
    switch self {
    case .choice(let values): return values
    case .uniform(let low, let high), .logUniform(let low, let high):
      guard isInteger else { return [.number(low), .number(high)] }
      guard let first = Int(exactly: low), let last = Int(exactly: high) else {
        throw Problem("it takes whole numbers, and so do its bounds, not \(low) and \(high)")
      }
      return [JSONValue(first), JSONValue(last)]
    }
  }

  /// The value of one trial.
  ///
  /// - Parameters:
  ///   - generator: of the sweep's seed.
  ///   - trial: from 0.
  ///   - key: the whole name of the value. Together they decide it; nothing else does.
  func draw(_ generator: CounterGenerator, trial: Int, key: String, isInteger: Bool) -> JSONValue {
    let lane = Self.lane(key)
    let share = generator.uniform(at: UInt64(trial), lane: lane)
    switch self {
    case .choice(let values): return values[generator.integer(below: values.count, at: UInt64(trial), lane: lane)]
    case .uniform(let low, let high):
      if isInteger { return JSONValue(min(Int(low) + Int(share * (high - low + 1)), Int(high))) }
      return .number(Self.rounded(low + share * (high - low), low, high))
    case .logUniform(let low, let high):
      let value = exp(log(low) + share * (log(high) - log(low)))
      if isInteger { return JSONValue(Int(min(max(value.rounded(), low), high))) }
      return .number(Self.rounded(value, low, high))
    }
  }

  /// A number that people can read: six digits of it, within the bounds.
  private static func rounded(_ value: Double, _ low: Double, _ high: Double) -> Double {
    min(max(Double(String(format: "%.6g", value)) ?? value, low), high)
  }

  /// FNV-1a of the key's name.
  private static func lane(_ key: String) -> UInt32 {
    key.utf8.reduce(2_166_136_261) { ($0 ^ UInt32($1)) &* 16_777_619 }
  }
}
