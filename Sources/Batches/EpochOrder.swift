internal import PackedSequences

/// In which order an epoch visits the samples of a split: the sample at each position, computed and not stored.
///
/// The order is a function of (count, seed, epoch) alone, and any position of it is found in O(1) time and memory. So
/// training can go on at any batch of any epoch without having seen what came before.
///
/// A permutation is a Feistel network of 12 rounds over the smallest power of 4 that holds `count` numbers, its round
/// function Philox; a result that is no sample is fed in again until one comes out (cycle walking). The network has at
/// least 64 places: with 16, more rounds or fewer, the orders of five samples do not come out equally often.
///
/// Source: Black and Rogaway 2002, "Ciphers with arbitrary finite domains"; Salmon et al. 2011.
public struct EpochOrder: RandomAccessCollection, Sendable, Equatable {
  /// How many samples there are.
  public let count: Int
  public let seed: UInt64
  /// From 0.
  public let epoch: Int
  /// Whether the order is other than the split's own.
  public let isShuffled: Bool
  /// Bits of each half of the network.
  private let halfBits: UInt64

  private static let rounds: UInt32 = 12

  /// - Parameters:
  ///   - count: of samples, at least 0.
  ///   - epoch: `0 ..< 2³²`.
  ///   - isShuffled: where false, the samples come in the split's order, whatever seed and epoch are.
  public init(count: Int, seed: UInt64, epoch: Int, isShuffled: Bool = true) {
    precondition(count >= 0 && epoch >= 0 && epoch <= UInt32.max, "\(count) samples, epoch \(epoch)")
    self.count = count
    self.seed = seed
    self.epoch = epoch
    self.isShuffled = isShuffled
    let bits = Int.bitWidth - Swift.max(count - 1, 1).leadingZeroBitCount
    halfBits = UInt64(Swift.max((bits + 1) / 2, 3))
  }

  /// The order of the epoch that follows; the same where samples are not shuffled.
  public var next: EpochOrder {
    isShuffled ? EpochOrder(count: count, seed: seed, epoch: epoch + 1) : self
  }

  public var startIndex: Int { 0 }
  public var endIndex: Int { count }

  /// The sample at a position.
  ///
  /// - Complexity: O(1): on average fewer than 48 rounds, for 16 samples and fewer 768 / count.
  public subscript(position: Int) -> Int {
    precondition(position >= 0 && position < count, "position \(position) of \(count)")
    guard isShuffled else { return position }
    let generator = CounterGenerator(seed: seed, purpose: .shuffle)
    var place = UInt64(position)
    // A permutation leads back into the samples whence it came, so that this ends.
    repeat { place = permuted(place, generator) } while place >= UInt64(count)
    return Int(place)
  }

  private func permuted(_ place: UInt64, _ generator: CounterGenerator) -> UInt64 {
    let mask = (UInt64(1) << halfBits) - 1
    var (left, right) = (place >> halfBits, place & mask)
    for round in 0..<Self.rounds {
      let word = UInt64(generator.words(UInt64(epoch) << 32 | right, lane: round).0)
      (left, right) = (right, left ^ (word & mask))
    }
    return left << halfBits | right
  }
}
