extension RawSpan {
  /// Whether the bytes begin as HTML and XML do. No HDF5 file does, with or without a user block of zeros.
  var looksLikePage: Bool {
    for i in 0..<Swift.min(byteCount, 512) {
      // SAFETY: the offset is less than the count of bytes.
      let byte = unsafe unsafeLoad(fromByteOffset: i, as: UInt8.self)
      if byte == UInt8(ascii: "<") { return true }
      // White space, and the mark of UTF-8.
      if ![0x09, 0x0A, 0x0D, 0x20, 0xEF, 0xBB, 0xBF].contains(byte) { return false }
    }
    return false
  }
}

extension RawSpan {
  /// The bytes, as an array of their own.
  var copied: [UInt8] {
    // SAFETY: the buffer is read within the call only.
    unsafe withUnsafeBytes { unsafe Array($0) }
  }
}
