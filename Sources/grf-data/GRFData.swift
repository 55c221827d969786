import ArgumentParser
import Foundation
import PackedSequences
import Terminals

@main
struct GRFData: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "grf-data",
    abstract: "Turns computational sequences (.csd) into memory-mapped shards, and looks at both.",
    discussion: """
      A first run:
        grf-data convert raw.csd out/
        grf-data stats out/

      Exit status: 0 when all went well, 1 when data or files were at fault, 64 when the \
      command line was. Errors are one line on standard error.
      """,
    subcommands: [Convert.self, Stats.self, Info.self, Show.self, Verify.self, Generate.self, ReadSpeedCommand.self])

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
      Terminal.writeError(error.description, of: "grf-data")
      Foundation.exit(error.isRequestAtFault ? ExitCode.validationFailure.rawValue : ExitCode.failure.rawValue)
    }
    let code = exitCode(for: error)
    if code == .success { exit(withError: error) }
    let message = message(for: error)
    if !message.isEmpty {
      let help = code == .validationFailure ? " (see \(helpCommand))" : ""
      Terminal.writeError(message + help, of: "grf-data")
    }
    Foundation.exit(code.rawValue)
  }

  /// The command whose help tells more.
  private static var helpCommand: String {
    let names = configuration.subcommands.compactMap { $0.configuration.commandName ?? "\($0)".lowercased() }
    let name = CommandLine.arguments.dropFirst().first { names.contains($0) }
    return (["grf-data"] + (name.map { [$0] } ?? []) + ["--help"]).joined(separator: " ")
  }
}
