internal import Foundation

/// The environment that child processes are given.
package enum ProgramEnvironment {
  /// Sets a variable, for this process and for those that it starts.
  package static func set(_ name: String, to value: String) {
    // SAFETY: both texts are copied.
    _ = unsafe setenv(name, value, 1)
  }
}
