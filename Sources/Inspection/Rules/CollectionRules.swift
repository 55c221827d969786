internal import ComputationalSequences
internal import PackedSequences
internal import Segments

/// The rules about how the sequences of a dataset go together.
struct CollectionRules {
  private let roots: [SequenceRoot]
  private let names: SampleNames
  /// By root, the videos that it has rows for.
  private let videos: [Set<String>]
  private let areLabels: [Bool]

  init(_ roots: [SequenceRoot], areLabels: [Bool]) {
    self.roots = roots
    self.areLabels = areLabels
    let labelled = zip(roots, areLabels).filter { $0.1 }.flatMap { $0.0.entries.map { SampleNames().video(of: $0.id) } }
    let names = SampleNames(labelled: Set(labelled))
    self.names = names
    videos = roots.map { root in
      Set(root.entries.lazy.filter { $0.rows > 0 }.map { names.video(of: $0.id) })
    }
  }

  /// What is found about root `index`.
  func inspect(_ index: Int, into findings: inout Findings) throws {
    let all = videos.reduce(into: Set<String>()) { $0.formUnion($1) }
    for video in Self.sorted(all.subtracting(videos[index])) {
      let others = roots.indices.filter { videos[$0].contains(video) }.map { "\"\(roots[$0].name)\"" }
      let isEmpty = roots[index].entries.contains { names.video(of: $0.id) == video }
      findings.add(
        .missingEntry,
        Place(entry: video, detail: (isEmpty ? "no rows here, but in " : "only in ") + others.joined(separator: ", ")))
    }
    // Who has labels decides over folds; without labels every sequence does.
    let isLabelled = areLabels.contains(true)
    guard areLabels[index] || !isLabelled else { return }
    let choice = FoldChoice.auto.resolved(videos: isLabelled ? videos[index] : all, areLabelled: isLabelled)
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
