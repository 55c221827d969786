import Exchange
import Files
import Shards
import TestSupport
import Testing

/// A folder with datasets, and what they are exported to.
final class ExchangeBench: Sendable {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  var path: String { folder.path }

  func file(_ name: String) -> String { folder.file(name) }

  /// Runs `grf-data`, which must succeed.
  @discardableResult
  func run(_ arguments: [String], sourceLocation: SourceLocation = #_sourceLocation) throws -> Program.Ending {
    let ending = try Program.grfData.run(arguments)
    try #require(ending.status == 0, "\(arguments): \(ending)", sourceLocation: sourceLocation)
    return ending
  }

  /// Runs `grf-data`, which must fail with one line that holds every fragment.
  func expectError(
    _ arguments: [String], status: Int32 = 1, _ fragments: String..., sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let ending = try Program.grfData.run(arguments)
    let lines = ending.errorLines.filter { !$0.hasPrefix("[") }
    #expect(ending.status == status && lines.count == 1, "\(ending)", sourceLocation: sourceLocation)
    #expect(ending.output.isEmpty, sourceLocation: sourceLocation)
    for fragment in fragments {
      #expect(ending.error.contains(fragment), "\(ending.error) has \(fragment)", sourceLocation: sourceLocation)
    }
  }

  /// Converts the fixture, and opens what came of it.
  @discardableResult
  func convert(_ options: [String] = [], from input: String = Project.fixture, to output: String = "out") throws
    -> Dataset
  {
    try run(["convert", input, file(output), "--quiet"] + options)
    return try Dataset.open(file(output))
  }

  /// Opens a dataset after verifying it.
  func sound(_ name: String) throws -> Dataset {
    let findings = try Verification.run(file(name))
    try #require(findings.isEmpty, "\(findings)")
    return try Dataset.open(file(name))
  }

  func exportSequences(
    _ dataset: Dataset, to name: String = "csd", isRaw: Bool = false, gzip: Int? = nil, overwrites: Bool = false
  ) throws -> ExportReport {
    try SequenceExport.run(
      dataset, to: file(name), isRaw: isRaw, gzip: gzip, overwrites: overwrites, progress: .none)
  }
}
