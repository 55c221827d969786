#if _endian(big)
  #error("Shards are little-endian and mapped as they lie on disk: a big-endian machine cannot read them.")
#endif

/// Numbers as the bytes that a shard holds, and back.
package enum TensorBytes {
  /// The little-endian bytes of `values`, as they stand in a tensor.
  package static func of<Element: BitwiseCopyable>(_ values: [Element]) -> [UInt8] {
    // SAFETY: any initialized element without references may be read as bytes.
    unsafe values.withUnsafeBytes { unsafe Array($0) }
  }

  /// The little-endian numbers in `bytes`, which need not be aligned.
  package static func integers(_ bytes: [UInt8]) -> [Int64] {
    stride(from: 0, to: bytes.count - 7, by: 8).map { start in
      Int64(bitPattern: bytes[start..<start + 8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
    }
  }

  package static func doubles(_ bytes: [UInt8]) -> [Double] {
    integers(bytes).map { Double(bitPattern: UInt64(bitPattern: $0)) }
  }

  /// The bytes under a span of numbers.
  @_lifetime(copy values)
  package static func view<Element: BitwiseCopyable>(_ values: Span<Element>) -> RawSpan {
    // SAFETY: the numbers that shards hold have no padding bytes.
    unsafe values.bytes
  }
}

extension RawSpan {
  /// The bytes as elements.
  ///
  /// - Precondition: the bytes are a whole number of elements and aligned for them. The reader has checked both of
  ///   every tensor when it opened the shard: tensors start on 64 bytes, in a mapping that starts on a page.
  @_lifetime(copy self)
  func elements<Element: BitwiseCopyable>(as type: Element.Type) -> Span<Element> {
    precondition(byteCount % MemoryLayout<Element>.stride == 0)
    let aligned = unsafe withUnsafeBytes {
      UInt(bitPattern: $0.baseAddress) % UInt(MemoryLayout<Element>.alignment) == 0
    }
    precondition(aligned)
    // SAFETY: count and alignment were checked; all bit patterns of the numbers that shards hold are valid.
    return unsafe _unsafeView(as: type)
  }
}

extension String {
  /// Copies UTF-8 text; what is not UTF-8 is replaced.
  init(decodingUTF8 bytes: Span<UInt8>) {
    self = unsafe bytes.withUnsafeBufferPointer {
      // SAFETY: the buffer is read while the span lives, and copied.
      unsafe String(decoding: $0, as: UTF8.self)
    }
  }
}
