/// Memory that a worker keeps from job to job: grows when more is needed, never cleared, aligned for vectors.
///
/// Not for results: nothing here outlives the job that filled it.
@safe package struct ScratchBuffer: ~Copyable {
  private var memory = unsafe UnsafeMutableRawBufferPointer(start: nil, count: 0)

  package init() {}

  deinit { unsafe memory.deallocate() }

  package var capacity: Int { unsafe memory.count }

  /// At least `bytes` bytes of unspecified content; what was here before is lost where the buffer had to grow.
  package mutating func take(_ bytes: Int) -> UnsafeMutableRawBufferPointer {
    if unsafe memory.count < bytes {
      unsafe memory.deallocate()
      unsafe memory = .allocate(byteCount: max(bytes, 1), alignment: 64)
    }
    return unsafe UnsafeMutableRawBufferPointer(rebasing: memory[..<bytes])
  }

  /// Gives memory beyond `bytes` back, so that one large job does not weigh on all that follow.
  package mutating func trim(to bytes: Int) {
    guard unsafe memory.count > bytes else { return }
    unsafe memory.deallocate()
    unsafe memory = UnsafeMutableRawBufferPointer(start: nil, count: 0)
  }
}
