internal import CKernels
internal import Shards

/// Numbers of a safetensors file, whose bytes need not be aligned.
enum FloatingTensor {
  /// Copies little-endian numbers as binary32; F64 is rounded.
  ///
  /// - Parameter target: as many elements as `bytes` holds.
  /// - Returns: false where the type is not a floating-point one; then nothing is copied.
  static func copy(_ bytes: RawSpan, type: TensorType, into target: inout MutableSpan<Float>) -> Bool {
    precondition(bytes.byteCount == target.count * type.byteCount)
    if target.isEmpty { return [.f32, .f64, .f16, .bf16].contains(type) }
    switch type {
    case .f32:
      unsafe target.withUnsafeMutableBytes { target in
        // SAFETY: both have the same number of bytes, as was checked above.
        unsafe bytes.withUnsafeBytes { unsafe target.copyMemory(from: $0) }
      }
    case .f64:
      for index in 0..<target.count {
        // SAFETY: index is below the count of elements, 8 bytes each.
        target[index] = Float(unsafe bytes.unsafeLoadUnaligned(fromByteOffset: 8 * index, as: Double.self))
      }
    case .f16, .bf16:
      let halves = (0..<target.count).map { index in
        // SAFETY: index is below the count of elements, 2 bytes each.
        unsafe bytes.unsafeLoadUnaligned(fromByteOffset: 2 * index, as: UInt16.self)
      }
      unsafe target.withUnsafeMutableBufferPointer { target in
        unsafe halves.withUnsafeBufferPointer { halves in
          guard let from = halves.baseAddress, let to = target.baseAddress else { return }
          // SAFETY: both buffers hold as many elements as are widened.
          if type == .f16 {
            unsafe grf_widen_f16(from, to, halves.count)
          } else {
            unsafe grf_widen_bf16(from, to, halves.count)
          }
        }
      }
    case .i64, .i32, .u8, .bool: return false
    }
    return true
  }
}
