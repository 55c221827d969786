internal import CDeflate

/// A libdeflate decompressor: one a thread.
@safe struct Inflater: ~Copyable {
  private let decompressor: OpaquePointer?

  init() { unsafe decompressor = libdeflate_alloc_decompressor() }

  deinit { unsafe libdeflate_free_decompressor(decompressor) }

  /// Inflates a zlib stream that must fill `target` exactly; returns what is wrong with it, or nil.
  func inflate(_ source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer) -> String? {
    guard let decompressor = unsafe decompressor else { return "no memory for a decompressor" }
    // SAFETY: the buffers are passed with their lengths, and a missing out-length demands an exact fill.
    let result = unsafe libdeflate_zlib_decompress(
      decompressor, source.baseAddress, source.count, target.baseAddress, target.count, nil)
    switch result {
    case LIBDEFLATE_SUCCESS: return nil
    case LIBDEFLATE_BAD_DATA: return "its deflate stream is corrupt"
    default: return "it inflates to another size"
    }
  }
}
