#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// Words, some of which carry sentiment, with a vector each.
struct Vocabulary {
  private static let sentimental: [(valence: Int, words: [String])] = [
    (-2, ["awful", "hate", "horrible", "terrible", "worst"]),
    (-1, ["bad", "boring", "dull", "slow", "weak"]),
    (1, ["enjoyed", "fun", "good", "like", "nice"]),
    (2, ["amazing", "brilliant", "love", "perfect", "wonderful"]),
  ]
  private static let neutral = [
    "the", "a", "movie", "and", "it", "was", "of", "i", "that", "this", "to", "you", "in", "is", "they", "um", "so",
    "but", "with", "film", "really", "just", "story", "characters", "scene", "actors", "director", "cinema", "sequel",
    "cliché",
  ]
  private static let syllables = ["ka", "ro", "mi", "len", "tas", "vo", "sir", "ne", "pal", "du", "gen", "or"]

  /// The pause, spelled as forced aligners do; its vector is zero.
  static let pause = "sp"

  let words: [String]
  /// Where each valence's words start in `words`, by −2, −1, 1, 2, and last the neutral ones.
  private let starts: [Int]
  private let vectors: [Float]
  let dimension: Int

  /// - Parameters:
  ///   - invented: how many neutral words to make up besides the real ones.
  ///   - dimension: of the vectors, whose values are multiples of 2⁻¹⁰.
  init(seed: UInt64, invented: Int, dimension: Int) {
    var words: [String] = []
    var starts: [Int] = []
    var valences: [Double] = []
    for (valence, group) in Self.sentimental {
      starts.append(words.count)
      words += group
      valences += group.map { _ in Double(valence) }
    }
    starts.append(words.count)
    words += Self.neutral
    let base = Self.syllables.count
    words += (0..<invented).map { number in
      // Counting in syllables from three digits on makes no word twice.
      var (word, rest) = ("", number + base * base)
      while rest > 0 { (word, rest) = (Self.syllables[rest % base] + word, rest / base) }
      return word
    }
    var draws = Draws(seed: seed, .vocabulary)
    let direction = draws.normals(dimension, deviation: 0.4)
    vectors = words.indices.flatMap { word in
      direction.map { along in
        let value = 0.3 * draws.normal() + along * (word < valences.count ? valences[word] : 0)
        return Float((value * 1024).rounded() / 1024)
      }
    }
    (self.words, self.starts, self.dimension) = (words, starts, dimension)
  }

  /// Appends the vector of a token: zero for a pause.
  func appendVector(of token: Token, to values: inout [Float]) {
    if let word = token.word {
      values.append(contentsOf: vectors[word * dimension..<(word + 1) * dimension])
    } else {
      values.append(contentsOf: repeatElement(0, count: dimension))
    }
  }

  func text(of token: Token) -> String { token.word.map { words[$0] } ?? Self.pause }

  /// A word for someone who feels `sentiment`, −1.5...1.5: mostly one of about that valence.
  func word(for sentiment: Double?, _ draws: inout Draws) -> Int {
    let target = (sentiment ?? 0) / 0.75
    let valence = Int(target.rounded(.down)) + (draws.uniform() < target - target.rounded(.down) ? 1 : 0)
    if let group = [-2, -1, 1, 2].firstIndex(of: valence), draws.uniform() < 0.8 {
      return starts[group] + draws.integer(below: starts[group + 1] - starts[group])
    }
    // The rank of a neutral word is log-uniform, which is about Zipf's law.
    let count = words.count - starts[4]
    return starts[4] + min(Int(pow(Double(count + 1), draws.uniform())), count) - 1
  }
}

/// A spoken word or a pause.
struct Token {
  /// Nil for a pause.
  let word: Int?
  /// Seconds.
  let start, end: Double

  /// What is said in a video, without gaps: a word takes 0.27 s on average, a pause 0.39 s.
  static func all(in play: Screenplay, video: Int, vocabulary: Vocabulary, seed: UInt64) -> [Token] {
    var draws = Draws(seed: seed, .tokens, video: video)
    var reader = PartReader(play, .text)
    var tokens: [Token] = []
    var time = 0.0
    while time < play.duration {
      let isPause = draws.uniform() < 0.16
      let length = (isPause ? 0.12 : 0.1) + draws.exponential(mean: isPause ? 0.27 : 0.17)
      let end = min(time + length, play.duration)
      let sentiment = reader.part(at: (time + end) / 2)
      tokens.append(Token(word: isPause ? nil : vocabulary.word(for: sentiment, &draws), start: time, end: end))
      time = end
    }
    return tokens
  }
}
