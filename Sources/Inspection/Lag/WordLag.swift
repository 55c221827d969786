/// How well the words of segments agree with transcripts when each row takes the word of a later or an earlier row.
package struct WordLag: Sendable, Equatable {
  /// The lags that are tried.
  package static let lags = -3...3

  /// What was compared in a part of the data: matched words at each of ``WordLag/lags``, of so many in transcripts.
  package struct Tally: Sendable, Equatable {
    package fileprivate(set) var segments = 0
    package fileprivate(set) var words = 0
    package fileprivate(set) var matches = Array(repeating: 0, count: WordLag.lags.count)

    /// The share of the transcripts' words that are matched at a lag.
    package func agreement(at lag: Int) -> Double {
      words == 0 ? 0 : Double(matches[lag - WordLag.lags.lowerBound]) / Double(words)
    }

    /// The lag of the greatest agreement; of equals the one nearest 0, then the negative one.
    package var best: Int {
      WordLag.lags.max { left, right in
        let (l, r) = (matches[left - WordLag.lags.lowerBound], matches[right - WordLag.lags.lowerBound])
        return (l, -abs(left), -left) < (r, -abs(right), -right)
      } ?? 0
    }

    mutating func add(words: Int, matches: [Int]) {
      segments += 1
      self.words += words
      for index in matches.indices { self.matches[index] += matches[index] }
    }

    mutating func add(_ other: Tally) {
      segments += other.segments
      words += other.words
      for index in matches.indices { matches[index] += other.matches[index] }
    }
  }

  package let transcripts: String
  /// The root that holds the words.
  package let root: String
  package let whole: Tally
  /// By video, in UTF-8 byte order of their ids.
  package let videos: [(id: String, tally: Tally)]

  package var best: Int { whole.best }

  /// Videos whose best lag is not that of the whole.
  package var differing: [(id: String, tally: Tally)] { videos.filter { $0.tally.best != best } }

  package static func == (left: Self, right: Self) -> Bool {
    left.transcripts == right.transcripts && left.root == right.root
      && left.videos.elementsEqual(right.videos) { $0.id == $1.id && $0.tally == $1.tally }
  }
}
