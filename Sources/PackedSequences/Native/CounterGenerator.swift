internal import CKernels

/// Random numbers that are a function of where they are used: Philox 4x32-10 over a counter, under a key.
///
/// The same (seed, purpose, index) gives the same number in any order, on any thread, after any interruption. Not for
/// secrets.
///
/// Source: Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3".
public struct CounterGenerator: Sendable {
  /// Separates the streams of one seed. Datasets and seeds depend on the values: never renumber them.
  public enum Purpose: UInt32, Sendable {
    case folds = 1
    case synthesis = 2
    /// The order of the samples in an epoch.
    case shuffle = 3
    /// A model's weights before training.
    case initialization = 4
    /// Which activations are dropped.
    case dropout = 5
    /// What a search tries.
    case search = 16
  }

  private let seed: UInt64
  private let purpose: Purpose

  public init(seed: UInt64, purpose: Purpose) {
    self.seed = seed
    self.purpose = purpose
  }

  /// The four 32-bit words at (`index`, `lane`).
  public func words(_ index: UInt64, lane: UInt32 = 0) -> (UInt32, UInt32, UInt32, UInt32) {
    let counter: InlineArray<4, UInt32> = [
      UInt32(truncatingIfNeeded: index), UInt32(truncatingIfNeeded: index >> 32), lane, purpose.rawValue,
    ]
    let key: InlineArray<2, UInt32> = [UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32)]
    var result: InlineArray<4, UInt32> = [0, 0, 0, 0]
    let (counterSpan, keySpan) = (counter.span, key.span)
    var resultSpan = result.mutableSpan
    unsafe counterSpan.withUnsafeBufferPointer { counter in
      unsafe keySpan.withUnsafeBufferPointer { key in
        unsafe resultSpan.withUnsafeMutableBufferPointer { result in
          // SAFETY: the three arrays have the lengths that the kernel reads and writes.
          unsafe grf_philox4x32_10(counter.baseAddress, key.baseAddress, result.baseAddress)
        }
      }
    }
    return (result[0], result[1], result[2], result[3])
  }

  /// A number in `0 ..< bound` without bias worth mentioning: 64 random bits scaled, so off by at most bound / 2⁶⁴.
  public func integer(below bound: Int, at index: UInt64, lane: UInt32 = 0) -> Int {
    let (a, b, _, _) = words(index, lane: lane)
    return Int((UInt64(a) << 32 | UInt64(b)).multipliedFullWidth(by: UInt64(bound)).high)
  }

  /// Uniform in [0, 1), 53 bits.
  public func uniform(at index: UInt64, lane: UInt32 = 0) -> Double {
    let (a, b, _, _) = words(index, lane: lane)
    return Double((UInt64(a) << 32 | UInt64(b)) >> 11) * 0x1p-53
  }

  /// Fisher and Yates's permutation of `0 ..< count`.
  public func permutation(of count: Int) -> [Int] {
    var order = Array(0..<count)
    for last in stride(from: count - 1, to: 0, by: -1) {
      order.swapAt(last, integer(below: last + 1, at: UInt64(last)))
    }
    return order
  }
}
