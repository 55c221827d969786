#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// The exclusive use of a folder, until this goes out of scope or the process ends, however it ends.
package struct FolderLock: ~Copyable {
  private let descriptor: Int32

  /// Creates a folder where it is missing, and locks it; nil where another process has it.
  ///
  /// The lock is on the folder itself, so it leaves no file behind and moves with the folder when it is renamed.
  ///
  /// - Parameter milliseconds: how long a lock that another process has is waited for; one that was killed has it until the
  ///   system is done with ending it.
  package init?(creating path: String, patience milliseconds: Int = 0) throws(FileError) {
    var left = milliseconds
    while true {
      guard unsafe mkdir(path, 0o777) == 0 || SystemError.last == EEXIST else {
        throw FileError(.create, path, code: SystemError.last)
      }
      let descriptor = unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW)
      if descriptor < 0 && SystemError.last == ENOENT { continue }
      guard descriptor >= 0 else { throw FileError(.lock, path, code: SystemError.last) }
      guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
        let code = SystemError.last
        close(descriptor)
        guard code == EWOULDBLOCK else { throw FileError(.lock, path, code: code) }
        if left <= 0 { return nil }
        usleep(10_000)
        left -= 10
        continue
      }
      // Between opening and locking, the folder may have become another process's dataset: then begin again.
      var locked = stat()
      var named = stat()
      // SAFETY: both calls fill the structs that they are given.
      if unsafe fstat(descriptor, &locked) == 0, unsafe lstat(path, &named) == 0, locked.st_ino == named.st_ino,
        locked.st_dev == named.st_dev
      {
        self.descriptor = descriptor
        return
      }
      close(descriptor)
    }
  }

  /// Locks an open folder for this process.
  ///
  /// - Returns: nil where another process, or another lock of this one, has it and `isPatient` is false; else it is
  ///   waited for.
  package init?(_ folder: borrowing OpenFolder, isPatient: Bool) throws(FileError) {
    // A description of its own: two locks of one process exclude each other as well.
    let descriptor = unsafe openat(folder.descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileError(.lock, folder.path, code: SystemError.last) }
    while flock(descriptor, isPatient ? LOCK_EX : LOCK_EX | LOCK_NB) != 0 {
      let code = SystemError.last
      if code == EINTR { continue }
      close(descriptor)
      if code == EWOULDBLOCK { return nil }
      throw FileError(.lock, folder.path, code: code)
    }
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }

  package static var processID: Int { Int(getpid()) }

  /// The name of this machine, for whoever meets the lock from another one.
  package static var hostName: String {
    var name = [CChar](repeating: 0, count: 256)
    // SAFETY: the call fills at most as many bytes as it is told, and the last stays 0.
    guard unsafe gethostname(&name, name.count - 1) == 0 else { return "an unknown machine" }
    return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
