internal import CZlib

/// Undoes a raw deflate stream piece by piece, in constant memory.
@safe struct InflateStream: ~Copyable {
  enum Step: Equatable {
    /// So many bytes came out, so many went in.
    case made(Int, used: Int)
    case ended(Int, used: Int)
    case corrupt
  }

  // SAFETY: allocated once and never moved, because zlib's state points back to it.
  private let stream: UnsafeMutablePointer<z_stream>

  init?() {
    unsafe stream = .allocate(capacity: 1)
    unsafe stream.initialize(to: z_stream())
    guard unsafe grf_inflate_init(stream) == Z_OK else {
      unsafe stream.deallocate()
      return nil
    }
  }

  deinit {
    unsafe inflateEnd(stream)
    unsafe stream.deallocate()
  }

  /// Inflates from `source[from...]` to `target[at...]`, as far as either goes.
  mutating func inflate(_ source: [UInt8], from: Int, into target: inout [UInt8], at: Int) -> Step {
    // zlib counts in 32 bits.
    let room = min(target.count - at, 1 << 30)
    let given = min(source.count - from, 1 << 30)
    let (status, left, unused) = unsafe source.withUnsafeBufferPointer { source in
      unsafe target.withUnsafeMutableBufferPointer { target in
        // SAFETY: both ranges lie within their arrays, and the stream keeps neither pointer.
        unsafe stream.pointee.next_in = unsafe UnsafeMutablePointer(mutating: source.baseAddress).map {
          unsafe $0 + from
        }
        unsafe stream.pointee.avail_in = uInt(given)
        unsafe stream.pointee.next_out = unsafe target.baseAddress.map { unsafe $0 + at }
        unsafe stream.pointee.avail_out = uInt(room)
        let status = unsafe CZlib.inflate(stream, Z_NO_FLUSH)
        defer { unsafe (stream.pointee.next_in, stream.pointee.next_out) = (nil, nil) }
        return unsafe (status, Int(stream.pointee.avail_out), Int(stream.pointee.avail_in))
      }
    }
    switch status {
    case Z_STREAM_END: return .ended(room - left, used: given - unused)
    // No progress is no error of the data: there may be no room, or nothing to read.
    case Z_OK, Z_BUF_ERROR: return .made(room - left, used: given - unused)
    default: return .corrupt
    }
  }
}
