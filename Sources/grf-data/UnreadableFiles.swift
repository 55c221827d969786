import ArgumentParser
import Terminals

/// Files that a command went on without.
enum UnreadableFiles {
  /// Says what is wrong with each on standard error, a line a file.
  ///
  /// - Throws: exit status 1 where there is any.
  static func report(_ problems: [String]) throws {
    for problem in problems { Terminal.writeError(problem, of: "grf-data") }
    if !problems.isEmpty { throw ExitCode.failure }
  }
}
