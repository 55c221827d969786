import Batches
import Testing

@Suite struct `The order of an epoch` {
  @Test func `visits every sample once, for 0 to 2000 samples`() {
    for count in 0...2000 {
      let order = EpochOrder(count: count, seed: UInt64(count) &* 0x9E37_79B9_7F4A_7C15, epoch: count % 5)
      var seen = [Bool](repeating: false, count: count)
      for sample in order { seen[sample] = true }
      #expect(order.count == count && seen.allSatisfy { $0 }, "\(count) samples")
    }
  }

  /// Computed apart, in Python, from the definition: Philox, 12 rounds of a Feistel network, cycle walking.
  @Test func `is as it always was`() {
    #expect(Array(EpochOrder(count: 10, seed: 0, epoch: 0)) == [7, 1, 3, 4, 2, 0, 6, 8, 9, 5])
    #expect(Array(EpochOrder(count: 10, seed: 0, epoch: 1)) == [1, 9, 7, 6, 0, 8, 4, 2, 5, 3])
    #expect(Array(EpochOrder(count: 10, seed: 1, epoch: 0)) == [6, 5, 7, 9, 4, 1, 3, 8, 0, 2])
    #expect(
      Array(EpochOrder(count: 24, seed: 1 << 40 + 7, epoch: 3))
        == [23, 18, 16, 12, 11, 8, 9, 17, 4, 1, 0, 20, 19, 2, 5, 21, 22, 15, 7, 10, 13, 3, 14, 6])
    let mosi = EpochOrder(count: 1284, seed: 0, epoch: 0)
    #expect(
      (0..<12).map { mosi[$0] }
        == [244, 419, 1034, 513, 168, 439, 614, 1157, 959, 381, 518, 649])
    let large = EpochOrder(count: 1_000_000_000_000, seed: 5, epoch: 0xFFFF_FFFF)
    #expect(
      [0, 1, 2, 999_999_999_999].map { large[$0] } == [
        580_767_205_575, 301_144_981_276, 642_317_067_807, 292_059_836_431,
      ]
    )
    #expect(Array(EpochOrder(count: 3, seed: 0, epoch: 2)) == [2, 0, 1])
  }

  @Test(arguments: [(2, 2), (3, 6), (4, 24), (5, 120)])
  func `is each of the possible ones about equally often`(count: Int, orders: Int) {
    var found: [[Int]: Int] = [:]
    let expected = 400.0
    for epoch in 0..<orders * Int(expected) {
      found[Array(EpochOrder(count: count, seed: 3, epoch: epoch)), default: 0] += 1
    }
    let chi2 = found.values.reduce(0) { $0 + (Double($1) - expected) * (Double($1) - expected) / expected }
    // Mean of a chi-squared variable plus five of its deviations.
    let freedom = Double(orders - 1)
    #expect(found.count == orders && chi2 < freedom + 5 * (2 * freedom).squareRoot(), "\(chi2)")
  }

  @Test func `puts every sample at every position about equally often`() {
    let (count, epochs) = (60, 6000)
    var found = [Int](repeating: 0, count: count * count)
    for epoch in 0..<epochs {
      for (position, sample) in EpochOrder(count: count, seed: 11, epoch: epoch).enumerated() {
        found[position * count + sample] += 1
      }
    }
    let expected = Double(epochs) / Double(count)
    let chi2 = found.reduce(0) { $0 + (Double($1) - expected) * (Double($1) - expected) / expected }
    let freedom = Double((count - 1) * (count - 1))
    #expect(abs(chi2 - freedom) < 5 * (2 * freedom).squareRoot(), "\(chi2)")
  }

  /// Of two random numbers below n, the mean distance is n / 3.
  @Test func `keeps no neighbours together`() {
    let order = EpochOrder(count: 3000, seed: 1, epoch: 0)
    let steps = zip(order, order.dropFirst()).map { Double(abs($0 - $1)) }
    let mean = steps.reduce(0, +) / 2999
    // The deviation of a distance is n / √18, that of their mean 13.
    #expect(abs(mean - 1000) < 65)
  }

  @Test func `is another one in another epoch and under another seed`() {
    let orders = [0, 1, 2].flatMap { epoch in
      [0, 1, 1 << 32, .max].map { seed in Array(EpochOrder(count: 50, seed: seed, epoch: epoch)) }
    }
    #expect(Set(orders).count == orders.count)
  }

  @Test func `is followed by the next epoch's`() {
    let order = EpochOrder(count: 7, seed: 2, epoch: 4)
    #expect(order.next == EpochOrder(count: 7, seed: 2, epoch: 5) && order.next != order)
  }

  @Test func `is the split's own where samples are not shuffled`() {
    let order = EpochOrder(count: 100, seed: 9, epoch: 3, isShuffled: false)
    #expect(Array(order) == Array(0..<100) && order.next == order)
  }
}
