import ArgumentParser
import ComputationalSequences
import Foundation
import PackedSequences

@main
struct GRFData: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "grf-data",
    abstract: "Turns computational sequences (.csd) into memory-mapped shards, and looks at both.",
    discussion: """
      A first run:
        grf-data convert raw.csd out/
        grf-data stats out/
      """,
    subcommands: [Convert.self])

  static func main() {
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch {
      leave(error)
    }
  }

  /// Ends the program as `error` demands: help on standard output, an error as one line on standard error.
  private static func leave(_ error: any Error) -> Never {
    if let error = error as? any RequestError & CustomStringConvertible {
      say(error.description)
      Foundation.exit(error.isRequestAtFault ? ExitCode.validationFailure.rawValue : ExitCode.failure.rawValue)
    }
    let code = exitCode(for: error)
    if code == .success { exit(withError: error) }
    let message = message(for: error)
    if !message.isEmpty { say(code == .validationFailure ? "\(message) (see grf-data --help)" : message) }
    Foundation.exit(code.rawValue)
  }

  private static func say(_ message: String) {
    let line = message.split(whereSeparator: \.isNewline).joined(separator: " ")
    FileHandle.standardError.write(Data("grf-data: error: \(line)\n".utf8))
  }
}

/// Commands that open `.csd` files run in a child; see ``CrashGuard``.
enum Guarded {
  static func enter() throws {
    switch CrashGuard.enter() {
    case nil: return
    case .exited(let status): throw ExitCode(status)
    case .killed(2, _, _): throw ExitCode(130)
    case .killed(15, _, _): throw ExitCode(143)
    case .killed(_, let name, let path):
      throw DamagedInput(name: name, path: path)
    }
  }

  struct DamagedInput: Error, CustomStringConvertible {
    let name: String
    let path: String

    var description: String {
      "\(path.isEmpty ? "the command" : path): reading it ended the reader (\(name)); the file is damaged, fetch it again"
    }
  }
}
