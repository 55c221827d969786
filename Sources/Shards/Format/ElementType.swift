/// How the values of a modality are stored.
public enum ElementType: String, Sendable {
  /// IEEE 754 binary32.
  case f32
  /// IEEE 754 binary16.
  case f16
  /// The upper half of a binary32.
  case bf16
  /// IEEE 754 binary64: averages in a part of a dataset, before they are normalized; never in a finished one.
  case f64

  /// Bytes of one value.
  public var byteCount: Int { tensorType.byteCount }

  var tensorType: TensorType {
    switch self {
    case .f32: .f32
    case .f16: .f16
    case .bf16: .bf16
    case .f64: .f64
    }
  }
}

extension ElementType: CaseIterable {
  /// What a finished dataset may hold.
  public static let allCases: [ElementType] = [.f32, .f16, .bf16]
}

/// The element types that a shard's tensors have, by their safetensors names.
package enum TensorType: String, Sendable {
  case f64 = "F64"
  case f32 = "F32"
  case f16 = "F16"
  case bf16 = "BF16"
  case i64 = "I64"
  case i32 = "I32"
  case u8 = "U8"
  case bool = "BOOL"

  package var byteCount: Int {
    switch self {
    case .f64, .i64: 8
    case .f32, .i32: 4
    case .f16, .bf16: 2
    case .u8, .bool: 1
    }
  }

  /// The bytes of a tensor, or nil where they are more than an `Int` holds.
  func byteCount(shape: [Int]) -> Int? {
    // A zero anywhere makes the tensor empty, however large the other dimensions are; they must still multiply.
    var bytes = byteCount
    for size in shape {
      let (product, overflows) = bytes.multipliedReportingOverflow(by: max(size, 1))
      if overflows || size < 0 { return nil }
      bytes = product
    }
    return shape.contains(0) ? 0 : bytes
  }
}
