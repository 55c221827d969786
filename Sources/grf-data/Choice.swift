import ArgumentParser
import PackedSequences

/// An option with a few values.
enum Choice {
  static func parse<Value: RawRepresentable & CaseIterable>(
    _ option: String, _ text: String
  ) throws -> Value where Value.RawValue == String {
    if let value = Value(rawValue: text) { return value }
    let names = Value.allCases.map(\.rawValue)
    throw ValidationError(
      "--\(option) \(text): unknown\(NearestName.hint(text, in: names)); give one of \(names.joined(separator: ", "))")
  }
}
