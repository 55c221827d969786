package import ComputationalSequences
package import PackedSequences

/// One sample of the dataset to be made: a labelled segment, or a whole entry where there are no labels.
package struct Sample: Sendable, Equatable {
  package let id: SampleID
  /// The id that folds and unaligned features know: the entry without its `[k]`.
  package let video: String
  /// Seconds.
  package let start: Double
  package let end: Double
  /// `[K]`, in the order of ``SamplePlan/labelNames``.
  package let labels: [Float]
  package let split: String
  /// Whether the sample is an entry of its own: features of exactly its id belong to it whole.
  package let isEntry: Bool

  /// A segment without extent, which no frame can overlap.
  package var isZeroLength: Bool { end <= start }
}

/// The samples of a dataset, and what was left out of it.
package struct SamplePlan: Sendable {
  /// The names of the splits, in order.
  package var splits: [String]
  /// Split after split; within one by ``SampleID``'s order.
  package var samples: [Sample]
  /// Segments whose video is in no fold.
  package var withoutSplit: [SampleID]
  /// Entries of the features that have no labels.
  package var unlabelled: [String]
  /// The columns of the labels; none for a dataset without labels.
  package var labelNames: [String]
  /// Which columns of the label sequence they are; nil for all as they are.
  package var labelColumns: [Int]?
  /// What the splits come from.
  package var folds: FoldChoice
  package var foldsByVideo: Folds?
  package var isLabelled: Bool
}

/// The entries of one modality that belong together, and the samples that take their frames from them.
///
/// A video's entries (`video[0]`, `video[1]`, …) form one strip, their rows counted through; where a sample takes an
/// entry whole, that entry is a strip of its own.
package struct Strip: Sendable {
  /// Indices into the root's entries, in order.
  package let entries: [Int]
  /// Indices into the plan's samples, in order; all of one split.
  package let samples: [Int]
  /// Whether the sample takes every row, without regard to time.
  package let isWhole: Bool
  /// Indices into the entries of the root that rows are aligned to, in order; none where they are not aligned.
  package var pivot: [Int] = []
}

extension SamplePlan {
  /// The strips of a root, in the order of their first samples.
  ///
  /// - Parameters:
  ///   - pivot: the root that rows are aligned to, if not to themselves. A sample without entries in both has
  ///     no strip, and one takes entries whole only where both roots have an entry of exactly its id.
  ///   - matchesNumbers: whether an entry `V[k]` is segment k of V, whole and whatever its times.
  package func strips(
    of root: SequenceRoot, alignedTo pivot: SequenceRoot? = nil, matchesNumbers: Bool = false
  ) -> [Strip] {
    let entries = EntryIndex(root)
    let pivots = pivot.map { EntryIndex($0) }
    var strips: [Strip] = []
    var ofVideo: [String: Int] = [:]
    var members: [[Int]] = []
    for (index, sample) in samples.enumerated() {
      let id = sample.id.description
      if sample.isEntry || matchesNumbers, let entry = entries.byID[id], pivots == nil || pivots?.byID[id] != nil {
        strips.append(
          Strip(entries: [entry], samples: [], isWhole: true, pivot: (pivots?.byID[id]).map { [$0] } ?? []))
        members.append([index])
      } else if isLabelled && !matchesNumbers {
        if let strip = ofVideo[sample.video] {
          members[strip].append(index)
        } else if let mine = entries.byVideo[sample.video], let pivot = pivots.map({ $0.byVideo[sample.video] }) ?? [] {
          ofVideo[sample.video] = strips.count
          strips.append(Strip(entries: mine, samples: [], isWhole: false, pivot: pivot))
          members.append([index])
        }
      }
    }
    return zip(strips, members).map { strip, samples in
      Strip(entries: strip.entries, samples: samples, isWhole: strip.isWhole, pivot: strip.pivot)
    }
  }

  /// Whether a root has an entry that a sample's frames could come from.
  package func hasEntries(_ root: SequenceRoot) -> (Sample) -> Bool {
    let entries = EntryIndex(root)
    return { sample in
      sample.isEntry && entries.byID[sample.id.description] != nil
        || isLabelled && entries.byVideo[sample.video] != nil
    }
  }
}

/// The entries of a root, as indices, by id and by video; those of a video in the order of their numbers.
private struct EntryIndex {
  let byID: [String: Int]
  let byVideo: [String: [Int]]

  init(_ root: SequenceRoot) {
    byID = Dictionary(root.entries.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
    let parsed = root.entries.map { SampleID(parsing: $0.id) }
    byVideo = Dictionary(grouping: parsed.indices, by: { parsed[$0].entry })
      .mapValues { $0.sorted { parsed[$0] < parsed[$1] } }
  }
}
