internal import ComputationalSequences
internal import PackedSequences
internal import Preprocessing

/// The words that the rows of a strip are about, entry by entry: where vectors are moved together with their words, those
/// tell which rows are empty.
///
/// A word without a vector is a row of zeros among the vectors, but not empty among the words. If each were moved by its
/// own empty rows, vectors and words would part around it.
struct SpokenWords: Sendable {
  /// The words of one entry.
  private enum Part: Sendable {
    case raw(StripSource)
    /// Read already, as only libhdf5 can: intervals, and which rows are empty.
    case read([Double], [Bool])
  }

  /// By entry of the strip; nil where the words have none of that name.
  private let parts: [Part?]

  /// The sequence of words, its entries by name.
  struct Sequence {
    let file: SequenceFile
    let root: SequenceRoot
    let entries: [String: Int]

    init(_ root: SequenceRoot, in file: SequenceFile) {
      (self.root, self.file) = (root, file)
      entries = Dictionary(root.entries.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
    }
  }

  /// Only on the thread that may call libhdf5.
  init(of source: StripSource, _ words: Sequence) throws {
    parts = try source.parts.map { part in
      guard let entry = words.entries[part.entry.id], words.root.entries[entry].rows == part.entry.rows else {
        return nil
      }
      let source = try StripSource([entry], of: words.root, in: words.file)
      if source.isRaw { return .raw(source) }
      var reader = BandReader()
      let (intervals, empty) = try Self.read(source, &reader, words.file)
      return .read(intervals, empty)
    }
  }

  private static func read(
    _ source: StripSource, _ reader: inout BandReader, _ file: SequenceFile?
  ) throws -> (intervals: [Double], empty: [Bool]) {
    let intervals = try source.readIntervals(&reader).byPart.first ?? []
    var empty = [Bool](repeating: false, count: intervals.count / 2)
    try FeatureReader(source: source, file: file).readTokens(&reader) { row, token in
      empty[row] = EmptyToken.matches(token)
    }
    return (intervals, empty)
  }

  /// Replaces what is known of the entries whose words have exactly the same intervals.
  ///
  /// - Parameters:
  ///   - empty: by row of the strip.
  ///   - intervals: by entry, `[rows, 2]`.
  func mark(_ empty: inout RowFlags, intervals: [[Double]], _ reader: inout BandReader) throws {
    var offset = 0
    for (part, mine) in zip(parts, intervals) {
      let found: (intervals: [Double], empty: [Bool])?
      switch part {
      case nil: found = nil
      case .raw(let source)?: found = try Self.read(source, &reader, nil)
      case .read(let intervals, let empty)?: found = (intervals, empty)
      }
      if let found, found.intervals == mine {
        for (row, isEmpty) in found.empty.enumerated() { empty[offset + row] = isEmpty }
      }
      offset += mine.count / 2
    }
  }
}
