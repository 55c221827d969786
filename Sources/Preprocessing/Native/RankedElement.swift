internal import CKernels

/// A number whose bits give a key that sorts as the numbers do.
package protocol RankedElement: BitwiseCopyable, Sendable {
  static var keyBits: Int { get }
  static func value(ofKey key: UInt64) -> Double

  /// Adds the digits of one column of `[rows, width]` to histograms that begin at `base`, one a prefix.
  static func count(
    _ values: Span<Self>, width: Int, column: Int, valid: [UInt8]?, shift: Int, bits: Int, prefixes: [UInt64],
    into counts: inout [UInt64], at base: Int)
}

/// A kernel that counts digits, of either type.
private typealias DigitCounter<Element> = (
  UnsafePointer<Element>?, Int, Int, UnsafePointer<UInt8>?, UInt32, UInt32, UnsafePointer<UInt64>?, Int,
  UnsafeMutablePointer<UInt64>?
) -> Void

extension RankedElement {
  fileprivate static func count(
    _ values: Span<Self>, width: Int, column: Int, valid: [UInt8]?, shift: Int, bits: Int, prefixes: [UInt64],
    into counts: inout [UInt64], at base: Int, _ kernel: DigitCounter<Self>
  ) {
    precondition((0..<width).contains(column) && values.count % width == 0)
    precondition(counts.count >= base + prefixes.count << bits)
    let rows = values.count / width
    guard rows > 0 else { return }
    unsafe values.withUnsafeBufferPointer { values in
      unsafe counts.withUnsafeMutableBufferPointer { counts in
        guard let first = values.baseAddress, let target = counts.baseAddress else { return }
        func run(_ valid: UnsafePointer<UInt8>?) {
          // SAFETY: the column's values end with the rows, there is a flag a row, and a histogram of 2^bits a prefix.
          unsafe kernel(
            first + column, rows, width, valid, UInt32(shift), UInt32(bits), prefixes, prefixes.count, target + base)
        }
        if let valid {
          precondition(valid.count >= rows)
          unsafe valid.withUnsafeBufferPointer { unsafe run($0.baseAddress) }
        } else {
          run(nil)
        }
      }
    }
  }
}

extension Float: RankedElement {
  package static var keyBits: Int { 32 }

  package static func value(ofKey key: UInt64) -> Double {
    let bits = UInt32(truncatingIfNeeded: key)
    return Double(Float(bitPattern: bits >> 31 == 1 ? bits & 0x7fff_ffff : ~bits))
  }

  package static func count(
    _ values: Span<Float>, width: Int, column: Int, valid: [UInt8]?, shift: Int, bits: Int, prefixes: [UInt64],
    into counts: inout [UInt64], at base: Int
  ) {
    unsafe count(
      values, width: width, column: column, valid: valid, shift: shift, bits: bits, prefixes: prefixes, into: &counts,
      at: base, grf_count_digits_f32)
  }
}

extension Double: RankedElement {
  package static var keyBits: Int { 64 }

  package static func value(ofKey key: UInt64) -> Double {
    Double(bitPattern: key >> 63 == 1 ? key & 0x7fff_ffff_ffff_ffff : ~key)
  }

  package static func count(
    _ values: Span<Double>, width: Int, column: Int, valid: [UInt8]?, shift: Int, bits: Int, prefixes: [UInt64],
    into counts: inout [UInt64], at base: Int
  ) {
    unsafe count(
      values, width: width, column: column, valid: valid, shift: shift, bits: bits, prefixes: prefixes, into: &counts,
      at: base, grf_count_digits_f64)
  }
}
