internal import ComputationalSequences
internal import PackedSequences
internal import Segments

/// Compares the words of every segment with its transcript at several lags.
struct LagMeasurement {
  /// A segment that has a transcript.
  private struct Told {
    let id: SampleID
    let start: Double
    let end: Double
    let text: String
  }

  /// What was compared of a segment.
  private struct Compared {
    let segment: Told
    /// The words at lag 0.
    let spoken: String
    /// Of the transcript.
    let words: Int
    /// By lag.
    let matches: [Int]
  }

  /// The words of a video that are neither empty nor `sp`, by start.
  private struct Spoken {
    var times = Intervals()
    var texts: [String] = []
  }

  let lag: WordLag
  private let compared: [Compared]

  init(
    words: (file: SequenceFile, root: SequenceRoot), labels: (file: SequenceFile, root: SequenceRoot), path: String
  ) throws {
    let transcripts = try Transcripts(contentsOf: path)
    let plan = try SamplePlanner.plan(labels: labels, roots: [], folds: .none)
    let segments = plan.samples
    let entries = Dictionary(grouping: words.root.entries) { plan.names.video(of: $0.id) }
    var compared: [Compared] = []
    var videos: [(id: String, tally: WordLag.Tally)] = []
    var whole = WordLag.Tally()
    for (video, mine) in Dictionary(grouping: segments, by: \.video).sorted(by: { Self.precedes($0.key, $1.key) }) {
      let told = mine.compactMap { sample -> Told? in
        let id = SampleID(entry: video, segment: sample.id.segment ?? 0)
        guard let text = transcripts.text(id, start: sample.start, end: sample.end) else { return nil }
        return Told(id: id, start: sample.start, end: sample.end, text: text)
      }
      guard let parts = entries[video], !told.isEmpty else { continue }
      var tally = WordLag.Tally()
      for segment in Self.compare(told, try Self.spoken(parts, words)) {
        tally.add(words: segment.words, matches: segment.matches)
        compared.append(segment)
      }
      guard tally.segments > 0 else { continue }
      whole.add(tally)
      videos.append((video, tally))
    }
    guard whole.segments > 0 else {
      throw InspectionError.unmatchedTranscripts(path: path, example: segments.first?.id.description ?? "video[0]")
    }
    lag = WordLag(transcripts: path, root: words.root.name, whole: whole, videos: videos)
    self.compared = compared
  }

  /// The segments of a video whose transcript has words.
  private static func compare(_ segments: [Told], _ spoken: Spoken) -> [Compared] {
    guard spoken.times.count > 0 else { return [] }
    let vocabulary = Vocabulary(spoken.texts)
    let rows = OverlapSearch.rows(of: spoken.times, in: segments.map { ($0.start, $0.end) })
    return zip(segments, rows).compactMap { segment, rows in
      let wanted = Agreement.words(of: segment.text).map(vocabulary.number)
      guard !wanted.isEmpty else { return nil }
      let indices = rows.flatMap { Array($0.range) }
      let matches = WordLag.lags.map { lag in
        let moved = indices.map { $0 + lag }.filter(spoken.texts.indices.contains)
        return Agreement.matches(moved.map(vocabulary.word), wanted)
      }
      return Compared(
        segment: segment, spoken: indices.map { spoken.texts[$0] }.joined(separator: " "), words: wanted.count,
        matches: matches)
    }
  }

  /// The segments whose words agree better at the best lag than where they are.
  func inspect(into findings: inout Findings) {
    let (best, none) = (lag.best - WordLag.lags.lowerBound, -WordLag.lags.lowerBound)
    guard best != none else { return }
    for one in compared where one.matches[best] > one.matches[none] {
      findings.add(
        .wordLag,
        Place(
          entry: one.segment.id.entry, row: one.segment.id.segment, time: one.segment.start,
          detail: "\"\(one.spoken)\" for \"\(one.segment.text)\""))
    }
  }

  private static func precedes(_ left: String, _ right: String) -> Bool {
    left.utf8.lexicographicallyPrecedes(right.utf8)
  }

  private static func spoken(
    _ entries: [SequenceRoot.Entry], _ words: (file: SequenceFile, root: SequenceRoot)
  ) throws -> Spoken {
    var rows: [(start: Double, end: Double, text: String)] = []
    // Parts of a video follow each other by their number.
    for entry in entries.sorted(by: { SampleID(parsing: $0.id) < SampleID(parsing: $1.id) }) where entry.rows > 0 {
      let times = try words.file.readIntervals(of: entry, in: words.root)
      for (row, bytes) in try words.file.readStrings(entry.features, rows: 0..<entry.rows).enumerated() {
        let text = String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        if !text.isEmpty && text != "sp" { rows.append((times.starts[row], times.ends[row], text)) }
      }
    }
    var spoken = Spoken()
    for index in rows.indices.sorted(by: { (rows[$0].start, $0) < (rows[$1].start, $1) }) {
      spoken.times.append(start: rows[index].start, end: rows[index].end)
      spoken.texts.append(rows[index].text)
    }
    return spoken
  }
}

/// Words by number, so that comparing them is cheap.
private struct Vocabulary {
  private var numbers: [String: Int] = [:]
  private let spoken: [Int]

  init(_ texts: [String]) {
    var numbers: [String: Int] = [:]
    spoken = texts.map { text in
      let word = Agreement.word(text)
      let number = numbers[word] ?? numbers.count
      numbers[word] = number
      return number
    }
    self.numbers = numbers
  }

  /// The number of the spoken word at an index.
  func word(_ index: Int) -> Int { spoken[index] }

  /// The number of a word, or −1 where it is never spoken.
  func number(_ word: String) -> Int { numbers[word] ?? -1 }
}
