#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

extension OpenFolder {
  /// Whether this process may create files in it.
  package var isWritable: Bool { unsafe faccessat(descriptor, ".", W_OK | X_OK, 0) == 0 }

  /// The names in it, in byte order, without `.` and `..`.
  package func names() throws(FileError) -> [String] {
    // A description of its own, whose place in the list is its own as well.
    let copy = unsafe openat(descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    // SAFETY: the stream takes the descriptor over, and is closed below.
    guard copy >= 0, let stream = unsafe fdopendir(copy) else {
      let code = SystemError.last
      if copy >= 0 { close(copy) }
      throw FileError(.list, path, code: code)
    }
    defer { unsafe closedir(stream) }
    return unsafe Folder.names(stream)
  }

  /// Removes a file; where there is none, nothing happens.
  package func remove(_ name: String) throws(FileError) {
    guard unsafe unlinkat(descriptor, name, 0) == 0 || SystemError.last == ENOENT else {
      throw FileError(.remove, Path.join(path, name), code: SystemError.last)
    }
  }

  /// Renames a file; a file that stands at the target is replaced in one step.
  package func rename(_ name: String, replacing target: String) throws(FileError) {
    guard unsafe renameat(descriptor, name, descriptor, target) == 0 else {
      throw FileError(.rename(to: target), Path.join(path, name), code: SystemError.last)
    }
  }

  /// Makes its names durable.
  package func sync() throws(FileError) {
    // Some file systems cannot sync a folder; there is nothing more to be had there.
    guard fsync(descriptor) == 0 || SystemError.last == EINVAL else {
      throw FileError(.sync, path, code: SystemError.last)
    }
  }
}
