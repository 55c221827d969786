internal import Crypto

extension StripSource {
  /// For each part: SHA-256 over its intervals as little-endian Doubles, then the stored sizes of its features' chunks
  /// as little-endian 64-bit integers.
  func digests(of intervals: [[Double]]) -> [[UInt8]] {
    zip(parts, intervals).map { part, intervals in
      var hash = SHA256()
      hash.update(littleEndian: intervals.map(\.bitPattern))
      let sizes = part.features?.chunkSizes ?? [part.entry.features.storedBytes]
      hash.update(littleEndian: sizes.map { UInt64($0) })
      return Array(hash.finalize())
    }
  }
}

extension SHA256 {
  fileprivate mutating func update(littleEndian words: [UInt64]) {
    // SAFETY: the bytes of an array of integers are all initialised.
    unsafe words.map(\.littleEndian).withUnsafeBytes { unsafe update(bufferPointer: $0) }
  }
}
