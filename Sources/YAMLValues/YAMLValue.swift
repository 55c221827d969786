internal import Yams

/// A value of a YAML document: what stands there, and where.
///
/// Scalars are kept as the text that stands there. Whoever wants numbers and booleans asks for ``json()``; whoever means
/// by a value what the command line would mean by it takes the text.
package struct YAMLValue: Sendable, Equatable {
  package enum Content: Sendable, Equatable {
    /// `isPlain` says that it is neither quoted nor a block.
    case scalar(String, isPlain: Bool)
    case sequence([YAMLValue])
    case mapping([Member])
  }

  package struct Member: Sendable, Equatable {
    package let key: YAMLValue
    package let value: YAMLValue
  }

  package let content: Content
  /// From 1, where the parser says it.
  package let line: Int?

  /// Parses a document; nil where it is empty or null.
  ///
  /// Aliases are replaced by what they stand for. A mapping that names a key twice is refused.
  package static func parse(_ text: String) throws(YAMLError) -> YAMLValue? {
    let root: Node?
    do { root = try Yams.compose(yaml: text) } catch { throw YAMLError(problem: Self.problem(error)) }
    guard let root else { return nil }
    let value = YAMLValue(root)
    return value.isNull ? nil : value
  }

  private init(_ node: Node) {
    line = node.mark?.line
    content =
      switch node {
      case .scalar(let scalar):
        .scalar(scalar.string, isPlain: scalar.style == .plain || scalar.style == .any)
      case .sequence(let sequence): .sequence(sequence.map { YAMLValue($0) })
      case .mapping(let mapping):
        .mapping(mapping.map { Member(key: YAMLValue($0.key), value: YAMLValue($0.value)) })
      // The parser has replaced aliases.
      case .alias: .scalar("", isPlain: true)
      }
  }

  /// Nothing, or one of the ways to spell it.
  package var isNull: Bool {
    guard case .scalar(let text, isPlain: true) = content else { return false }
    return ["", "~", "null", "Null", "NULL"].contains(text)
  }

  /// The text of a scalar.
  package var text: String? { if case .scalar(let text, _) = content { text } else { nil } }

  /// The first line of what the parser says.
  private static func problem(_ error: any Error) -> String {
    switch error as? YamlError {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      return "line \(mark.line): \(problem)"
    case .reader(let problem, _, _, _): return problem
    case .duplicatedKeysInMapping(let keys, _): return "\(keys.joined(separator: ", ")) is there twice"
    default: return "\(error)"
    }
  }
}

/// Why a text is not YAML, or a value not what was asked for.
package struct YAMLError: Error, Equatable, Sendable, CustomStringConvertible {
  package let problem: String

  package var description: String { problem }
}
