import ArgumentParser
import ComputationalSequences

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
