/// Floats at a place that does not move, for the kernels: part of an arena or of a ``FloatBuffer``.
///
/// Whoever holds a block sees to it that its memory is still there: a tape's blocks end with ``Tape/reset()``.
@safe struct Block {
  // SAFETY: points to `count` initialized floats.
  let start: UnsafeMutablePointer<Float>
  let count: Int

  init(start: UnsafeMutablePointer<Float>, count: Int) {
    unsafe self.start = unsafe start
    self.count = count
  }

  subscript(range: Range<Int>) -> Block {
    precondition(range.lowerBound >= 0 && range.upperBound <= count, "\(range) of \(count) floats")
    return unsafe Block(start: start + range.lowerBound, count: range.count)
  }

  var span: Span<Float> {
    @_lifetime(borrow self)
    get {
      // SAFETY: `count` floats are there; the tape that lends the block is not reset while it is read.
      let span = unsafe Span(_unsafeStart: start, count: count)
      return unsafe _overrideLifetime(span, borrowing: self)
    }
  }

  var array: [Float] { unsafe Array(UnsafeBufferPointer(start: start, count: count)) }

  func clear() { unsafe start.update(repeating: 0, count: count) }

  func fill(_ value: Float) { unsafe start.update(repeating: value, count: count) }

  func copy(_ source: Span<Float>) {
    precondition(source.count == count, "\(source.count) floats for \(count)")
    unsafe source.withUnsafeBufferPointer { source in
      // SAFETY: `count` floats on both sides.
      if let base = source.baseAddress { unsafe start.update(from: base, count: count) }
    }
  }
}

extension Block {
  /// Lends the floats for writing.
  func write(_ body: (inout MutableSpan<Float>) -> Void) {
    // SAFETY: as ``span``; only the tape's thread touches its blocks.
    var span = unsafe MutableSpan(_unsafeStart: start, count: count)
    body(&span)
  }
}

/// Memory that is handed out piece by piece and taken back all at once, then used again: after the first rounds nothing is
/// allocated any more.
///
/// What does not fit goes to a further chunk; ``reset()`` then joins them, so that the next round finds one that is large
/// enough. Blocks are aligned to 64 bytes and hold whatever was there.
struct Arena: ~Copyable {
  /// How often memory was asked of the system.
  private(set) var growths = 0
  /// The floats of all chunks.
  private(set) var capacity = 0
  private var chunks: [Block] = []
  /// The floats in use of the last chunk.
  private var used = 0
  /// The floats handed out since the last reset.
  private var total = 0

  deinit {
    // SAFETY: every chunk was allocated here.
    for chunk in chunks { unsafe FloatMemory.deallocate(chunk.start, chunk.count) }
  }

  mutating func take(_ count: Int) -> Block {
    let rounded = (count + 15) & ~15
    if chunks.isEmpty || used + rounded > chunks[chunks.count - 1].count { grow(rounded) }
    let chunk = chunks[chunks.count - 1]
    let block = unsafe Block(start: chunk.start + used, count: count)
    used += rounded
    total += rounded
    return block
  }

  /// Takes back everything; every block ends here.
  mutating func reset() {
    if chunks.count > 1 {
      for chunk in chunks { unsafe FloatMemory.deallocate(chunk.start, chunk.count) }
      chunks.removeAll(keepingCapacity: true)
      capacity = 0
      grow(total)
    }
    used = 0
    total = 0
  }

  private mutating func grow(_ count: Int) {
    // Ever larger chunks, so that a long first round needs few.
    let size = max(count, capacity / 2, 1 << 16)
    unsafe chunks.append(Block(start: FloatMemory.allocate(size), count: size))
    capacity += size
    growths += 1
    used = 0
  }
}
