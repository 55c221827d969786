package import ArgumentParser
internal import Files
internal import Foundation
internal import PackedSequences
internal import Terminals

/// How both programs begin and end: arguments are parsed, the subcommand runs, and whatever goes wrong becomes one line
/// on standard error and an exit status.
///
/// The status is 0 when all went well, 1 when data or files were at fault, 64 when the command line was (an error tells by
/// being a `RequestError`); a subcommand throws `ExitCode` for any other.
package enum ProgramMain {
  /// Of both programs, as `--version` prints it.
  package static let version = "0.1.0"

  /// Parses the command line and runs what it asks for; comes back when all went well.
  package static func run(_ root: any ParsableCommand.Type) {
    // A full disk shall be an error, not the end of the process.
    Folder.reportFileSizeLimits()
    do {
      try checkArguments(root)
      var command = try root.parseAsRoot()
      try command.run()
    } catch {
      leave(root, error)
    }
  }

  /// What the parser would not say well: a path that Swift cannot spell, a misspelt subcommand.
  private static func checkArguments(_ root: any ParsableCommand.Type) throws {
    if Kernels.areRefused {
      throw ValidationError(
        "the environment asks for kernels in \(Kernels.variable) that this processor does not have; unset it, or choose one "
          + "of \(Kernels.available.joined(separator: ", "))")
    }
    let arguments = CommandLine.arguments.dropFirst()
    if let broken = arguments.first(where: { $0.contains("\u{FFFD}") }) {
      throw ValidationError("\"\(broken)\" is not UTF-8; rename the file, or reach it by a link with another name")
    }
    let names = subcommandNames(root) + ["help"]
    if let first = arguments.first, !first.hasPrefix("-"), !names.contains(first) {
      throw ValidationError("there is no subcommand \"\(first)\"\(NearestName.hint(first, in: names))")
    }
  }

  private static func subcommandNames(_ root: any ParsableCommand.Type) -> [String] {
    root.configuration.subcommands.map { $0.configuration.commandName ?? "\($0)".lowercased() }
  }

  /// Ends the program as `error` demands: help on standard output, an error as one line on standard error.
  private static func leave(_ root: any ParsableCommand.Type, _ error: any Error) -> Never {
    let program = root.configuration.commandName ?? "\(root)"
    if let error = error as? any RequestError & CustomStringConvertible {
      Terminal.writeError(error.description, of: program)
      Foundation.exit(error.isRequestAtFault ? ExitCode.validationFailure.rawValue : ExitCode.failure.rawValue)
    }
    let code = root.exitCode(for: error)
    if code == .success { root.exit(withError: error) }
    let message = root.message(for: error)
    if !message.isEmpty {
      let help = code == .validationFailure ? " (see \(helpCommand(root, program)))" : ""
      Terminal.writeError(message + help, of: program)
    }
    Foundation.exit(code.rawValue)
  }

  /// The command whose help tells more.
  private static func helpCommand(_ root: any ParsableCommand.Type, _ program: String) -> String {
    let names = subcommandNames(root)
    let name = CommandLine.arguments.dropFirst().first { names.contains($0) }
    return ([program] + (name.map { [$0] } ?? []) + ["--help"]).joined(separator: " ")
  }
}
