#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// What a path or a descriptor leads to.
package struct FileStatus: Sendable {
  package let size: Int
  package let isFolder: Bool
  package let isRegularFile: Bool
  package let isSymbolicLink: Bool
  /// When its content was last changed, in nanoseconds since 1970.
  package let modified: Int
  /// Tells file systems apart.
  package let device: UInt64
  /// Tells a file system's files apart.
  package let inode: UInt64

  /// The status of a name in an open folder, a link's own where it is one; nil where nothing is there.
  package static func of(_ name: String, in folder: borrowing OpenFolder) throws(FileError) -> FileStatus? {
    var status = stat()
    // SAFETY: the call fills the struct that it is given.
    if unsafe fstatat(folder.descriptor, name, &status, AT_SYMLINK_NOFOLLOW) == 0 { return FileStatus(status) }
    if SystemError.last == ENOENT { return nil }
    throw FileError(.inspect, Path.join(folder.path, name), code: SystemError.last)
  }

  init(_ status: stat) {
    size = Int(status.st_size)
    isFolder = status.st_mode & S_IFMT == S_IFDIR
    isRegularFile = status.st_mode & S_IFMT == S_IFREG
    device = UInt64(truncatingIfNeeded: status.st_dev)
    inode = UInt64(truncatingIfNeeded: status.st_ino)
    isSymbolicLink = status.st_mode & S_IFMT == S_IFLNK
    #if canImport(Darwin)
      let time = status.st_mtimespec
    #else
      let time = status.st_mtim
    #endif
    modified = Int(time.tv_sec) * 1_000_000_000 + Int(time.tv_nsec)
  }

  /// Whether both are one file, whatever its names.
  package func isSameFile(as other: FileStatus) -> Bool { device == other.device && inode == other.inode }

  /// The status of what `path` leads to, or nil where nothing is there.
  package static func of(_ path: String, followingLinks: Bool = true) throws(FileError) -> FileStatus? {
    var status = stat()
    // SAFETY: both calls fill the struct they are given.
    let result = unsafe followingLinks ? stat(path, &status) : lstat(path, &status)
    if result == 0 { return FileStatus(status) }
    if SystemError.last == ENOENT || SystemError.last == ENOTDIR { return nil }
    throw FileError(.inspect, path, code: SystemError.last)
  }
}
