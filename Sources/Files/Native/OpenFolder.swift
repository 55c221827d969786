#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// A folder that was opened once: the files opened through it are its files, even where its name has meanwhile been
/// given to another folder.
package struct OpenFolder: ~Copyable, Sendable {
  package let path: String
  let descriptor: Int32

  package init(_ path: String) throws(FileError) {
    self.path = Path.trimmed(path)
    // SAFETY: Swift passes a NUL-terminated copy of the path.
    descriptor = unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileError(.open, path, code: SystemError.last) }
  }

  deinit { close(descriptor) }
}
