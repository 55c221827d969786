internal import CSystem

/// SIGINT and SIGTERM as a wish to stop at the next good place.
package enum StopSignals {
  /// What a program exits with that was stopped so.
  package static let exitStatus: Int32 = 130

  /// From here on the first signal is only noted; a second one ends the process at once. A pipe that nobody reads any more
  /// is an error for whoever writes to it, not the end of the process.
  package static func note() { grf_note_stop_signals() }

  /// Whether one has come.
  package static var isStopRequested: Bool { grf_noted_stop_signal() != 0 }
}
