internal import CSystem

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// Keeps a damaged file that brings libhdf5 down from taking the user's command with it.
///
/// libhdf5 can be crashed by bytes that it believes. So whatever opens a `.csd` file runs in a child of the command;
/// a child that dies of a signal becomes one error line that names the file it was reading.
package enum CrashGuard {
  /// How the child ended.
  package enum Ending: Equatable, Sendable {
    case exited(status: Int32)
    /// By a signal, while it was reading `path` (empty: none yet).
    case killed(signal: Int32, name: String, path: String)
  }

  /// Splits the process. Returns nil in the child, which goes on with the command; in the parent, waits and returns how
  /// the child ended. Where no child can be had, the command goes on unguarded.
  ///
  /// - Precondition: there is one thread.
  package static func enter() -> Ending? {
    let child = grf_guard_fork()
    guard child > 0 else { return nil }
    let status = grf_guard_wait(child)
    guard status < 0 else { return .exited(status: status) }
    // SAFETY: both are C strings; the page of the second is never unmapped.
    let name = unsafe strsignal(-status).map { unsafe String(cString: $0) } ?? "signal \(-status)"
    return unsafe .killed(signal: -status, name: name, path: String(cString: grf_guard_noted()))
  }

  /// Notes which file is read from now on.
  static func note(_ path: String) { unsafe grf_guard_note(path) }
}
