internal import Crypto

extension StripSource {
  /// For each part: SHA-256 over its intervals as little-endian Doubles, then the stored sizes of its features' chunks
  /// as little-endian 64-bit integers.
  func digests(of intervals: [[Double]]) -> [[UInt8]] {
    zip(parts, intervals).map { part, intervals in
      var hash = SHA256()
      hash.update(numbers: intervals)
      hash.update(numbers: part.features?.chunkSizes ?? [part.entry.features.storedBytes])
      return Array(hash.finalize())
    }
  }
}

extension SHA256 {
  /// Numbers in the machine's order of bytes, which is little-endian on all that are supported.
  fileprivate mutating func update(numbers: [some BitwiseCopyable]) {
    // SAFETY: the bytes of an array of numbers are all initialised.
    unsafe numbers.withUnsafeBytes { unsafe update(bufferPointer: $0) }
  }
}
