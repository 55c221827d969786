import Conversion
import Files
import Shards
import TestSupport

/// A folder with sequence files, and the datasets that are made of them.
final class Workbench: Sendable {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// With `raw.csd`.
  convenience init(_ recipes: Recipe...) throws {
    try self.init()
    try write(recipes)
  }

  func file(_ name: String) -> String { folder.file(name) }

  @discardableResult
  func write(_ recipes: [Recipe], to name: String = "raw.csd") throws -> String {
    try Recipe.write(recipes, to: file(name))
    return file(name)
  }

  @discardableResult
  func write(_ text: String, to name: String) throws -> String {
    try Folder.createAll(Path.parent(of: file(name)))
    try File(creating: file(name)).write(text, at: 0)
    return file(name)
  }

  /// What options on a command line come to; later ones win.
  static func configuration(
    _ options: KeyValuePairs<ConversionOptions.Name, String>
  ) throws -> ConversionConfiguration {
    var all = ConversionOptions()
    for (name, text) in options { all.add(name, text) }
    return try all.configuration()
  }

  /// Some value that an option by modality takes.
  static func anyValue(of option: ConversionOptions.Name) -> String {
    switch option {
    case .keep: "last"
    case .nonfinite, .absent: "mask"
    case .collapse: "first"
    case .alignMissing: "drop"
    case .normalize: "none"
    case .dtype: "bf16"
    case .times: "drop"
    default: "1"
    }
  }

  /// Converts files of this folder.
  @discardableResult
  func convert(
    _ options: KeyValuePairs<ConversionOptions.Name, String> = [:], from inputs: [String] = ["raw.csd"],
    to output: String = "out", progress: ProgressReport = .none
  ) throws -> ConversionReport {
    try Converter.run(
      inputs: inputs.map { $0.hasPrefix("/") ? $0 : file($0) }, output: file(output), Self.configuration(options),
      progress: progress)
  }

  /// Converts `raw.csd`, and opens what came of it; it must be without fault.
  func dataset(_ options: KeyValuePairs<ConversionOptions.Name, String> = [:], to output: String = "out") throws
    -> Dataset
  {
    try convert(options, to: output)
    return try sound(output)
  }

  /// Opens a dataset after verifying it.
  func sound(_ name: String = "out") throws -> Dataset {
    let findings = try Verification.run(file(name))
    if let finding = findings.first { throw Unsound(description: finding.description) }
    return try Dataset.open(file(name))
  }

  struct Unsound: Error, CustomStringConvertible {
    let description: String
  }

  /// The names in the folder, or in one of its folders.
  func names(in name: String? = nil) throws -> [String] { try Folder.list(name.map(file) ?? folder.path) }

  /// Everything that a dataset's files hold, by name.
  func bytes(of name: String = "out") throws -> [String: [UInt8]] {
    try Dictionary(uniqueKeysWithValues: names(in: name).map { ($0, try File.contents(of: file("\(name)/\($0)"))) })
  }
}
