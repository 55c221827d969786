internal import CSystem

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// A file mapped into memory, read-only, until the last reference goes.
///
/// A file that is cut short while it is mapped ends the process with one error line, not with a bus error.
@safe package final class MappedFile: Sendable {
  package let path: String
  package let count: Int
  // SAFETY: set once; points to `count` readable bytes (none where `count` is 0) until deinit.
  private nonisolated(unsafe) let start: UnsafeRawPointer?
  private let slot: Int32

  package convenience init(_ path: String) throws(FileError) { try self.init(File(reading: path)) }

  /// Maps a file that was opened for reading; the mapping outlives the descriptor.
  package init(_ file: borrowing File) throws(FileError) {
    let count = try file.size
    path = file.path
    self.count = count
    let mapped = count > 0 ? try unsafe file.map(length: count) : nil
    unsafe start = UnsafeRawPointer(mapped)
    slot = if let mapped = unsafe mapped { unsafe grf_watch_mapping(mapped, count, file.path) } else { -1 }
  }

  /// Takes over memory of this process that was mapped.
  init(path: String, memory: UnsafeMutableRawPointer?, count: Int) {
    self.path = path
    self.count = count
    unsafe start = UnsafeRawPointer(memory)
    slot = -1
  }

  deinit {
    grf_unwatch_mapping(slot)
    if let start = unsafe start { _ = unsafe munmap(UnsafeMutableRawPointer(mutating: start), count) }
  }

  /// Asks the system to fetch a range of the file and does not wait for it: advice, for bytes that are read soon.
  ///
  /// - Returns: whether the system took the advice.
  @discardableResult
  package func advise(_ range: Range<Int>) -> Bool {
    guard let bytes = unsafe pointer(range) else { return true }
    // SAFETY: the range lies within the mapping.
    return unsafe grf_will_need(bytes, range.count) == 0
  }

  /// Reads a byte of every page of a range, so that all of it is in memory when this returns.
  package func touch(_ range: Range<Int>) {
    guard let bytes = unsafe pointer(range) else { return }
    // SAFETY: the range lies within the mapping.
    unsafe grf_touch_pages(bytes, range.count)
  }

  /// The start of a range; nil where the file is empty.
  private func pointer(_ range: Range<Int>) -> UnsafeRawPointer? {
    precondition(range.lowerBound >= 0 && range.upperBound <= count, "bytes \(range) of \(count)")
    return unsafe start.map { unsafe $0 + range.lowerBound }
  }

  /// All bytes of the file.
  package var bytes: RawSpan {
    @_lifetime(borrow self)
    get {
      // SAFETY: the mapping lives as long as this object, which the span borrows.
      let span = unsafe RawSpan(_unsafeStart: start ?? UnsafeRawPointer(bitPattern: 1)!, byteCount: count)
      return unsafe _overrideLifetime(span, borrowing: self)
    }
  }
}
