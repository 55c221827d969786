internal import PackedSequences

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// Random numbers drawn one after the other from a stream of their own, so that no entry depends on another.
struct Draws {
  /// The streams of one seed. The values decide what is made: never renumber them.
  enum Stream: UInt32 {
    case screenplay = 1
    case vocabulary, tokens
    case audioModel, audio
    case visionModel, vision
  }

  private let generator: CounterGenerator
  private let lane: UInt32
  private var index: UInt64 = 0
  private var normals: InlineArray<4, Double> = [0, 0, 0, 0]
  private var normalsLeft = 0

  /// - Parameter video: less than 65,536.
  init(seed: UInt64, _ stream: Stream, video: Int = 0) {
    generator = CounterGenerator(seed: seed, purpose: .synthesis)
    lane = stream.rawValue << 16 | UInt32(video)
  }

  private mutating func next() -> UInt64 {
    defer { index += 1 }
    return index
  }

  /// Uniform in [0, 1).
  mutating func uniform() -> Double { generator.uniform(at: next(), lane: lane) }

  mutating func uniform(_ range: ClosedRange<Double>) -> Double {
    range.lowerBound + uniform() * (range.upperBound - range.lowerBound)
  }

  mutating func integer(below bound: Int) -> Int { generator.integer(below: bound, at: next(), lane: lane) }

  mutating func exponential(mean: Double) -> Double { -mean * log(1 - uniform()) }

  /// Standard normal, four from one block of the generator.
  ///
  /// Source: Box and Muller 1958, "A note on the generation of random normal deviates".
  mutating func normal() -> Double {
    if normalsLeft == 0 {
      let words = generator.words(next(), lane: lane)
      (normals[0], normals[1]) = Self.normals(words.0, words.1)
      (normals[2], normals[3]) = Self.normals(words.2, words.3)
      normalsLeft = 4
    }
    normalsLeft -= 1
    return normals[normalsLeft]
  }

  mutating func normals(_ count: Int, deviation: Double) -> [Double] {
    (0..<count).map { _ in normal() * deviation }
  }

  private static func normals(_ first: UInt32, _ second: UInt32) -> (Double, Double) {
    // Half a step up, so that the logarithm is finite.
    let radius = (-2 * log((Double(first) + 0.5) * 0x1p-32)).squareRoot()
    let angle = 2 * Double.pi * (Double(second) * 0x1p-32)
    return (radius * cos(angle), radius * sin(angle))
  }
}
