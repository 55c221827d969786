internal import Files
public import JSONValues

/// The metadata of a computational sequence: texts by key, most of them JSON.
///
/// Published files hold JSON, or plain text that is not; either is kept as it is. ``value(_:)`` gives the meaning.
public struct SequenceMetadata: Sendable, Equatable {
  /// The texts as they stand in the file, in the order of their keys.
  public let texts: [(key: String, text: String)]

  public init(_ texts: [(key: String, text: String)]) { self.texts = texts }

  public static func == (left: Self, right: Self) -> Bool {
    left.texts.elementsEqual(right.texts) { $0.key == $1.key && $0.text == $1.text }
  }

  /// The parsed JSON of a key, or its raw text where it is not JSON; nil where the key is not there.
  public func value(_ key: String) -> JSONValue? {
    guard let text = texts.first(where: { $0.key == key })?.text else { return nil }
    return (try? JSONValue.parse(text)) ?? .string(text)
  }

  /// Names for the columns of the features, where they are given.
  public var dimensionNames: [String]? {
    guard let names = value("dimension names")?.array, !names.isEmpty else { return nil }
    return names.map { $0.string ?? $0.compact() }
  }

  /// The identifier that the SDK gave the sequence.
  public var uuid: String? { value("uuid")?.string }
}
