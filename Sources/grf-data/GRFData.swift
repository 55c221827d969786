import ArgumentParser
import Files
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
    version: "0.1.0",
    subcommands: [Convert.self, Stats.self, Info.self, Show.self, Verify.self, Generate.self, ReadSpeedCommand.self])

  static func main() {
    Folder.reportFileSizeLimits()
    do {
      try checkArguments()
      var command = try parseAsRoot()
      try command.run()
    } catch {
      leave(error)
    }
  }

  /// What the parser would not say well: a path that Swift cannot spell, a misspelt subcommand.
  private static func checkArguments() throws {
    let arguments = CommandLine.arguments.dropFirst()
    if let broken = arguments.first(where: { $0.contains("\u{FFFD}") }) {
      throw ValidationError("\"\(broken)\" is not UTF-8; rename the file, or reach it by a link with another name")
    }
    let names = subcommandNames + ["help"]
    if let first = arguments.first, !first.hasPrefix("-"), !names.contains(first) {
      throw ValidationError("there is no subcommand \"\(first)\"\(NearestName.hint(first, in: names))")
    }
  }

  private static var subcommandNames: [String] {
    configuration.subcommands.map { $0.configuration.commandName ?? "\($0)".lowercased() }
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
    let name = CommandLine.arguments.dropFirst().first { subcommandNames.contains($0) }
    return (["grf-data"] + (name.map { [$0] } ?? []) + ["--help"]).joined(separator: " ")
  }
}
