internal import Shards

/// What the dataset adds to a sample's id: how long it is, and its words.
struct SampleFacts {
  private let split: DatasetSplit
  /// The place of the token modality whose words are shown; nil where there is none.
  private let words: Int?
  /// The split's places by id.
  private let places: [String: Int]

  /// - Parameter name: of the split.
  init?(_ dataset: Dataset, split name: String) {
    guard let split = dataset.split(named: name) else { return nil }
    self.split = split
    let tokens = dataset.schema.modalities.enumerated().filter { $0.element.content == .tokens }
    words =
      (tokens.first { $0.element.name == "words" } ?? tokens.first { $0.element.name != "phones" } ?? tokens.first)?
      .offset
    var places: [String: Int] = [:]
    places.reserveCapacity(split.sampleCount)
    var sample = 0
    for shard in split.shards {
      for place in 0..<shard.sampleCount {
        places[shard.id(place)] = sample
        sample += 1
      }
    }
    self.places = places
  }

  var hasWords: Bool { words != nil }

  /// The length of the segment in seconds; NaN where the sample is not known.
  func seconds(_ id: String) -> Double {
    guard let place = places[id] else { return .nan }
    let (shard, sample) = split.locate(place)
    let interval = shard.interval(sample)
    return interval.end - interval.start
  }

  /// A sample's words in order, without silences; nil where the dataset has none.
  func words(_ id: String) -> [String]? {
    guard let words, let place = places[id] else { return nil }
    let (shard, sample) = split.locate(place)
    return shard.frameRange(sample: sample, modality: words).map { shard.tokenText($0, modality: words) }
      .filter { $0 != "sp" && !$0.isEmpty }
  }

  /// The word that each of a sample's frames of a modality overlaps most; nil where the modality is none of words, or the
  /// dataset has none of them.
  ///
  /// - Parameter frames: by their places in the sample.
  func words(_ id: String, modality name: String, frames: [Int]) -> [String]? {
    guard name == "text" || name == "words", words != nil, let found = self.frames(id, name) else { return nil }
    let tokens = tokens(found.shard, found.sample)
    return frames.map { place in
      guard 0 <= place && place < found.range.count else { return "(missing)" }
      return Self.word(at: found.time(place), place, of: found.range.count, tokens) ?? "–"
    }
  }

  /// When each of a sample's frames of a modality begins, in seconds; nil where the dataset keeps no times.
  ///
  /// - Parameter frames: by their places in the sample.
  func starts(_ id: String, modality name: String, frames: [Int]) -> [Double]? {
    guard let found = self.frames(id, name) else { return nil }
    let starts = frames.compactMap { found.time($0).map { Double($0.start) } }
    return starts.count == frames.count ? starts : nil
  }

  /// The frames of one modality in a sample.
  private struct Frames {
    let shard: Shard
    let sample: Int
    let range: Range<Int>
    let times: [Float]

    func time(_ frame: Int) -> (start: Float, end: Float)? {
      frame >= 0 && 2 * frame + 1 < times.count ? (times[2 * frame], times[2 * frame + 1]) : nil
    }
  }

  private func frames(_ id: String, _ name: String) -> Frames? {
    guard let place = places[id] else { return nil }
    let (shard, sample) = split.locate(place)
    guard let modality = shard.modality(named: name) else { return nil }
    let times = shard.times(sample: sample, modality: modality)
    return Frames(
      shard: shard, sample: sample, range: shard.frameRange(sample: sample, modality: modality),
      times: (0..<times.count).map { times[$0] })
  }

  private struct Token {
    let text: String
    /// Nil where the dataset keeps no times.
    let time: (start: Float, end: Float)?
  }

  private func tokens(_ shard: Shard, _ sample: Int) -> [Token] {
    guard let words else { return [] }
    let range = shard.frameRange(sample: sample, modality: words)
    let times = shard.times(sample: sample, modality: words)
    return range.enumerated().map { place, frame in
      Token(
        text: shard.tokenText(frame, modality: words),
        time: 2 * place + 1 < times.count ? (times[2 * place], times[2 * place + 1]) : nil)
    }
  }

  private static func word(
    at time: (start: Float, end: Float)?, _ frame: Int, of count: Int, _ tokens: [Token]
  ) -> String? {
    guard let time, tokens.contains(where: { $0.time != nil }) else {
      return tokens.count == count && tokens.indices.contains(frame) ? tokens[frame].text : nil
    }
    var best: (text: String, overlap: Float)?
    for token in tokens {
      guard let other = token.time else { continue }
      let overlap = min(time.end, other.end) - max(time.start, other.start)
      if overlap > best?.overlap ?? 0 { best = (token.text, overlap) }
    }
    return best?.text
  }
}
