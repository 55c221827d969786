package import PackedSequences

/// How the entries of sequences are read as ids of samples.
package struct SampleNames: Sendable, Equatable {
  /// The videos that make `V_k` a segment.
  private let videos: Set<String>
  /// Whether only the spelling of datasets is read: another reader has made the names.
  private let areFinal: Bool

  /// - Parameters:
  ///   - labelled: the videos of the labels; those of the standard folds are known as well.
  ///   - areFinal: whether names are taken as they stand.
  package init(labelled: Set<String> = [], areFinal: Bool = false) {
    videos = areFinal ? [] : labelled.union(Folds.standardVideos)
    self.areFinal = areFinal
  }

  package func id(of entry: String) -> SampleID {
    areFinal ? SampleID(parsing: entry) : SampleID(reading: entry, videos: videos)
  }

  package func video(of entry: String) -> String { id(of: entry).video }

  /// Shortens the ids `V[i][k]` of entries to `V[k]`, or, where k does not tell them apart, to `V[i]`.
  ///
  /// - Parameter entries: the entries that are samples; `others`: ids that are taken.
  /// - Returns: the id of each, and a note where not all of them could be shortened by k. Entries stay as they are where
  ///   neither number tells all of them apart, or where some have one number only.
  package func shortened(_ entries: [SampleID], others: Set<SampleID>) -> (ids: [SampleID], note: String?) {
    let nested = entries.map { SampleID(parsing: $0.entry) }
    guard !areFinal, !entries.isEmpty, nested.allSatisfy({ $0.segment != nil }) else { return (entries, nil) }
    let outer = nested.map { SampleID(entry: $0.video, segment: $0.segment) }
    let inner = entries.map { SampleID(entry: $0.video, segment: $0.segment) }
    func areDistinct(_ ids: [SampleID]) -> Bool { Set(ids).count == ids.count && others.isDisjoint(with: ids) }
    if areDistinct(inner) { return (inner, nil) }
    let what = "\(entries.count) entries are named VIDEO[i][k], as \(entries[0]), where k alone is not unique"
    if areDistinct(outer) { return (outer, what + "; their samples are called VIDEO[i]") }
    return (entries, what + "; their samples keep these names")
  }
}
