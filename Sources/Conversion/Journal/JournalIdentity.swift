internal import Files
internal import JSONValues
internal import Shards

/// Tells a conversion from every other one, so that none goes on with another's work: the format, the configuration, the
/// part, the inputs, and when their files were last written to.
struct JournalIdentity {
  private let json: JSONValue

  init(_ prepared: PreparedConversion) throws {
    let others = [prepared.plan.labels?.file, prepared.plan.pivot?.file].compactMap { $0?.path }
    let files = prepared.plan.files.map(\.path) + others
    var times: [JSONValue] = []
    for path in files { times.append(JSONValue(try FileStatus.of(path)?.modified ?? 0)) }
    json = [
      "journal": "1", "version": .string(FormatVersion.current.description),
      "options": prepared.configurationJSON,
      "part": prepared.configuration.part.map { .string($0.description) } ?? .null,
      "inputs": .string(prepared.fingerprint), "modified": .array(times),
    ]
  }

  /// JSON without spaces between its parts, padded with spaces to whole words.
  var bytes: [UInt8] {
    let text = Array(json.compact(sortingKeys: true).utf8)
    return text + Array(repeating: UInt8(ascii: " "), count: (8 - text.count % 8) % 8)
  }

  /// What tells a journal's identity from this one; nil where they are the same.
  func difference(from bytes: [UInt8]) -> String? {
    if bytes == self.bytes { return nil }
    // Both as they are read back: with their keys in order.
    guard let other = try? JSONValue.parse(bytes), let mine = try? JSONValue.parse(self.bytes) else {
      return "another program's conversion"
    }
    let names = [
      ("journal", "a conversion by another version of this program"),
      ("version", "a conversion to another version of the format"), ("options", "a conversion with other options"),
      ("part", "another part"), ("modified", "a conversion of inputs that have changed since"),
    ]
    for (key, text) in names where other[key] != mine[key] { return text }
    return "a conversion of other inputs"
  }
}
