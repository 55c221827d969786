import Testing

@testable import Autodiff

@Suite("A causal mask")
struct KeyLimitsTests {
  /// Samples of the given masks, one byte a stored frame.
  private static func frames(_ masks: [[UInt8]]) -> PackedFrames {
    var frames = PackedFrames(columns: 1)
    let values = [Float](repeating: 1, count: 64)
    for mask in masks {
      frames.append(MappedRows(values.span.extracting(first: mask.count), columns: 1), valid: mask.span)
    }
    return frames
  }

  /// By the definition, over stored frames; an empty sample is one valid frame.
  private static func expected(_ queries: [UInt8], _ keys: [UInt8]) -> [Int32] {
    let (queries, keys) = ([queries, keys].map { $0.contains { $0 != 0 } ? $0 : [1] }).pair
    return queries.indices.filter { queries[$0] != 0 }.map { i in
      Int32(keys.indices.count { j in keys[j] != 0 && j <= i + abs(keys.count - queries.count) })
    }
  }

  @Test("lets a query see the keys up to its own place and the difference of the lengths")
  func definition() {
    let masks: [[UInt8]] = [
      [], [1], [0], [1, 1, 1], [0, 0, 1, 1], [1, 0, 0, 1, 1, 0], [0, 1, 0], [1, 1, 1, 1, 1, 1, 1, 0],
    ]
    for queries in masks {
      for keys in masks {
        let limits = KeyLimits(
          queries: Self.frames([[1, 1], queries, queries]), keys: Self.frames([[1, 0, 1], keys, keys]))
        let one = Self.expected(queries, keys)
        #expect(limits.counts == Self.expected([1, 1], [1, 0, 1]) + one + one, "\(queries) \(keys)")
      }
    }
  }

  @Test("hides everything from a query before the first valid key")
  func nothing() {
    #expect(
      KeyLimits(queries: Self.frames([[1, 1, 1]]), keys: Self.frames([[0, 0, 1]])).counts == [0, 0, 1])
  }
}

extension [[UInt8]] {
  fileprivate var pair: ([UInt8], [UInt8]) { (self[0], self[1]) }
}
