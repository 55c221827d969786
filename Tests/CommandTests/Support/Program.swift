import Foundation
import Terminals
import TestSupport

/// One of our programs, as a user runs it.
struct Program {
  struct Result {
    let status: Int32
    let output: String
    let errors: String

    var lines: [String] { output.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) }
    var errorLines: [String] { errors.split(separator: "\n").map(String.init) }

    /// The widest line of the output, in columns.
    var width: Int { lines.map(\.displayWidth).max() ?? 0 }

    /// The output as JSON.
    func json() throws -> [String: Any] {
      let value = try JSONSerialization.jsonObject(with: Data(output.utf8))
      guard let object = value as? [String: Any] else { throw Missing(what: "an object in \(output)") }
      return object
    }
  }

  struct Missing: Error, CustomStringConvertible {
    let what: String
    var description: String { "missing: \(what)" }
  }

  static let data = Program(name: "grf-data")
  static let train = Program(name: "grf-train")

  let name: String

  /// The repository's root, where programs are run.
  static let root = URL(filePath: #filePath).appending(path: "../../../..").standardizedFileURL

  /// Runs the program without a terminal and waits for it.
  func callAsFunction(_ arguments: String...) throws -> Result { try run(arguments) }

  /// - Parameters:
  ///   - output: a file that standard output goes to.
  ///   - place: the folder to run in; nil: the repository's root.
  ///   - environment: nil: this process's.
  func run(
    _ arguments: [String], output: String? = nil, folder place: String? = nil, environment: [String: String]? = nil
  ) throws -> Result {
    let folder = try TemporaryFolder()
    let process = Process()
    process.executableURL = try Self.built(name)
    process.arguments = arguments
    process.currentDirectoryURL = place.map { URL(filePath: $0) } ?? Self.root
    var environment = environment ?? ProcessInfo.processInfo.environment
    environment["COLUMNS"] = nil
    process.environment = environment
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = try Self.file(output ?? folder.file("output"))
    process.standardError = try Self.file(folder.file("errors"))
    try process.run()
    process.waitUntilExit()
    return Result(
      status: process.terminationStatus,
      output: output == nil ? try String(contentsOfFile: folder.file("output"), encoding: .utf8) : "",
      errors: try String(contentsOfFile: folder.file("errors"), encoding: .utf8))
  }

  private static func file(_ path: String) throws -> FileHandle {
    if !FileManager.default.fileExists(atPath: path) { _ = FileManager.default.createFile(atPath: path, contents: nil) }
    guard let handle = FileHandle(forWritingAtPath: path) else { throw Missing(what: path) }
    return handle
  }

  /// Where the program lies.
  func path() throws -> String { try Self.built(name).path }

  /// The program beside the bundle of the tests.
  private static func built(_ name: String) throws -> URL {
    let starts = [Bundle.main.bundleURL] + CommandLine.arguments.map { URL(filePath: $0) }
    for start in starts {
      var folder = start.standardizedFileURL
      for _ in 0..<4 {
        let program = folder.appending(path: name)
        if FileManager.default.isExecutableFile(atPath: program.path) { return program }
        folder.deleteLastPathComponent()
      }
    }
    throw Missing(what: "\(name) beside \(starts.map(\.path))")
  }
}
