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

  /// Runs the command once more, in a child. Returns nil in the child, which goes on with the command; in the parent,
  /// waits and returns how the child ended. Where no child can be had, the command goes on unguarded.
  ///
  /// libhdf5 believes sizes, too: the child's memory is bounded by what its threads and the files that it opens can need.
  ///
  /// - Parameter threads: how many the command will start.
  /// - Precondition: nothing was written yet, for the child begins the program anew.
  package static func enter(threads: Int) -> Ending? {
    if grf_guard_is_child() != 0 {
      grf_guard_limit_memory(ownMemory + threads * threadMemory)
      return nil
    }
    // SAFETY: the process's own arguments, which nobody changes.
    let child = unsafe grf_guard_spawn(CommandLine.unsafeArgv)
    guard child > 0 else { return nil }
    let status = grf_guard_wait(child)
    guard status < 0 else { return .exited(status: status) }
    // SAFETY: both are C strings; the page of the second is never unmapped.
    let name = unsafe strsignal(-status).map { unsafe String(cString: $0) } ?? "signal \(-status)"
    return unsafe .killed(signal: -status, name: name, path: String(cString: grf_guard_noted()))
  }

  /// Without threads and files: several times what the largest set takes.
  private static let ownMemory = 352 << 20
  /// A thread's stack and buffers.
  private static let threadMemory = 24 << 20
  /// What reading a file may take, for each byte that the file has.
  private static let memoryByByte = 16

  /// Lets the child have what a file of so many bytes can need.
  static func allow(bytes: Int) {
    let (memory, overflows) = bytes.multipliedReportingOverflow(by: memoryByByte)
    grf_guard_allow_memory(overflows ? 1 << 46 : min(memory, 1 << 46))
  }

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
