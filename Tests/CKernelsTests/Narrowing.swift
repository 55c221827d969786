import Testing

/// A floating-point type as a list of its values, to round to by definition rather than by bit tricks.
///
/// Non-negative patterns are numbered in the order of their values; the midpoint of two neighbours is a Double, exactly.
struct Narrowing: CustomTestStringConvertible {
  let name: String
  /// The pattern of infinity: one above the last finite one.
  let infinity: UInt32
  let signBit: UInt32
  private let finite: @Sendable (UInt32) -> Double

  static let f32 = Narrowing(name: "f32", infinity: 0x7F80_0000, signBit: 1 << 31) { Double(Float(bitPattern: $0)) }
  static let bf16 = Narrowing(name: "bf16", infinity: 0x7F80, signBit: 1 << 15) { Double(Float(bitPattern: $0 << 16)) }
  static let f16 = Narrowing(name: "f16", infinity: 0x7C00, signBit: 1 << 15) { pattern in
    let (exponent, fraction) = (Int(pattern >> 10), Double(pattern & 0x3FF))
    return exponent == 0
      ? fraction * 0x1p-24 : (1024 + fraction) * Double(sign: .plus, exponent: exponent - 25, significand: 1)
  }

  var testDescription: String { name }

  /// The value of a pattern; of infinity, what the next finite value would be.
  func value(_ pattern: UInt32) -> Double {
    pattern == infinity ? 2 * finite(infinity - 1) - finite(infinity - 2) : finite(pattern)
  }

  /// Halfway from a pattern to the next.
  func midpoint(_ pattern: UInt32) -> Double { (value(pattern) + value(pattern + 1)) / 2 }

  /// The pattern nearest to a number, ties to even.
  func pattern(of number: Double) -> UInt32 {
    let magnitude = number.magnitude
    var (low, high) = (UInt32(0), infinity)
    while high - low > 1 {
      let middle = low + (high - low) / 2
      if value(middle) <= magnitude { low = middle } else { high = middle }
    }
    let half = midpoint(low)
    let isUp = magnitude > half || (magnitude == half && !low.isMultiple(of: 2))
    let nearest = magnitude >= value(infinity) ? infinity : low + (isUp ? 1 : 0)
    return nearest | (number.sign == .minus ? signBit : 0)
  }

  func isBeyond(_ pattern: UInt32) -> Bool { pattern & ~signBit >= infinity }
}
