internal import Files

extension File {
  /// Writes the first `count` bytes of `buffer`.
  func write(_ buffer: [UInt8], count: Int, at offset: Int) throws(FileError) {
    try write(TensorBytes.view(buffer.span).extracting(0..<count), at: offset)
  }

  /// Reads `count` bytes at `offset` to the start of `buffer`, which must be at least as long.
  func read(_ count: Int, at offset: Int, into buffer: inout [UInt8]) throws(FileError) {
    precondition(count <= buffer.count)
    var failure: FileError?
    unsafe buffer.withUnsafeMutableBytes { bytes in
      do throws(FileError) {
        // SAFETY: the first `count` bytes of the buffer, which the precondition grants.
        try unsafe read(into: UnsafeMutableRawBufferPointer(rebasing: bytes[..<count]), at: offset)
      } catch { failure = error }
    }
    if let failure { throw failure }
  }
}
