#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// The exclusive use of what a file stands for, until this goes out of scope or the process ends, however it ends.
///
/// The lock is on the file itself, which is only opened: it must be one that nobody replaces.
package struct FileLock: ~Copyable, Sendable {
  private let descriptor: Int32

  /// - Returns: nil where another process, or another lock of this one, has it.
  package init?(_ path: String) throws(FileError) {
    // SAFETY: Swift passes a NUL-terminated copy of the path.
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileError(.lock, path, code: SystemError.last) }
    while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
      let code = SystemError.last
      if code == EINTR { continue }
      close(descriptor)
      if code == EWOULDBLOCK { return nil }
      throw FileError(.lock, path, code: code)
    }
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }
}
