import ArgumentParser
import ComputationalSequences
import Workers

/// Commands that open `.csd` files run in a child; see ``CrashGuard``.
enum Guarded {
  /// - Parameter threads: how many the command will start.
  static func enter(threads: Int = Processors.available) throws {
    switch CrashGuard.enter(threads: threads) {
    case nil: return
    case .exited(let status): throw ExitCode(status)
    // Somebody's wish (SIGHUP, SIGINT, SIGTERM), no fault: as a shell reports it.
    case .killed(let signal, _, _) where [1, 2, 15].contains(signal): throw ExitCode(128 + signal)
    case .killed(let signal, let name, let path):
      throw Crash(signal: signal, name: name, path: path)
    }
  }

  /// A child that died of a signal.
  struct Crash: Error, CustomStringConvertible {
    let signal: Int32
    let name: String
    let path: String

    var description: String {
      let place = path.isEmpty ? "the command" : path
      return switch signal {
      case 9: "\(place): the command was killed while it was read; perhaps memory ran out, try --threads 1"
      case 4, 5:
        "\(place): reading it needs more memory than a file of its size should, or this program has a fault (\(name)); "
          + "if the file is whole, please report it"
      case 24: "\(place): reading it does not come to an end; the file is damaged, fetch it again"
      default: "\(place): reading it ended the reader (\(name)); the file is damaged, fetch it again"
      }
    }
  }
}
