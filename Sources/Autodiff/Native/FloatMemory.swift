internal import Foundation

/// Memory for floats, aligned for vectors, zero at first.
///
/// Where it is large, Linux is asked for large pages: matrices that are read by columns touch many pages at a time, and a step
/// is some ten percent faster when their addresses are found at once.
enum FloatMemory {
  private static let largePage = 1 << 21

  static func allocate(_ count: Int) -> UnsafeMutablePointer<Float> {
    let bytes = max(count, 1) * MemoryLayout<Float>.stride
    let isLarge = bytes >= largePage
    let size = isLarge ? (bytes + largePage - 1) / largePage * largePage : bytes
    let memory = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: isLarge ? largePage : 64)
    #if os(Linux)
      // SAFETY: the pages are this allocation's own. A refusal leaves them small.
      if isLarge { _ = unsafe madvise(memory, size, Int32(MADV_HUGEPAGE)) }
    #endif
    let start = unsafe memory.bindMemory(to: Float.self, capacity: max(count, 1))
    // SAFETY: that many floats were just allocated.
    unsafe start.initialize(repeating: 0, count: max(count, 1))
    return unsafe start
  }
}
