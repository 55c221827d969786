internal import ComputationalSequences
internal import JSONValues
internal import PackedSequences
internal import Segments
internal import Shards

/// The samples of a dataset, as far as more sequences can be added to them.
///
/// A dataset knows its samples' ids, intervals and splits. What it cannot tell makes it refuse: then only the
/// conversion of everything knows.
struct KnownSamples {
  let plan: SamplePlan
  /// Entries of the new sequences that no label asks for.
  let unlabelled: [String]

  /// - Parameters:
  ///   - labels: the dataset's label sequence, where it was given.
  ///   - roots: the new sequences.
  init(
    _ dataset: Dataset, ledger: [LedgerEntry], labels: (file: SequenceFile, root: SequenceRoot)?,
    roots: [(file: SequenceFile, root: SequenceRoot)]
  ) throws {
    let configuration = dataset.manifest.configuration
    let dropped = Set(ledger.filter { $0.reason == .incomplete }.map(\.id)).count
    guard dropped == 0 else {
      throw ConversionError.cannotAdd(
        dataset: dataset.path,
        why: "\(dropped) samples were left out as incomplete, and what a new sequence has for them cannot be told")
    }
    let isLabelled = configuration["labels"]?.string != nil
    let stored = dataset.splits.flatMap { split in
      split.shards.flatMap { shard in
        (0..<shard.sampleCount).map { (id: shard.id($0), interval: shard.interval($0), split: split.name) }
      }
    }
    let names = dataset.splits.map(\.name)
    guard isLabelled else {
      let known = Dictionary(stored.map { ($0.id, $0.interval) }, uniquingKeysWith: { first, _ in first })
      try Self.checkWithin(known, roots, SampleNames(), dataset.path)
      plan = SamplePlan(
        splits: names,
        samples: stored.map {
          let id = SampleID(parsing: $0.id)
          return SamplePlan.KnownSample(id: id, interval: $0.interval, split: $0.split, entry: id)
        }, isLabelled: false, names: SampleNames())
      unlabelled = []
      return
    }
    if let labels {
      let given = try SamplePlanner.plan(labels: labels, roots: roots, folds: .none)
      let byID = Dictionary(given.samples.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
      plan = SamplePlan(
        splits: names,
        samples: try stored.map { sample in
          let id = SampleID(parsing: sample.id)
          guard let found = byID[id] else {
            throw ConversionError.cannotAdd(
              dataset: dataset.path, why: "the labels given do not name its sample \(sample.id)")
          }
          return SamplePlan.KnownSample(
            id: found.id, interval: sample.interval, split: sample.split, entry: found.entry)
        }, isLabelled: true, names: given.names)
      unlabelled = given.unlabelled
      return
    }
    let ids = stored.map(\.id) + ledger.filter { $0.reason == .noSplit || $0.reason == .noLabel }.map(\.id)
    let videos = Set(ids.map { SampleID(parsing: $0).video })
    let spellings = SampleNames(labelled: videos)
    try Self.checkUnambiguous(
      ids, roots.map(\.root), spellings, dataset, labels: configuration["labels"]?.string ?? "")
    let samples = stored.map {
      SamplePlan.KnownSample(id: SampleID(parsing: $0.id), interval: $0.interval, split: $0.split, entry: nil)
    }
    plan = SamplePlan(splits: names, samples: samples, isLabelled: true, names: spellings)
    unlabelled = Set(roots.flatMap { $0.root.entries.map(\.id) }).filter { !videos.contains(spellings.video(of: $0)) }
      .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  /// Without labels a sample reaches from its first frame in any sequence to its last: a new one must not change that.
  private static func checkWithin(
    _ known: [String: (start: Double, end: Double)], _ roots: [(file: SequenceFile, root: SequenceRoot)],
    _ names: SampleNames, _ path: String
  ) throws {
    for (file, root) in roots {
      for entry in root.entries {
        guard let interval = known[names.id(of: entry.id).description] else {
          throw ConversionError.cannotAdd(
            dataset: path, why: "\"\(root.name)\" has the entry \(entry.id), which would become another sample")
        }
        guard let hull = try file.readIntervals(of: entry, in: root).hull else { continue }
        guard hull.start >= interval.start && hull.end <= interval.end else {
          throw ConversionError.cannotAdd(
            dataset: path,
            why: "\(entry.id) of \"\(root.name)\" reaches beyond the sample [\(interval.start), \(interval.end)], "
              + "which would become longer")
        }
      }
    }
  }

  /// A sample `video[k]` is row k of the label entry `video`, or the label entry `video[k]`; which of them matters only
  /// where a new sequence has an entry of that name.
  private static func checkUnambiguous(
    _ ids: [String], _ roots: [SequenceRoot], _ names: SampleNames, _ dataset: Dataset, labels: String
  ) throws {
    let nested = ids.first { SampleID(parsing: SampleID(parsing: $0).entry).segment != nil }
    let known = Set(ids)
    // Ids that were made shorter are told by their first number or their last.
    let same = roots.lazy.flatMap(\.entries).first { entry in
      let id = names.id(of: entry.id)
      return known.contains(id.description) || SampleID(parsing: id.entry).segment != nil
    }?.id
    guard let doubtful = nested ?? same else { return }
    throw ConversionError.labelsNeeded(dataset: dataset.path, sample: doubtful, labels: labels)
  }
}
