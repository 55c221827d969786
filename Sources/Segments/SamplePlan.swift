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
}

extension SamplePlan {
  /// The strips of a root, in the order of their first samples.
  package func strips(of root: SequenceRoot) -> [Strip] {
    let byID = Dictionary(root.entries.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
    var parts: [String: [(id: SampleID, index: Int)]] = [:]
    for (index, entry) in root.entries.enumerated() {
      let id = SampleID(parsing: entry.id)
      parts[id.entry, default: []].append((id, index))
    }
    var strips: [Strip] = []
    var ofVideo: [String: Int] = [:]
    var members: [[Int]] = []
    for (index, sample) in samples.enumerated() {
      if sample.isEntry, let entry = byID[sample.id.description] {
        strips.append(Strip(entries: [entry], samples: [index], isWhole: true))
        members.append([index])
      } else if isLabelled {
        if let strip = ofVideo[sample.video] {
          members[strip].append(index)
        } else if let entries = parts[sample.video] {
          ofVideo[sample.video] = strips.count
          strips.append(Strip(entries: entries.sorted { $0.id < $1.id }.map(\.index), samples: [], isWhole: false))
          members.append([index])
        }
      }
    }
    return zip(strips, members).map { Strip(entries: $0.entries, samples: $1, isWhole: $0.isWhole) }
  }
}
