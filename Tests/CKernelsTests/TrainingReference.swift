import CKernels
import Testing

/// The lengths at which vector loops change their ways.
let lengths = [0, 1, 15, 16, 17, 127, 128, 129, 1000]

/// Floats that begin `shift` floats after a 64-byte boundary, between guards that nothing may touch.
/// The memory is never freed: nothing ties the life of an object to calls that were handed its pointer.
@safe struct Shifted {
  private let memory: UnsafeMutableBufferPointer<Float>
  private let start: Int
  let count: Int
  private static let guarded = 16
  private static let mark: Float = -12_345.678

  init(_ values: [Float], by shift: Int = 0) {
    (start, count) = (Self.guarded + shift, values.count)
    let total = start + count + Self.guarded
    // SAFETY: allocated here with room for `total` floats, all of them initialized below.
    unsafe memory = UnsafeMutableBufferPointer(
      start: UnsafeMutableRawPointer.allocate(byteCount: 4 * total, alignment: 64)
        .bindMemory(to: Float.self, capacity: total), count: total)
    unsafe memory.initialize(repeating: Self.mark)
    // SAFETY: start + i lies inside the allocation.
    for (i, value) in values.enumerated() { unsafe memory[start + i] = value }
  }

  init(repeating value: Float, count: Int, by shift: Int = 0) {
    self.init(Array(repeating: value, count: count), by: shift)
  }

  /// Where the values begin.
  var pointer: UnsafeMutablePointer<Float> {
    // SAFETY: inside the allocation, which is never empty.
    unsafe memory.baseAddress.unsafelyUnwrapped + start
  }

  /// The values; the guards are looked at, too.
  var values: [Float] {
    // SAFETY: the ranges lie inside the allocation.
    let before = unsafe memory[..<start].allSatisfy { $0 == Self.mark }
    let after = unsafe memory[(start + count)...].allSatisfy { $0 == Self.mark }
    #expect(before && after, "wrote outside its memory")
    return unsafe Array(memory[start..<start + count])
  }
}

/// Whether every value lies within `tolerance` of the reference, relative where that is larger than 1 or `floor`.
func expectClose(
  _ found: [Float], _ expected: [Double], _ tolerance: Double, floor: Double = 1, _ name: String = "",
  sourceLocation: SourceLocation = #_sourceLocation
) {
  guard found.count == expected.count else {
    Issue.record("\(name): \(found.count) values, not \(expected.count)", sourceLocation: sourceLocation)
    return
  }
  var worst = (error: 0.0, index: 0)
  for (i, (x, y)) in zip(found, expected).enumerated() where Double(x) != y {
    let error = abs(Double(x) - y) / max(abs(y), floor)
    // Written so that NaN is an error, too.
    if !(error <= worst.error) { worst = (error.isNaN ? .infinity : error, i) }
  }
  guard worst.error > tolerance else { return }
  Issue.record(
    "\(name)[\(worst.index)] is \(found[worst.index]), not \(expected[worst.index]): off by \(worst.error)",
    sourceLocation: sourceLocation)
}

/// The same for a whole tensor: errors count against its largest magnitude.
func expectCloseOverall(
  _ found: [Float], _ expected: [Double], _ tolerance: Double, _ name: String = "",
  sourceLocation: SourceLocation = #_sourceLocation
) {
  let largest = expected.reduce(1e-3) { max($0, abs($1)) }
  expectClose(found, expected, tolerance, floor: largest, name, sourceLocation: sourceLocation)
}

/// A dropout stream, and its factors by the documented order of the bits.
struct Stream {
  var key: (UInt32, UInt32) = (0x1234_5678, 0x9ABC_DEF0)
  var counter: (UInt32, UInt32, UInt32) = (7, 0xFFFF_FFFF, 3)
  /// Of 65,536.
  var threshold: UInt32 = 0

  /// The scale of a kept element: one over the part that is kept.
  var scale: Float { 65_536 / Float(65_536 - threshold) }

  var native: grf_dropout_stream {
    grf_dropout_stream(key: key, counter: counter, threshold: threshold, scale: scale)
  }

  /// What the elements are multiplied by.
  func factors(_ count: Int) -> [Float] {
    var blocks: [Int: [UInt32]] = [:]
    return (0..<count).map { e in
      if threshold == 0 { return scale }
      let block = 16 * (e / 128) + e % 16
      let words =
        blocks[block]
        ?? {
          var words: [UInt32] = [0, 0, 0, 0]
          unsafe grf_philox4x32_10(
            [UInt32(block), counter.0, counter.1, counter.2], [key.0, key.1], &words)
          return words
        }()
      blocks[block] = words
      let bits = (words[e % 128 / 32] >> (e % 32 / 16 == 0 ? 0 : 16)) & 0xFFFF
      return bits < threshold ? 0 : scale
    }
  }
}

func doubles(_ values: [Float]) -> [Double] { values.map { Double($0) } }

/// Bits to compare; one pattern stands for every NaN.
func patterns(_ values: [Float]) -> [UInt32] { values.map { $0.isNaN ? Float.nan.bitPattern : $0.bitPattern } }
