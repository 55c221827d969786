internal import CSystem

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// An open file, read and written at absolute offsets, closed when it goes out of scope.
///
/// Offsets instead of a position let any number of threads share one descriptor.
package struct File: ~Copyable, Sendable {
  package let path: String
  private let descriptor: Int32

  private init(
    path: String, flags: Int32, operation: FileError.Operation, name: String? = nil, in folder: Int32 = AT_FDCWD
  ) throws(FileError) {
    self.path = path
    // SAFETY: Swift passes a NUL-terminated copy of the path.
    descriptor = unsafe openat(folder, name ?? path, flags | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw FileError(operation, path, code: SystemError.last) }
  }

  package init(reading path: String) throws(FileError) {
    try self.init(path: path, flags: O_RDONLY, operation: .open)
  }

  /// Opens a file of an open folder. A symbolic link is not followed, and nothing that is no file is waited for.
  package init(reading name: String, in folder: borrowing OpenFolder) throws(FileError) {
    try self.init(
      path: Path.join(folder.path, name), flags: O_RDONLY | O_NOFOLLOW | O_NONBLOCK, operation: .open, name: name,
      in: folder.descriptor)
  }

  /// Creates a file of an open folder, which must not exist yet, for writing and reading.
  package init(creating name: String, in folder: borrowing OpenFolder) throws(FileError) {
    try self.init(
      path: Path.join(folder.path, name), flags: O_RDWR | O_CREAT | O_EXCL, operation: .create, name: name,
      in: folder.descriptor)
  }

  /// Creates a file that must not exist yet, for writing and reading.
  package init(creating path: String) throws(FileError) {
    try self.init(path: path, flags: O_RDWR | O_CREAT | O_EXCL, operation: .create)
  }

  /// Opens a file that exists, for writing and reading.
  package init(updating path: String) throws(FileError) {
    try self.init(path: path, flags: O_RDWR, operation: .open)
  }

  deinit { close(descriptor) }

  package func status() throws(FileError) -> FileStatus {
    var status = stat()
    // SAFETY: fstat fills the struct it is given.
    guard unsafe fstat(descriptor, &status) == 0 else { throw FileError(.inspect, path, code: SystemError.last) }
    return FileStatus(status)
  }

  package var size: Int { get throws(FileError) { try status().size } }

  /// Fills `buffer` from `offset`; a file that ends before that is an error.
  package func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(FileError) {
    var done = 0
    while done < buffer.count {
      // SAFETY: the range lies within the caller's buffer.
      let count = unsafe pread(descriptor, buffer.baseAddress! + done, buffer.count - done, off_t(offset + done))
      if count < 0 && SystemError.last == EINTR { continue }
      guard count > 0 else {
        throw FileError(.read(bytes: buffer.count, offset: offset), path, code: count < 0 ? SystemError.last : 0)
      }
      done += count
    }
  }

  package func read(bytes: Int, at offset: Int) throws(FileError) -> [UInt8] {
    var content = [UInt8](repeating: 0, count: bytes)
    var failure: FileError?
    unsafe content.withUnsafeMutableBytes { buffer in
      do throws(FileError) { try unsafe read(into: buffer, at: offset) } catch { failure = error }
    }
    if let failure { throw failure }
    return content
  }

  package static func contents(of path: String) throws(FileError) -> [UInt8] {
    let file = try File(reading: path)
    return try file.read(bytes: file.size, at: 0)
  }

  package func write(_ bytes: RawSpan, at offset: Int) throws(FileError) {
    var failure: FileError?
    unsafe bytes.withUnsafeBytes { buffer in
      var done = 0
      while done < buffer.count {
        // SAFETY: the range lies within the span.
        let count = unsafe pwrite(descriptor, buffer.baseAddress! + done, buffer.count - done, off_t(offset + done))
        if count < 0 && SystemError.last == EINTR { continue }
        guard count > 0 else {
          failure = FileError(
            .write(bytes: buffer.count - done, offset: offset + done), path, code: SystemError.last)
          return
        }
        done += count
      }
    }
    if let failure { throw failure }
  }

  package func write(_ bytes: [UInt8], at offset: Int) throws(FileError) {
    try unsafe write(bytes.span.bytes, at: offset)
  }

  package func write(_ text: String, at offset: Int) throws(FileError) { try write(Array(text.utf8), at: offset) }

  /// Sets the size; bytes that were never written read as 0.
  package func resize(to size: Int) throws(FileError) {
    guard ftruncate(descriptor, off_t(size)) == 0 else {
      throw FileError(.write(bytes: size, offset: 0), path, code: SystemError.last)
    }
  }

  package func sync() throws(FileError) {
    guard fsync(descriptor) == 0 else { throw FileError(.sync, path, code: SystemError.last) }
  }

  /// Asks the system to begin writing a range to disk, so that a later ``sync()`` has less to wait for.
  package func startWriteback(of range: Range<Int>) {
    grf_start_writeback(descriptor, off_t(range.lowerBound), off_t(range.count))
  }

  /// Maps `length` bytes from the start of the file, read-only.
  func map(length: Int) throws(FileError) -> UnsafeMutableRawPointer {
    // SAFETY: a new mapping is asked for, at an address of the system's choice.
    guard let start = unsafe mmap(nil, length, PROT_READ, MAP_PRIVATE, descriptor, 0), unsafe start != MAP_FAILED else {
      throw FileError(.map, path, code: SystemError.last)
    }
    return unsafe start
  }
}
