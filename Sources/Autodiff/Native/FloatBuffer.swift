internal import Synchronization

/// A fixed number of floats that threads share: all parameters of a model, their gradients, or an optimizer's moments.
///
/// Aligned for vectors, zero at first. Nothing here locks: whoever writes must be the only one that touches those floats
/// meanwhile. A trainer's phases see to that: workers read weights and write each a gradient buffer of its own; only
/// between those phases weights change.
@safe package final class FloatBuffer: Sendable {
  package let count: Int
  // SAFETY: set once; points to `count` initialized floats until deinit. Races are excluded by the phases above.
  nonisolated(unsafe) let start: UnsafeMutablePointer<Float>
  private let changes = Atomic(0)

  package init(count: Int) {
    precondition(count >= 0)
    self.count = count
    unsafe start = FloatMemory.allocate(count)
  }

  deinit { unsafe FloatMemory.deallocate(start, count) }

  /// Another one after every change of the floats, but for those that operations make on their way back.
  var version: Int { changes.load(ordering: .acquiring) }

  func noteChange() { changes.add(1, ordering: .releasing) }

  package var span: Span<Float> {
    @_lifetime(borrow self)
    get {
      // SAFETY: the memory lives as long as this object, which the span borrows.
      let span = unsafe Span(_unsafeStart: start, count: count)
      return unsafe _overrideLifetime(span, borrowing: self)
    }
  }

  /// Lends the floats at `range` for writing, by default all; nobody else may touch them meanwhile.
  package func withMutableSpan<Result, Failure>(
    _ range: Range<Int>? = nil, _ body: (inout MutableSpan<Float>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let block = block(range ?? 0..<count)
    defer { noteChange() }
    // SAFETY: as ``span``; the caller is the only one that touches these floats.
    var span = unsafe MutableSpan(_unsafeStart: block.start, count: block.count)
    return try body(&span)
  }

  package func copy(from other: FloatBuffer) {
    precondition(other.count == count, "\(other.count) floats for \(count)")
    // SAFETY: both hold `count` floats.
    unsafe start.update(from: other.start, count: count)
    noteChange()
  }

  /// Sets `range` to 0.
  package func clear(_ range: Range<Int>? = nil) {
    let range = range ?? 0..<count
    precondition(range.lowerBound >= 0 && range.upperBound <= count)
    // SAFETY: the range was just checked.
    unsafe (start + range.lowerBound).update(repeating: 0, count: range.count)
    noteChange()
  }

  /// The floats at `range`, for the kernels.
  func block(_ range: Range<Int>) -> Block {
    precondition(range.lowerBound >= 0 && range.upperBound <= count, "\(range) of \(count) floats")
    return unsafe Block(start: start + range.lowerBound, count: range.count)
  }
}
