#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// Memory that stands in for a file that is nowhere as a whole: zeros, of which some parts are written. Pages that
/// nobody touches cost nothing.
@safe package struct ReservedMemory: ~Copyable {
  package let path: String
  package let count: Int
  // SAFETY: points to `count` bytes of an own mapping, readable and writable, until it is given away or deinit.
  private var start: UnsafeMutableRawPointer?

  /// - Parameter path: what errors call it.
  package init(path: String, count: Int) throws(FileError) {
    self.path = path
    self.count = count
    unsafe start = nil
    if count == 0 { return }
    let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE
    // SAFETY: a new mapping is asked for, at an address of the system's choice.
    guard let start = unsafe mmap(nil, count, PROT_READ | PROT_WRITE, flags, -1, 0), unsafe start != MAP_FAILED else {
      throw FileError(.map, path, code: SystemError.last)
    }
    unsafe self.start = start
  }

  deinit { if let start = unsafe start { _ = unsafe munmap(start, count) } }

  /// Copies bytes to `offset`.
  package mutating func write(_ bytes: ArraySlice<UInt8>, at offset: Int) {
    precondition(offset >= 0 && offset + bytes.count <= count, "\(bytes.count) bytes at \(offset) of \(count)")
    guard let start = unsafe start else { return }
    unsafe bytes.withUnsafeBytes { source in
      // SAFETY: the target was checked.
      if let from = source.baseAddress { unsafe (start + offset).copyMemory(from: from, byteCount: source.count) }
    }
  }

  /// The memory as a mapping, through which it is only read.
  package consuming func mapped() -> MappedFile {
    let taken = unsafe start
    unsafe start = nil
    return unsafe MappedFile(path: path, memory: taken, count: count)
  }
}
