internal import CSystem

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// Names in the file system: listing, creating, renaming, removing.
package enum Folder {
  /// The names in a folder, in byte order, without `.` and `..`.
  package static func list(_ path: String) throws(FileError) -> [String] {
    // SAFETY: the stream is closed below.
    guard let stream = unsafe opendir(path) else { throw FileError(.list, path, code: SystemError.last) }
    defer { unsafe closedir(stream) }
    return unsafe names(stream)
  }

  /// The names that an open stream gives, in byte order, without `.` and `..`.
  static func names(_ stream: OpaquePointer) -> [String] {
    var names: [String] = []
    // SAFETY: each entry is copied before the next one is read.
    while let entry = unsafe readdir(stream) {
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) {
        unsafe $0.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
      }
      if name != "." && name != ".." { names.append(name) }
    }
    return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  package static func create(_ path: String) throws(FileError) {
    guard unsafe mkdir(path, 0o777) == 0 else { throw FileError(.create, path, code: SystemError.last) }
  }

  /// Creates a folder and those above it, where they are missing.
  package static func createAll(_ path: String) throws(FileError) {
    if try FileStatus.of(path)?.isFolder == true { return }
    let parent = Path.parent(of: path)
    if parent != path { try createAll(parent) }
    if unsafe mkdir(path, 0o777) == 0 { return }
    let code = SystemError.last
    // Another process may have been faster; a file in its place is no folder.
    guard code == EEXIST, try FileStatus.of(path)?.isFolder == true else { throw FileError(.create, path, code: code) }
  }

  /// Removes a file, or a folder with all it holds. Symbolic links are removed, never followed.
  package static func removeAll(_ path: String) throws(FileError) {
    guard let status = try FileStatus.of(path, followingLinks: false) else { return }
    if status.isFolder {
      for name in try list(path) { try removeAll(Path.join(path, name)) }
      guard unsafe rmdir(path) == 0 else { throw FileError(.remove, path, code: SystemError.last) }
    } else {
      guard unsafe unlink(path) == 0 else { throw FileError(.remove, path, code: SystemError.last) }
    }
  }

  /// The path with its symbolic links followed, or as it is where nothing is there.
  package static func resolved(_ path: String) throws(FileError) -> String {
    // SAFETY: a nil buffer asks for a new one, which is freed here.
    guard let resolved = unsafe realpath(path, nil) else {
      if SystemError.last == ENOENT { return path }
      throw FileError(.inspect, path, code: SystemError.last)
    }
    defer { unsafe free(resolved) }
    return unsafe String(cString: resolved)
  }

  /// Makes the names in a folder durable.
  package static func sync(_ path: String) throws(FileError) {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileError(.sync, path, code: SystemError.last) }
    defer { close(descriptor) }
    // Some file systems cannot sync a folder; there is nothing more to be had there.
    guard fsync(descriptor) == 0 || SystemError.last == EINVAL else {
      throw FileError(.sync, path, code: SystemError.last)
    }
  }

  /// Renames; an empty folder at the target is replaced, anything else there is an error.
  package static func rename(_ from: String, to target: String) throws(FileError) {
    if unsafe grf_rename_exclusive(from, target) == 0 { return }
    let code = SystemError.last
    if code == EEXIST, let status = try FileStatus.of(target, followingLinks: false), status.isFolder,
      replaceName(from, target) == 0
    {
      return
    }
    throw FileError(.rename(to: target), from, code: code)
  }

  /// Renames a file; a file that stands at the target is replaced in one step.
  package static func rename(_ from: String, replacing target: String) throws(FileError) {
    guard replaceName(from, target) == 0 else { throw FileError(.rename(to: target), from, code: SystemError.last) }
  }

  /// Exchanges two names in one step; returns false where the file system cannot.
  package static func exchange(_ left: String, with right: String) throws(FileError) -> Bool {
    if unsafe grf_rename_exchange(left, right) == 0 { return true }
    let code = SystemError.last
    if code == EINVAL || code == ENOSYS || code == ENOTSUP { return false }
    throw FileError(.exchange(with: right), left, code: code)
  }

  /// A write beyond the process's limit on file sizes shall be an error, not the end of the process.
  package static func reportFileSizeLimits() { grf_ignore_file_size_signal() }
}

/// `rename(2)`, under a name that ``Folder``'s do not hide.
private func replaceName(_ from: String, _ target: String) -> Int32 { unsafe rename(from, target) }
