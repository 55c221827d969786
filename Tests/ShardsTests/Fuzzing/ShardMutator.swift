@testable import Shards

/// A small fast generator: the same numbers for the same seed, everywhere.
struct SplitMix: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &self) }

  /// Numbers at which sizes and offsets go wrong.
  mutating func edge() -> Int64 {
    let edges: [Int64] = [
      0, 1, 2, -1, 7, 8, 63, 64, 65, 127, 128, 255, 256, 4095, 4096, 0xFFFF, 1 << 20, 0x7FFF_FFFF, 1 << 31, 0xFFFF_FFFF,
      1 << 32, 1 << 40, 1 << 50, 1 << 61, .max - 1, .max, .min,
    ]
    return edges[below(edges.count)]
  }
}

/// Damages files in ways that look like files: numbers at the edge, values moved, texts cut and repeated.
struct ShardMutator {
  var draw: SplitMix

  /// Damages bytes anywhere within `range`, and at times the length.
  mutating func damage(_ bytes: inout [UInt8], in range: Range<Int>? = nil, keepsLength: Bool = false) {
    for _ in 0..<[1, 1, 1, 2, 4][draw.below(5)] {
      let range = (range ?? 0..<bytes.count).clamped(to: 0..<bytes.count)
      if range.isEmpty { return }
      let place = range.lowerBound + draw.below(range.count)
      switch draw.below(keepsLength ? 6 : 9) {
      case 0: bytes[place] ^= 1 << UInt8(draw.below(8))
      case 1: bytes[place] = UInt8(draw.below(256))
      case 2, 3: poke(&bytes, place, draw.edge(), width: [1, 2, 4, 8][draw.below(4)])
      case 4:
        let count = min(1 + draw.below(64), bytes.count - place)
        for i in place..<place + count { bytes[i] = draw.below(2) == 0 ? 0 : 0xFF }
      case 5:
        let count = min(1 + draw.below(64), bytes.count - place)
        let from = draw.below(bytes.count - count + 1)
        bytes.replaceSubrange(place..<place + count, with: Array(bytes[from..<from + count]))
      case 6: bytes.removeSubrange(place...)
      case 7: bytes.removeSubrange(place..<min(bytes.count, place + 1 + draw.below(32)))
      default: bytes.insert(contentsOf: (0..<1 + draw.below(32)).map { _ in UInt8(draw.below(256)) }, at: place)
      }
    }
  }

  func poke(_ bytes: inout [UInt8], _ place: Int, _ value: Int64, width: Int) {
    for i in 0..<width where place + i < bytes.count { bytes[place + i] = UInt8(truncatingIfNeeded: value >> (8 * i)) }
  }

  /// Damages JSON so that it mostly stays JSON: numbers, words between quotation marks, order.
  mutating func damageText(_ text: inout [UInt8]) {
    for _ in 0..<1 + draw.below(2) {
      let numbers = Self.runs(text) { (0x30...0x39).contains($0) }
      let words = Self.runs(text) { $0 != UInt8(ascii: "\"") && $0 > 0x20 && $0 != UInt8(ascii: ":") }
      guard numbers.count > 1, words.count > 1 else { return }
      switch draw.below(8) {
      case 0...2: text.replaceSubrange(numbers[draw.below(numbers.count)], with: Array("\(draw.edge())".utf8))
      case 3, 4:
        let run = numbers[draw.below(numbers.count)]
        let value = Int(String(decoding: text[run], as: UTF8.self)) ?? 0
        text.replaceSubrange(run, with: Array("\(value &+ [1, -1, 8, 64, -64][draw.below(5)])".utf8))
      case 5: swap(&text, numbers[draw.below(numbers.count)], numbers[draw.below(numbers.count)])
      case 6: swap(&text, words[draw.below(words.count)], words[draw.below(words.count)])
      default: damage(&text)
      }
    }
  }

  private func swap(_ text: inout [UInt8], _ left: Range<Int>, _ right: Range<Int>) {
    let (low, high) = left.lowerBound < right.lowerBound ? (left, right) : (right, left)
    if low.upperBound > high.lowerBound { return }
    let (first, second) = (Array(text[low]), Array(text[high]))
    text.replaceSubrange(high, with: first)
    text.replaceSubrange(low, with: second)
  }

  private static func runs(_ text: [UInt8], _ holds: (UInt8) -> Bool) -> [Range<Int>] {
    var runs: [Range<Int>] = []
    var start: Int?
    for (i, byte) in text.enumerated() {
      if holds(byte) {
        start = start ?? i
      } else if let begun = start {
        runs.append(begun..<i)
        start = nil
      }
    }
    return runs
  }
}
