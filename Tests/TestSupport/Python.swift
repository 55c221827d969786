internal import Foundation

/// An interpreter with h5py and numpy, to hold our files against what others read in them.
///
/// The environment variable `GRF_PYTHON` says where it is; tests that need it are skipped without it.
package enum Python {
  package static let path = ProcessInfo.processInfo.environment["GRF_PYTHON"]
  package static let isMissing = path == nil
  package static let skipReason = "GRF_PYTHON names no Python with h5py and numpy"

  package struct Failure: Error, CustomStringConvertible {
    package let description: String
  }

  /// Runs a script and returns what it printed, without the last line break.
  package static func run(_ script: String, _ arguments: String...) throws -> String {
    guard let path else { throw Failure(description: skipReason) }
    let process = Process()
    process.executableURL = URL(filePath: path)
    process.arguments = ["-c", script] + arguments
    let output = Pipe()
    process.standardOutput = output
    process.standardError = output
    try process.run()
    let text = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw Failure(description: text) }
    return text.trimmingCharacters(in: .newlines)
  }

  /// Runs a script of this project, by its path from the root.
  package static func run(file: String, _ arguments: [String], seconds: Double = 600) throws -> Program.Ending {
    guard let path else { throw Failure(description: skipReason) }
    return try Program(path: path).run(
      [Project.file(file)] + arguments, environment: ["PYTHONDONTWRITEBYTECODE": "1"], seconds: seconds)
  }
}
