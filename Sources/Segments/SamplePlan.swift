package import ComputationalSequences
package import PackedSequences

/// One sample of the dataset to be made: a labelled segment, or a whole entry where there are no labels.
package struct Sample: Sendable, Equatable {
  package let id: SampleID
  /// The recording, which folds and features of whole videos know.
  package let video: String
  /// Seconds.
  package let start: Double
  package let end: Double
  /// `[K]`, in the order of ``SamplePlan/labelNames``.
  package let labels: [Float]
  package let split: String
  /// The entry that the sample is, if it is one of its own: features of exactly that belong to it whole. Differs from
  /// ``id`` where that is shorter.
  package let entry: SampleID?

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
  /// Segments that were left out because a label is no finite number, and which one that is.
  package var withoutLabel: [(id: SampleID, detail: String)] = []
  /// Entries of the features that have no labels.
  package var unlabelled: [String]
  /// The columns of the labels; none for a dataset without labels.
  package var labelNames: [String]
  /// Which columns of the label sequence they are; nil for all as they are.
  package var labelColumns: [Int]?
  /// What the splits come from; nil where a dataset has them already.
  package var folds: FoldsInUse?
  package var isLabelled: Bool
  /// How names were read that are not spelled as in datasets.
  package var names: SampleNames
  package var notes: [String] = []
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
  /// Which labels of a sample are no finite numbers: `sentiment is nan`; nil where all are.
  package func unknownLabels(_ labels: [Float]) -> String? {
    let unknown = zip(labelNames, labels).filter { !$0.1.isFinite }
    return unknown.isEmpty ? nil : unknown.map { "\($0.0) is \($0.1)" }.joined(separator: ", ")
  }

  /// Leaves out samples with a label that is no finite number.
  package mutating func dropUnlabelled() {
    let unknown = samples.map { unknownLabels($0.labels) }
    withoutLabel = zip(samples, unknown).compactMap { sample, detail in detail.map { (sample.id, $0) } }
      .sorted { $0.id < $1.id }
    samples = zip(samples, unknown).filter { $0.1 == nil }.map(\.0)
  }

  /// The strips of a root, in the order of their first samples.
  ///
  /// - Parameters:
  ///   - pivot: the root that rows are aligned to, if not to themselves. A sample without entries in both has
  ///     no strip, and one takes entries whole only where both roots have an entry of exactly its id.
  ///   - matchesNumbers: whether an entry `V[k]` is segment k of V, whole and whatever its times.
  package func strips(
    of root: SequenceRoot, alignedTo pivot: SequenceRoot? = nil, matchesNumbers: Bool = false
  ) -> [Strip] {
    let entries = EntryIndex(root, names)
    let pivots = pivot.map { EntryIndex($0, names) }
    var strips: [Strip] = []
    // Folds over samples may part a video; each split then has a strip of it.
    var ofVideo: [[String]: Int] = [:]
    var members: [[Int]] = []
    for (index, sample) in samples.enumerated() {
      let id = sample.entry ?? (matchesNumbers ? sample.id : nil)
      if let id, let entry = entries.byID[id], pivots == nil || pivots?.byID[id] != nil {
        strips.append(
          Strip(entries: [entry], samples: [], isWhole: true, pivot: (pivots?.byID[id]).map { [$0] } ?? []))
        members.append([index])
      } else if isLabelled && !matchesNumbers {
        if let strip = ofVideo[[sample.split, sample.video]] {
          members[strip].append(index)
        } else if let mine = entries.byVideo[sample.video], let pivot = pivots.map({ $0.byVideo[sample.video] }) ?? [] {
          ofVideo[[sample.split, sample.video]] = strips.count
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
    let entries = EntryIndex(root, names)
    return { sample in
      sample.entry.map { entries.byID[$0] != nil } ?? false || isLabelled && entries.byVideo[sample.video] != nil
    }
  }
}

/// The entries of a root, as indices, by id and by video; those of a video in the order of their numbers.
private struct EntryIndex {
  let byID: [SampleID: Int]
  let byVideo: [String: [Int]]

  init(_ root: SequenceRoot, _ names: SampleNames) {
    let ids = root.entries.map { names.id(of: $0.id) }
    byID = Dictionary(ids.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    byVideo = Dictionary(grouping: ids.indices, by: { ids[$0].video }).mapValues { $0.sorted { ids[$0] < ids[$1] } }
  }
}
