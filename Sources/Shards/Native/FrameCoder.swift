internal import CZstd

/// What zstd says when it refuses.
struct FrameFailure: Error {
  let problem: String

  fileprivate init(_ code: Int) {
    // SAFETY: the library returns a constant text for every code.
    problem = unsafe String(cString: ZSTD_getErrorName(code))
  }

  init(problem: String) { self.problem = problem }

  fileprivate static let noMemory = FrameFailure(problem: "no memory for zstd")
}

/// Compresses frames, each by itself, with a checksum of its content; one a thread.
@safe struct FrameCompressor: ~Copyable {
  // SAFETY: owned from init to deinit; nil where there was no memory.
  private let context: OpaquePointer?

  init(level: Int) {
    unsafe context = ZSTD_createCCtx()
    guard let context = unsafe context else { return }
    // Neither can fail: levels beyond zstd's are clamped.
    _ = unsafe ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, Int32(level))
    _ = unsafe ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1)
  }

  deinit { _ = unsafe ZSTD_freeCCtx(context) }

  /// A frame of the first `count` bytes. The same bytes, level and version of the library give the same frame.
  func compress(_ bytes: [UInt8], count: Int) throws(FrameFailure) -> [UInt8] {
    guard let context = unsafe context else { throw .noMemory }
    var code = 0
    let frame = unsafe [UInt8](unsafeUninitializedCapacity: ZSTD_compressBound(count)) { target, written in
      // SAFETY: the library writes no more than the buffer's size and reads `count` bytes, which the array has.
      code = unsafe bytes.withUnsafeBytes {
        unsafe ZSTD_compress2(context, target.baseAddress, target.count, $0.baseAddress, count)
      }
      written = ZSTD_isError(code) == 0 ? code : 0
    }
    guard ZSTD_isError(code) == 0 else { throw FrameFailure(code) }
    return frame
  }
}

/// Inflates frames; one a thread.
@safe struct FrameInflater: ~Copyable {
  // SAFETY: owned from init to deinit; nil where there was no memory.
  private let context: OpaquePointer?

  init() { unsafe context = ZSTD_createDCtx() }

  deinit { _ = unsafe ZSTD_freeDCtx(context) }

  /// The most bytes that a frame of `count` bytes can take.
  static func greatestFrame(of count: Int) -> Int { ZSTD_compressBound(count) }

  /// Inflates the frame in the first `size` bytes of `frame` to the first `count` bytes of `target`, which must have as
  /// many. The frame must say of itself that it holds so many, be nothing more, and match its checksum.
  func inflate(_ frame: [UInt8], size: Int, into target: inout [UInt8], count: Int) throws(FrameFailure) {
    precondition(size <= frame.count && count <= target.count, "buffers too small for a frame")
    guard let context = unsafe context else { throw .noMemory }
    var failure: FrameFailure?
    unsafe frame.withUnsafeBytes { source in
      unsafe target.withUnsafeMutableBytes { target in
        // SAFETY: the library reads `size` bytes and writes at most `count`; the buffers have as many.
        unsafe failure = Self.inflate(context, source.baseAddress, size, target.baseAddress, count)
      }
    }
    if let failure { throw failure }
  }

  private static func inflate(
    _ context: OpaquePointer, _ source: UnsafeRawPointer?, _ size: Int, _ target: UnsafeMutableRawPointer?, _ count: Int
  ) -> FrameFailure? {
    let length = unsafe ZSTD_findFrameCompressedSize(source, size)
    if ZSTD_isError(length) != 0 { return FrameFailure(length) }
    guard length == size else { return FrameFailure(problem: "it takes \(length) bytes, not \(size)") }
    guard unsafe ZSTD_getFrameContentSize(source, size) == UInt64(count) else {
      return FrameFailure(problem: "it does not say that it holds \(count) bytes")
    }
    let written = unsafe ZSTD_decompressDCtx(context, target, count, source, size)
    if ZSTD_isError(written) != 0 { return FrameFailure(written) }
    return written == count ? nil : FrameFailure(problem: "it holds \(written) bytes, not \(count)")
  }
}
