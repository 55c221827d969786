internal import ComputationalSequences

/// `raw.csd`: five roots of 25 videos, 24 of them labelled, with every oddity that published files have.
///
/// The catalog's page says which entry has which oddity; ``TinyOddities`` makes them.
struct TinyLikeness {
  private static let videos = 25

  private let seed: UInt64
  private let plays: [Screenplay]
  private let vocabulary: Vocabulary
  private let audio: FrameModel
  private let vision: FrameModel

  init(seed: UInt64) {
    self.seed = seed
    let pace = Screenplay.Pace(
      lead: 0.4...1.5, median: 2.2, spread: 0.35, lengths: 1.2...5, gapChance: 0.3, meanGap: 0.8, tail: 0.5)
    plays = (0..<Self.videos).map { video in
      var draws = Draws(seed: seed, .screenplay, video: Self.videos + video)
      let segments = TinyOddities.segments(of: video) ?? 11 + draws.integer(below: 8)
      return Screenplay(seed: seed, video: video, segments: segments, pace: pace)
    }
    vocabulary = Vocabulary(seed: seed, invented: 0, dimension: 24)
    audio = .audio(
      seed: seed, .init(rate: 10, dimension: 12, quantum: 0x1p-5, noise: 1, gain: 0.6, memory: 2, infinite: 0))
    vision = .vision(
      seed: seed, .init(rate: 8, dimension: 16, quantum: 0x1p-5, noise: 1, gain: 0.6, memory: 2, infinite: 0))
  }

  var files: [SyntheticFile] {
    let measures = ["f0", "voiced", "naq", "qoq", "h1h2", "psp", "mdq", "peakslope"] + (0..<4).map { "mcep \($0)" }
    let roots = [
      root("glove_vectors", (0..<24).map { "vector \($0)" }, TinyOddities.text) { video in
        let tokens = tokens(video)
        var values: [Float] = []
        for token in tokens { vocabulary.appendVector(of: token, to: &values) }
        return Table(values: values, columns: 24, intervals: tokens.map { ($0.start, $0.end) })
      },
      words,
      root("COVAREP", measures, TinyOddities.audio) { table(audio, $0) },
      root("FACET_4.1", (1...16).map { "action unit \($0)" }, TinyOddities.vision) { table(vision, $0) },
      root("Opinion Segment Labels", ["sentiment"], TinyOddities.labels) { video in
        let segments = plays[video].segments
        return Table(
          values: segments.map { Float($0.label) }, columns: 1, intervals: segments.map { ($0.start, $0.end) })
      },
    ]
    return [SyntheticFile(name: "raw.csd", roots: roots, videos: Self.videos)]
  }

  /// `clip_01` and so on: in the order of their numbers, whatever the seed.
  static func id(_ video: Int) -> String { video < 9 ? "clip_0\(video + 1)" : "clip_\(video + 1)" }

  private func root(
    _ name: String, _ dimensionNames: [String], _ entries: @escaping (Int, Table) -> [TinyEntry],
    table: @escaping (Int) -> Table
  ) -> SyntheticRoot {
    let metadata = SequenceWriter.Metadata.standard(
      root: name, description: "Synthetic, in the likeness of \(name)", dimensionNames: dimensionNames,
      dataset: "tiny", creator: "grf-data generate --like tiny --seed \(seed)")
    return SyntheticRoot(name: name, metadata: metadata) { video, writer in
      for entry in entries(video, table(video)) {
        try writer.addEntry(
          entry.id, to: name, features: entry.features, intervals: entry.intervals, storage: entry.storage,
          intervalStorage: entry.intervalStorage)
      }
    }
  }

  /// Published words carry metadata that is not JSON.
  private var words: SyntheticRoot {
    let keys = SequenceWriter.Metadata.standard(
      root: "words", description: "", dimensionNames: [], dataset: "", creator: ""
    ).map(\.key)
    let metadata = keys.map { SequenceWriter.Metadata($0, text: $0 == "md5" ? "None" : "see the readme") }
    return SyntheticRoot(name: "words", metadata: metadata) { video, writer in
      let tokens = tokens(video)
      let (words, spoken) = TinyOddities.words(video, tokens.map(vocabulary.text(of:)), tokens)
      guard let words else { return }
      try writer.addEntry(
        Self.id(video), to: "words", features: words, intervals: .float64(spoken.flatMap { [$0.start, $0.end] }),
        storage: .contiguous)
    }
  }

  private func tokens(_ video: Int) -> [Token] {
    Token.all(in: plays[video], video: video, vocabulary: vocabulary, seed: seed)
  }

  private func table(_ model: FrameModel, _ video: Int) -> Table {
    let frames = model.frames(of: plays[video], video: video)
    return Table(
      values: frames.values, columns: model.shape.dimension,
      intervals: frames.starts.map { ($0, $0 + 1 / model.shape.rate) })
  }
}

/// The rows of an entry before they are written.
struct Table {
  /// `[n, columns]`; exact, also where they are written as Floats.
  var values: [Double]
  let columns: Int
  /// Seconds.
  var intervals: [(start: Double, end: Double)]

  init(values: [Float], columns: Int, intervals: [(start: Double, end: Double)]) {
    self.values = values.map { Double($0) }
    self.columns = columns
    self.intervals = intervals
  }

  var rows: Int { intervals.count }

  subscript(row: Int, column: Int) -> Double {
    get { values[row * columns + column] }
    set { values[row * columns + column] = newValue }
  }

  /// The rows of these numbers, in this order.
  func selecting(_ rows: [Int]) -> Table {
    var table = self
    table.values = rows.flatMap { values[$0 * columns..<($0 + 1) * columns] }
    table.intervals = rows.map { intervals[$0] }
    return table
  }
}
