internal import ComputationalSequences

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// CMU-MOSI's files by name, root, dimension, rate and size: for 93 videos 2199 segments, 4.1 hours, 440 MB of COVAREP
/// and 83 MB of FACET values.
struct MOSILikeness {
  private let seed: UInt64
  private let videos: [String]
  private let plays: [Screenplay]
  private let vocabulary: Vocabulary
  private let audio: FrameModel
  private let vision: FrameModel
  private let storage: SequenceWriter.Storage

  init(seed: UInt64, videos: [String], gzip: Int) {
    precondition(!videos.isEmpty && Set(videos).count == videos.count, "ids, none twice")
    self.seed = seed
    self.videos = videos
    plays = Self.plays(seed: seed, videos: videos.count)
    vocabulary = Vocabulary(seed: seed, invented: 2679, dimension: 300)
    audio = .audio(
      seed: seed,
      .init(rate: 100, dimension: 74, quantum: 0x1p-8, noise: 0.3, gain: 0.3, memory: 5, infinite: 0.0074))
    vision = .vision(
      seed: seed,
      .init(rate: 30, dimension: 47, quantum: 0x1p-10, noise: 0.3, gain: 0.3, memory: 5, infinite: 0))
    storage = SequenceWriter.Storage(.automatic, gzip: gzip)
  }

  /// 2199 segments and 14,800 seconds over 93 videos; in proportion over another number of them.
  private static func plays(seed: UInt64, videos: Int) -> [Screenplay] {
    let pace = Screenplay.Pace(
      lead: 0.5...16, median: 3.3, spread: 0.68, lengths: 0.6...30, gapChance: 0.2, meanGap: 8, tail: 3)
    var draws = Draws(seed: seed, .screenplay, video: videos)
    let weights = (0..<videos).map { _ in exp(0.7 * draws.normal()) }
    let (total, least) = ((videos * 2199 + 46) / 93, 9)
    // Each video has nine; the others go by weight, cut where the running sum of weights says.
    var (sum, given) = (0.0, 0)
    let share = Double(total - least * videos) / weights.reduce(0, +)
    var plays = weights.indices.map { video in
      sum += weights[video]
      let upTo = video == videos - 1 ? total - least * videos : Int((sum * share).rounded())
      defer { given = upTo }
      return Screenplay(seed: seed, video: video, segments: least + upTo - given, pace: pace)
    }
    let factor = 14_800 / 93 * Double(videos) / plays.reduce(0) { $0 + $1.duration }
    for index in plays.indices { plays[index].stretch(by: factor) }
    return plays
  }

  var files: [SyntheticFile] {
    [
      file("CMU_MOSI_Opinion_Labels", root: "Opinion Segment Labels", ["sentiment score"]) { video in
        let segments = plays[video].segments
        return (
          .float32(segments.map { Float($0.label) }, columns: 1),
          .float32(segments.flatMap { [Float($0.start), Float($0.end)] })
        )
      },
      file("CMU_MOSI_TimestampedWords", root: "CMU_MOSI_TimestampedWords", ["word"], storage: .contiguous) { video in
        let tokens = tokens(video)
        return (.fixedStrings(tokens.map(vocabulary.text(of:))), intervals(tokens))
      },
      file("CMU_MOSI_TimestampedWordVectors", root: "glove_vectors", numbered(vocabulary.dimension)) { video in
        let tokens = tokens(video)
        var values: [Float] = []
        values.reserveCapacity(tokens.count * vocabulary.dimension)
        for token in tokens { vocabulary.appendVector(of: token, to: &values) }
        return (.float32(values, columns: vocabulary.dimension), intervals(tokens))
      },
      file("CMU_MOSI_COVAREP", root: "COVAREP", numbered(audio.shape.dimension)) { frames(audio, $0) },
      file("CMU_MOSI_Visual_Facet_41", root: "FACET_4.1", numbered(vision.shape.dimension)) { frames(vision, $0) },
    ]
  }

  private func file(
    _ name: String, root: String, _ dimensionNames: [String], storage: SequenceWriter.Storage? = nil,
    entry: @escaping (Int) -> (SequenceWriter.Features, SequenceWriter.Intervals)
  ) -> SyntheticFile {
    let metadata = SequenceWriter.Metadata.standard(
      root: root, description: "Synthetic, in the likeness of \(root)", dimensionNames: dimensionNames,
      dataset: "Synthetic CMU-MOSI", creator: "grf-data generate --like mosi --seed \(seed)")
    let root = SyntheticRoot(name: root, metadata: metadata) { video, writer in
      let (features, intervals) = entry(video)
      try writer.addEntry(
        videos[video], to: root, features: features, intervals: intervals, storage: storage ?? self.storage)
    }
    return SyntheticFile(name: "\(name).csd", roots: [root], videos: videos.count)
  }

  private func numbered(_ count: Int) -> [String] { (0..<count).map(String.init) }

  private func tokens(_ video: Int) -> [Token] {
    Token.all(in: plays[video], video: video, vocabulary: vocabulary, seed: seed)
  }

  private func intervals(_ tokens: [Token]) -> SequenceWriter.Intervals {
    .float64(tokens.flatMap { [$0.start, $0.end] })
  }

  private func frames(
    _ model: FrameModel, _ video: Int
  ) -> (SequenceWriter.Features, SequenceWriter.Intervals) {
    let frames = model.frames(of: plays[video], video: video)
    let intervals = frames.starts.flatMap { [$0, $0 + 1 / model.shape.rate] }
    return (.float32(frames.values, columns: model.shape.dimension), .float64(intervals))
  }
}
