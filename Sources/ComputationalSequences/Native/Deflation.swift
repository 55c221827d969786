internal import CDeflate

/// Compression into zlib's format, which HDF5's gzip filter stores.
enum Deflation {
  /// - Parameter level: 0...9.
  static func zlib(_ bytes: [UInt8], level: Int) -> [UInt8] {
    guard let compressor = unsafe libdeflate_alloc_compressor(Int32(level)) else {
      preconditionFailure("out of memory")
    }
    // SAFETY: freed once, here; nothing else has it.
    defer { unsafe libdeflate_free_compressor(compressor) }
    let bound = unsafe libdeflate_zlib_compress_bound(compressor, bytes.count)
    return unsafe [UInt8](unsafeUninitializedCapacity: bound) { target, written in
      unsafe bytes.withUnsafeBytes { source in
        // SAFETY: the target has the size that the library says is always enough.
        written = unsafe libdeflate_zlib_compress(
          compressor, source.baseAddress, source.count, target.baseAddress, bound)
      }
    }
  }
}
