internal import Foundation

/// Memory for floats, aligned for vectors, zero at first.
///
/// Where it is large, it is mapped by itself, so that it goes back to the system when it is given back, and on Linux large
/// pages are asked for: matrices that are read by columns touch many pages at a time.
enum FloatMemory {
  private static let largePage = 1 << 21

  static func allocate(_ count: Int) -> UnsafeMutablePointer<Float> {
    if let size = mappedSize(count) {
      // SAFETY: the mapping has room for that many floats, and its bytes are 0.
      return unsafe map(size).bindMemory(to: Float.self, capacity: count)
    }
    let bytes = max(count, 1) * MemoryLayout<Float>.stride
    let memory = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
    let start = unsafe memory.bindMemory(to: Float.self, capacity: max(count, 1))
    // SAFETY: that many floats were just allocated.
    unsafe start.initialize(repeating: 0, count: max(count, 1))
    return unsafe start
  }

  /// - Parameter count: what ``allocate(_:)`` was asked for.
  static func deallocate(_ start: UnsafeMutablePointer<Float>, _ count: Int) {
    // SAFETY: the whole of what was mapped or allocated for that many floats; nobody reads it any more.
    if let size = mappedSize(count) { unsafe munmap(start, size) } else { unsafe start.deallocate() }
  }

  /// Whole large pages; nil where memory is small.
  private static func mappedSize(_ count: Int) -> Int? {
    let bytes = count * MemoryLayout<Float>.stride
    return bytes < largePage ? nil : (bytes + largePage - 1) / largePage * largePage
  }

  /// Whole large pages of zeros that begin with one.
  private static func map(_ size: Int) -> UnsafeMutableRawPointer {
    let flags = MAP_PRIVATE | MAP_ANONYMOUS
    guard let memory = unsafe mmap(nil, size + largePage, PROT_READ | PROT_WRITE, flags, -1, 0),
      unsafe memory != MAP_FAILED
    else {
      preconditionFailure("no memory for \(size) bytes")
    }
    let before = (largePage - Int(bitPattern: memory) % largePage) % largePage
    // SAFETY: what lies before and behind the pages is part of the mapping, and is given back.
    let start = unsafe memory + before
    if before > 0 { unsafe munmap(memory, before) }
    unsafe munmap(start + size, largePage - before)
    #if os(Linux)
      // A refusal leaves the pages small.
      _ = unsafe madvise(start, size, Int32(MADV_HUGEPAGE))
    #endif
    return unsafe start
  }
}
