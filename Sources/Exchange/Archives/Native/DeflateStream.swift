internal import CZlib

/// Compresses bytes as they come, into one raw deflate stream.
///
/// libdeflate wants a whole member in memory; members may be larger than that.
@safe struct DeflateStream: ~Copyable {
  // SAFETY: allocated once and never moved, because zlib's state points back to it.
  private let stream: UnsafeMutablePointer<z_stream>
  private var buffer = [UInt8](repeating: 0, count: 1 << 18)

  init?(level: Int32) {
    unsafe stream = .allocate(capacity: 1)
    unsafe stream.initialize(to: z_stream())
    guard unsafe grf_deflate_init(stream, level) == Z_OK else {
      unsafe stream.deallocate()
      return nil
    }
  }

  deinit {
    unsafe deflateEnd(stream)
    unsafe stream.deallocate()
  }

  /// Compresses `bytes`, and hands out what is ready.
  ///
  /// - Parameter isLast: ends the stream.
  mutating func compress(_ bytes: RawSpan, isLast: Bool, _ body: ([UInt8]) throws -> Void) throws {
    var done = 0
    // zlib counts in 32 bits.
    repeat {
      let piece = min(bytes.byteCount - done, 1 << 30)
      let ends = isLast && done + piece == bytes.byteCount
      try unsafe bytes.extracting(done..<done + piece).withUnsafeBytes { source in
        // SAFETY: the stream reads `piece` bytes of the span while this closure runs, and nothing after it.
        let start = unsafe source.bindMemory(to: UInt8.self).baseAddress
        unsafe stream.pointee.next_in = unsafe UnsafeMutablePointer(mutating: start)
        unsafe stream.pointee.avail_in = uInt(piece)
        var isFull = true
        while isFull {
          let written = unsafe buffer.withUnsafeMutableBufferPointer { target in
            // SAFETY: the stream writes at most `count` bytes to the buffer.
            unsafe stream.pointee.next_out = target.baseAddress
            unsafe stream.pointee.avail_out = uInt(target.count)
            _ = unsafe deflate(stream, ends ? Z_FINISH : Z_NO_FLUSH)
            return unsafe target.count - Int(stream.pointee.avail_out)
          }
          isFull = written == buffer.count
          if written > 0 { try body(Array(buffer[..<written])) }
        }
        unsafe stream.pointee.next_in = nil
      }
      done += piece
    } while done < bytes.byteCount
  }
}
