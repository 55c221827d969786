import ArgumentParser
import ComputationalSequences

/// Commands that open `.csd` files run in a child; see ``CrashGuard``.
enum Guarded {
  static func enter() throws {
    switch CrashGuard.enter() {
    case nil: return
    case .exited(let status): throw ExitCode(status)
    // Somebody's wish (SIGHUP, SIGINT, SIGTERM), or a pipe that nobody reads: no fault. As a shell reports it.
    case .killed(let signal, _, _) where [1, 2, 13, 15].contains(signal): throw ExitCode(128 + signal)
    case .killed(let signal, let name, let path): throw Crash(signal: signal, name: name, path: path)
    }
  }

  /// A child that died of a signal.
  struct Crash: Error, CustomStringConvertible {
    let signal: Int32
    let name: String
    /// The file that libhdf5 was reading; nil where it was not called.
    let path: String?

    var description: String {
      guard let path else {
        return signal == 9
          ? "the command was killed; perhaps memory ran out, try --threads 1"
          : "this program has a fault (\(name)); please report it, with the command"
      }
      return switch signal {
      case 9: "\(path): the command was killed while it was read; perhaps memory ran out, try --threads 1"
      case 4, 5:
        "\(path): reading it needs more memory than a file of its size should, or this program has a fault (\(name)); "
          + "if the file is whole, please report it"
      case 24: "\(path): reading it does not come to an end; the file is damaged, fetch it again"
      default: "\(path): reading it ended the reader (\(name)); the file is damaged, fetch it again"
      }
    }
  }
}
