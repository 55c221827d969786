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
/// a child that dies of a signal inside libhdf5 becomes one error line that names the file it was reading.
package enum CrashGuard {
  /// How the child ended.
  package enum Ending: Equatable, Sendable {
    case exited(status: Int32)
    /// By a signal. `path` is the file at fault: the one that libhdf5 was reading just then; nil where it was not called.
    case killed(signal: Int32, name: String, path: String?)
  }

  /// Runs the command once more, in a child. Returns nil in the child, which goes on with the command; in the parent,
  /// waits and returns how the child ended. Where no child can be had, the command goes on unguarded.
  ///
  /// - Precondition: nothing was written yet, for the child begins the program anew.
  package static func enter() -> Ending? {
    if grf_guard_is_child() != 0 { return nil }
    // SAFETY: the process's own arguments, which nobody changes.
    let child = unsafe grf_guard_spawn(CommandLine.unsafeArgv)
    guard child > 0 else { return nil }
    let status = grf_guard_wait(child)
    guard status < 0 else { return .exited(status: status) }
    // SAFETY: both are C strings; the page of the second is never unmapped.
    let name = unsafe strsignal(-status).map { unsafe String(cString: $0) } ?? "signal \(-status)"
    let path = unsafe String(cString: grf_guard_noted())
    return .killed(signal: -status, name: name, path: grf_guard_was_inside() != 0 ? path : nil)
  }

  /// What is done inside libhdf5, and what memory that may take: libhdf5 believes the sizes that a file claims.
  enum Work {
    /// Groups, attributes, shapes.
    case structure
    /// Values: deflate, the best of its filters, makes at most 1032 of a byte, which are there twice and may be widened.
    case values

    fileprivate var memoryByByte: Int { self == .structure ? 16 : 3500 }
  }

  /// Beside what follows from the files: several times what the largest set takes.
  private static let ownMemory = 352 << 20

  /// Notes the size of a file that is opened.
  static func allow(bytes: Int) { grf_guard_allow_file(max(0, bytes)) }

  /// From here to ``leaveLibrary()`` the file is to blame for whatever happens; may be nested.
  static func enterLibrary(_ work: Work) { grf_guard_enter_library(ownMemory, work.memoryByByte) }

  static func leaveLibrary() { grf_guard_leave_library() }

  /// A call into libhdf5 that damaged bytes may keep from coming back; the child does not wait for it much longer than
  /// half a second of processor time.
  static func call<Result: ~Copyable>(_ body: () -> Result) -> Result {
    grf_guard_begin_call()
    defer { grf_guard_end_call() }
    return body()
  }

  /// Notes which file is read from now on.
  static func note(_ path: String) { unsafe grf_guard_note(path) }
}
