internal import ComputationalSequences
internal import PackedSequences
internal import Segments

/// The rules about how the sequences of a dataset go together.
struct CollectionRules {
  private let roots: [SequenceRoot]
  /// By root, the videos that it has rows for.
  private let videos: [Set<String>]
  /// By root, the videos that it only has entries without rows for.
  private let empty: [Set<String>]
  /// All videos in order, each with the roots that have rows for it.
  private let all: [(video: String, roots: [Int])]
  private let areLabels: [Bool]

  init(_ roots: [SequenceRoot], areLabels: [Bool]) {
    self.roots = roots
    self.areLabels = areLabels
    let labelled = zip(roots, areLabels).filter { $0.1 }.flatMap { $0.0.entries.map { SampleNames().video(of: $0.id) } }
    let names = SampleNames(labelled: Set(labelled))
    var holders: [String: [Int]] = [:]
    var videos: [Set<String>] = []
    var empty: [Set<String>] = []
    for (index, root) in roots.enumerated() {
      let named = root.entries.map { (video: names.video(of: $0.id), rows: $0.rows) }
      // An entry that does not fit is there, for all that can be said.
      let mine = Set(named.lazy.filter { $0.rows > 0 }.map(\.video)).union(
        root.unfit.lazy.map { names.video(of: $0.id) })
      for video in mine { holders[video, default: []].append(index) }
      videos.append(mine)
      empty.append(Set(named.map(\.video)).subtracting(mine))
    }
    (self.videos, self.empty) = (videos, empty)
    all = Self.sorted(Set(holders.keys)).map { ($0, holders[$0] ?? []) }
  }

  /// What is found about root `index`.
  func inspect(_ index: Int, into findings: inout Findings) throws {
    for (video, holders) in all where !videos[index].contains(video) {
      let others = holders.map { "\"\(roots[$0].name)\"" }.joined(separator: ", ")
      let isEmpty = empty[index].contains(video)
      findings.add(
        .missingEntry, Place(entry: video, detail: (isEmpty ? "no rows here, but in " : "only in ") + others))
    }
    // Who has labels decides over folds; without labels every sequence does.
    let isLabelled = areLabels.contains(true)
    guard areLabels[index] || !isLabelled else { return }
    let known = Set(all.map(\.video))
    let choice = FoldChoice.auto.resolved(videos: isLabelled ? videos[index] : known, areLabelled: isLabelled)
    guard choice == .cmuMOSI || choice == .cmuMOSEI else { return }
    let folds = choice == .cmuMOSI ? Folds.cmuMOSI : .cmuMOSEI
    for video in Self.sorted(videos[index]) where folds.splits[video] == nil {
      findings.add(.unknownVideo, Place(entry: video, detail: "not in the folds \(choice.text)"))
    }
  }

  private static func sorted(_ videos: Set<String>) -> [String] {
    videos.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }
}
