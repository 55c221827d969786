internal import CDeflate

/// CRC-32 with zlib's polynomial.
package enum Checksum {
  /// - Parameter start: the CRC of the bytes before, to go on from.
  package static func crc32(_ bytes: RawSpan, from start: UInt32 = 0) -> UInt32 {
    // libdeflate takes a null pointer as a request for the initial value, whatever the start.
    if bytes.byteCount == 0 { return start }
    return unsafe bytes.withUnsafeBytes { buffer in
      // SAFETY: the library reads `count` bytes of the span's buffer.
      unsafe libdeflate_crc32(start, buffer.baseAddress, buffer.count)
    }
  }

  package static func crc32(_ bytes: [UInt8], from start: UInt32 = 0) -> UInt32 {
    crc32(TensorBytes.view(bytes.span), from: start)
  }
}
