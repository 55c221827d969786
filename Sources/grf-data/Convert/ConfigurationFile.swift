import Conversion
import Files
import PackedSequences
import YAMLValues

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
    let root: YAMLValue?
    do throws(YAMLError) { root = try YAMLValue.parse(text) } catch {
      throw ConfigurationFileError.notYAML(path: path, problem: error.problem)
    }
    guard let root else { return }
    guard case .mapping(let members) = root.content else { throw ConfigurationFileError.notMapping(path: path) }
    for member in members { try add(member.key, member.value) }
    do { _ = try options.configuration() } catch let error as ConversionError {
      throw ConfigurationFileError.option(path: path, problem: error.description)
    }
  }

  private mutating func add(_ key: YAMLValue, _ value: YAMLValue) throws {
    let text = key.text ?? ""
    if text == Self.quiet || text == Self.json {
      let isOn = try flag(text, value) == "true"
      if text == Self.quiet { isQuiet = isOn } else { printsJSON = isOn }
      return
    }
    guard let name = ConversionOptions.Name(rawValue: text) else {
      let names = ConversionOptions.Name.allCases.map(\.rawValue) + [Self.quiet, Self.json]
      throw ConfigurationFileError.unknownKey(
        path: path, line: key.line, key: text, hint: NearestName.hint(text, in: names))
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
  private func list(_ node: YAMLValue, _ key: String, joins: Bool) throws -> [String] {
    switch node.content {
    case .mapping(let members):
      return try members.map { member in
        guard let name = member.key.text else { throw malformed(key, "names before the colons", member.key) }
        if joins, case .sequence(let sequence) = member.value.content {
          return name + "=" + (try sequence.map { try scalar($0, key) }.joined(separator: ","))
        }
        return name + "=" + (try scalar(member.value, key))
      }
    case .sequence(let sequence):
      let texts = try sequence.map { try scalar($0, key) }
      let areBare = !texts.contains { $0.contains("=") }
      return joins && areBare && !texts.isEmpty ? [texts.joined(separator: ",")] : texts
    default: return [try scalar(node, key)]
    }
  }

  private func flag(_ key: String, _ node: YAMLValue) throws -> String {
    let text = try scalar(node, key).lowercased()
    guard text == "true" || text == "false" else { throw malformed(key, "true or false", node) }
    return text
  }

  private func scalar(_ node: YAMLValue, _ key: String) throws -> String {
    guard let text = node.text, !node.isNull else { throw malformed(key, "a single value here", node) }
    return text
  }

  private func malformed(_ key: String, _ wanted: String, _ node: YAMLValue) -> ConfigurationFileError {
    .malformedValue(path: path, line: node.line, key: key, wanted: wanted)
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
