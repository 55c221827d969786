internal import CDeflate
package import Files

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

  /// Of a whole file, in blocks of 1 MiB.
  package static func crc32(of file: borrowing File) throws(ShardError) -> UInt32 {
    let size = try ShardError.files { () throws(FileError) in try file.size }
    var checksum: UInt32 = 0
    for start in stride(from: 0, to: size, by: ShardLayout.blockBytes) {
      let bytes = try ShardError.files { () throws(FileError) in
        try file.read(bytes: min(ShardLayout.blockBytes, size - start), at: start)
      }
      checksum = crc32(bytes, from: checksum)
    }
    return checksum
  }
}
