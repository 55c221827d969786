import Conversion
import Files
import PackedSequences
import Yams

/// The options of a conversion in YAML: a mapping of their names to values.
///
/// Scalars are taken as the text that stands there, whatever YAML would make of it, and so mean what they mean on the
/// command line.
struct ConfigurationFile {
  private(set) var options = ConversionOptions()
  private(set) var isQuiet = false
  private(set) var printsJSON = false

  private let path: String

  /// Options of the command line that are no part of a conversion's configuration.
  private static let quiet = "quiet"
  private static let json = "json"

  /// - Throws: ``ConfigurationFileError``; `FileError` where the file cannot be read.
  init(_ path: String) throws {
    self.path = path
    let text = String(decoding: try File.contents(of: path), as: UTF8.self)
    let root: Node?
    do { root = try Yams.compose(yaml: text) } catch {
      throw ConfigurationFileError.notYAML(path: path, problem: Self.problem(error))
    }
    guard let root, !Self.isNull(root) else { return }
    guard case .mapping(let mapping) = root else { throw ConfigurationFileError.notMapping(path: path) }
    for (key, value) in mapping { try add(key, value) }
    do { _ = try options.configuration() } catch let error as ConversionError {
      throw ConfigurationFileError.option(path: path, problem: error.description)
    }
  }

  private mutating func add(_ key: Node, _ value: Node) throws {
    let text = key.scalar?.string ?? ""
    if text == Self.quiet || text == Self.json {
      let isOn = try flag(text, value) == "true"
      if text == Self.quiet { isQuiet = isOn } else { printsJSON = isOn }
      return
    }
    guard let name = ConversionOptions.Name(rawValue: text) else {
      let names = ConversionOptions.Name.allCases.map(\.rawValue) + [Self.quiet, Self.json]
      throw ConfigurationFileError.unknownKey(
        path: path, line: key.mark?.line, key: text, hint: NearestName.hint(text, in: names))
    }
    switch name.kind {
    case .text: options.add(name, try scalar(value, text))
    case .flag: options.add(name, try flag(text, value))
    case .list: options.add(name, try list(value, text, joins: false))
    case .byModality: options.add(name, try list(value, text, joins: true))
    }
  }

  /// The occurrences of an option that a scalar, a list or a mapping stands for.
  ///
  /// - Parameter joins: whether a list of bare values is one value, as in `select: [1, 3, 6]`.
  private func list(_ node: Node, _ key: String, joins: Bool) throws -> [String] {
    switch node {
    case .mapping(let mapping):
      return try mapping.map { name, value in
        guard let name = name.scalar?.string else { throw malformed(key, "names before the colons", name) }
        if joins, case .sequence(let sequence) = value {
          return name + "=" + (try sequence.map { try scalar($0, key) }.joined(separator: ","))
        }
        return name + "=" + (try scalar(value, key))
      }
    case .sequence(let sequence):
      let texts = try sequence.map { try scalar($0, key) }
      let areBare = !texts.contains { $0.contains("=") }
      return joins && areBare && !texts.isEmpty ? [texts.joined(separator: ",")] : texts
    default: return [try scalar(node, key)]
    }
  }

  private func flag(_ key: String, _ node: Node) throws -> String {
    let text = try scalar(node, key).lowercased()
    guard text == "true" || text == "false" else { throw malformed(key, "true or false", node) }
    return text
  }

  private func scalar(_ node: Node, _ key: String) throws -> String {
    guard case .scalar(let scalar) = node, !Self.isNull(node) else { throw malformed(key, "a single value here", node) }
    return scalar.string
  }

  private func malformed(_ key: String, _ wanted: String, _ node: Node) -> ConfigurationFileError {
    .malformedValue(path: path, line: node.mark?.line, key: key, wanted: wanted)
  }

  /// Nothing, or one of the ways to spell it.
  private static func isNull(_ node: Node) -> Bool {
    guard let scalar = node.scalar, scalar.style == .plain || scalar.style == .any else { return false }
    return ["", "~", "null", "Null", "NULL"].contains(scalar.string)
  }

  /// The first line of what the YAML parser says.
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

/// What can be wrong with a configuration file.
enum ConfigurationFileError: Error, Equatable {
  case notYAML(path: String, problem: String)
  case notMapping(path: String)
  case unknownKey(path: String, line: Int?, key: String, hint: String)
  case malformedValue(path: String, line: Int?, key: String, wanted: String)
  /// `problem` speaks of the option as if it stood on the command line.
  case option(path: String, problem: String)
}

extension ConfigurationFileError: CustomStringConvertible {
  var description: String {
    switch self {
    case .notYAML(let path, let problem): "\(path): not YAML (\(problem)); correct it"
    case .notMapping(let path):
      "\(path): not a configuration; write a line NAME: VALUE for each option, as --print-config does"
    case .unknownKey(let path, let line, let key, let hint):
      "\(path)\(Self.place(line)): unknown option \"\(key)\"\(hint); names are those of the command line, without --"
    case .malformedValue(let path, let line, let key, let wanted):
      "\(path)\(Self.place(line)): \(key) wants \(wanted); see grf-data convert --help"
    case .option(let path, let problem): "\(path): \(problem)"
    }
  }

  private static func place(_ line: Int?) -> String { line.map { ", line \($0)" } ?? "" }
}

extension ConfigurationFileError: RequestError {
  var isRequestAtFault: Bool { true }
}
