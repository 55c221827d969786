import CKernels
import PackedSequences
import Testing

@Suite struct `A counter generator` {
  /// Known answers for Philox 4x32-10: counter, key, result.
  ///
  /// Source: `kat_vectors` of Random123, the reference implementation of Salmon et al. 2011.
  private static let knownAnswers: [([UInt32], [UInt32], [UInt32])] = [
    ([0, 0, 0, 0], [0, 0], [0x6627_E8D5, 0xE169_C58D, 0xBC57_AC4C, 0x9B00_DBD8]),
    (
      [.max, .max, .max, .max], [.max, .max], [0x408F_276D, 0x41C8_3B0E, 0xA20B_C7C6, 0x6D54_51FD]
    ),
    (
      [0x243F_6A88, 0x85A3_08D3, 0x1319_8A2E, 0x0370_7344], [0xA409_3822, 0x299F_31D0],
      [0xD16C_FE09, 0x94FD_CCEB, 0x5001_E420, 0x2412_6EA1]
    ),
  ]

  private static func philox(_ counter: [UInt32], _ key: [UInt32]) -> [UInt32] {
    var result: [UInt32] = [0, 0, 0, 0]
    // SAFETY: the arrays have the lengths that the kernel reads and writes.
    unsafe grf_philox4x32_10(counter, key, &result)
    return result
  }

  @Test func `gives the published answers`() {
    for (counter, key, result) in Self.knownAnswers { #expect(Self.philox(counter, key) == result) }
  }

  @Test(arguments: [0, 1, 0x299F_31D0_A409_3822, .max] as [UInt64], [CounterGenerator.Purpose.folds, .synthesis])
  func `counts index, lane and purpose under the seed`(seed: UInt64, purpose: CounterGenerator.Purpose) {
    let generator = CounterGenerator(seed: seed, purpose: purpose)
    for (index, lane) in [(0, 0), (1, 0), (0, 1), (0x8_5A30_8D32_43F6, 0x1319_8A2E), (.max, .max)] as [(UInt64, UInt32)]
    {
      let (a, b, c, d) = generator.words(index, lane: lane)
      let counter = [UInt32(truncatingIfNeeded: index), UInt32(index >> 32), lane, purpose.rawValue]
      #expect([a, b, c, d] == Self.philox(counter, [UInt32(truncatingIfNeeded: seed), UInt32(seed >> 32)]))
    }
  }

  @Test func `keeps the numbers of its purposes, which datasets and seeds depend on`() {
    let purposes: [CounterGenerator.Purpose] = [.folds, .synthesis, .shuffle, .initialization, .dropout]
    #expect(purposes.map(\.rawValue) == [1, 2, 3, 4, 5])
  }

  @Test(arguments: [1, 2, 3, 10, 1 << 40, .max])
  func `draws integers below their bound`(bound: Int) {
    let generator = CounterGenerator(seed: 5, purpose: .synthesis)
    let draws = (0..<2000).map { generator.integer(below: bound, at: UInt64($0)) }
    #expect(draws.allSatisfy { (0..<bound).contains($0) })
    if bound <= 10 { #expect(Set(draws).count == bound) }
    let mean = draws.reduce(0) { $0 + Double($1) / Double(bound) } / 2000
    #expect(abs(mean - 0.5 + 0.5 / Double(bound)) < 0.03)
  }

  @Test func `draws uniform numbers of 53 bits from 0 up to, not including, 1`() {
    let generator = CounterGenerator(seed: 5, purpose: .synthesis)
    let draws = (0..<4000).map { generator.uniform(at: UInt64($0), lane: 3) }
    #expect(draws.allSatisfy { $0 >= 0 && $0 < 1 && $0 * 0x1p53 == ($0 * 0x1p53).rounded() })
    #expect(Set(draws).count == 4000)
    #expect(abs(draws.reduce(0, +) / 4000 - 0.5) < 0.02)
  }

  @Test(arguments: [0, 1, 2, 3, 24, 93, 1000])
  func `permutes each number to one place`(count: Int) {
    let generator = CounterGenerator(seed: 0, purpose: .folds)
    let order = generator.permutation(of: count)
    #expect(order.sorted() == Array(0..<count))
    #expect(order == generator.permutation(of: count))
    if count > 3 { #expect(order != Array(0..<count)) }
  }

  @Test func `permutes otherwise under another seed or purpose`() {
    let orders = [
      CounterGenerator(seed: 0, purpose: .folds), CounterGenerator(seed: 1, purpose: .folds),
      CounterGenerator(seed: 1 << 32, purpose: .folds), CounterGenerator(seed: 0, purpose: .synthesis),
    ].map { $0.permutation(of: 20) }
    #expect(Set(orders).count == 4)
  }

  /// Computed apart, in Python, from the definition: swap the last place with one drawn below it, then the next to last.
  @Test func `permutes as it always did`() {
    let generator = CounterGenerator(seed: 0, purpose: .folds)
    #expect(generator.permutation(of: 10) == [5, 1, 6, 2, 0, 7, 8, 3, 4, 9])
    #expect(
      generator.permutation(of: 24)
        == [5, 12, 19, 22, 16, 18, 8, 10, 17, 15, 3, 0, 1, 13, 9, 20, 11, 21, 7, 6, 14, 23, 2, 4])
  }

  @Test(arguments: [0, 1])
  func `reaches every order of three about equally often`(lane: Int) {
    var counts: [[Int]: Int] = [:]
    for seed in 0..<6000 {
      counts[CounterGenerator(seed: UInt64(seed) << (32 * lane), purpose: .folds).permutation(of: 3), default: 0] += 1
    }
    #expect(counts.count == 6 && counts.values.allSatisfy { abs($0 - 1000) < 150 })
  }
}
