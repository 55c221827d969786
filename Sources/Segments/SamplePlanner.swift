package import ComputationalSequences
internal import PackedSequences

/// Makes the list of samples out of labels, entries and folds.
package enum SamplePlanner {
  /// - Parameters:
  ///   - labels: the label sequence and its file, or nil: every entry is then a sample.
  ///   - roots: the sequences that become modalities.
  ///   - folds: how to split.
  ///   - labelColumns: the columns of the labels to take, by name or number, in the order wanted; none for all.
  package static func plan(
    labels: (file: SequenceFile, root: SequenceRoot)?, roots: [(file: SequenceFile, root: SequenceRoot)],
    folds choice: FoldChoice, labelColumns wanted: [String] = []
  ) throws -> SamplePlan {
    var candidates: [Candidate] = []
    var columns: LabelColumns?
    if let labels {
      let chosen = try LabelColumns(labels.root, wanted: wanted)
      candidates = try segments(of: labels.root, in: labels.file, columns: chosen.chosen)
      columns = chosen
    } else {
      guard wanted.isEmpty else { throw SegmentsError.labelColumnsWithoutLabels }
      candidates = try wholeEntries(of: roots)
    }
    let videos = Set(candidates.map(\.video))
    let folds = try choice.folds(videos: videos, areLabelled: labels != nil)
    let splits = folds == nil ? [Folds.undivided] : Folds.names

    var samples: [Sample] = []
    var withoutSplit: [SampleID] = []
    for candidate in candidates.sorted(by: { $0.id < $1.id }) {
      if let split = folds.map({ $0.split(of: candidate.video) }) ?? Folds.undivided {
        samples.append(candidate.sample(in: split))
      } else {
        withoutSplit.append(candidate.id)
      }
    }
    if samples.isEmpty && !candidates.isEmpty { throw SegmentsError.noSamples(folds: choice.text) }
    let rank = Dictionary(uniqueKeysWithValues: splits.enumerated().map { ($1, $0) })
    // Stable: within a split the order of ids stays.
    let ordered = splits.indices.flatMap { split in samples.filter { rank[$0.split] == split } }
    return SamplePlan(
      splits: splits, samples: ordered, withoutSplit: withoutSplit,
      unlabelled: labels == nil ? [] : unlabelled(roots.map { $0.root }, candidates),
      labelNames: columns?.names ?? [], labelColumns: columns?.chosen,
      folds: choice.resolved(videos: videos, areLabelled: labels != nil), foldsByVideo: folds, isLabelled: labels != nil
    )
  }

  private struct Candidate {
    let id: SampleID
    let video: String
    let start: Double
    let end: Double
    let labels: [Float]
    let isEntry: Bool

    func sample(in split: String) -> Sample {
      Sample(id: id, video: video, start: start, end: end, labels: labels, split: split, isEntry: isEntry)
    }
  }

  /// One candidate a row of the label sequence.
  private static func segments(
    of root: SequenceRoot, in file: SequenceFile, columns: [Int]?
  ) throws -> [Candidate] {
    guard !root.holdsTokens else { throw SegmentsError.labelsAreText(path: file.path, root: root.name) }
    guard root.rows > 0 else { throw SegmentsError.noLabels(path: file.path, root: root.name) }
    var candidates: [Candidate] = []
    var seen: Set<SampleID> = []
    for entry in root.entries {
      let intervals = try file.readIntervals(of: entry, in: root)
      let values = try file.readDoubles(entry.features)
      let parsed = SampleID(parsing: entry.id)
      let isEntry = parsed.segment != nil && entry.rows == 1
      for row in 0..<entry.rows {
        let id = isEntry ? parsed : SampleID(entry: entry.id, segment: row)
        guard seen.insert(id).inserted else { throw SegmentsError.duplicateSample(path: file.path, id: id.description) }
        let all = values[row * root.dimension..<(row + 1) * root.dimension].map { Float($0) }
        let labels = columns?.map { all[$0] } ?? all
        candidates.append(
          Candidate(
            id: id, video: parsed.entry, start: intervals.starts[row], end: intervals.ends[row], labels: labels,
            isEntry: isEntry))
      }
    }
    return candidates
  }

  /// One candidate an entry, from its first frame in any modality to its last.
  private static func wholeEntries(of roots: [(file: SequenceFile, root: SequenceRoot)]) throws -> [Candidate] {
    var hulls: [String: (start: Double, end: Double)?] = [:]
    for (file, root) in roots {
      for entry in root.entries {
        let mine = try file.readIntervals(of: entry, in: root).hull
        let known = hulls[entry.id] ?? nil
        hulls[entry.id] = .some(
          known.map { (min($0.start, mine?.start ?? $0.start), max($0.end, mine?.end ?? $0.end)) } ?? mine)
      }
    }
    return hulls.map { key, hull in
      let id = SampleID(parsing: key)
      let hull = hull ?? (0, 0)
      return Candidate(id: id, video: id.entry, start: hull.start, end: hull.end, labels: [], isEntry: true)
    }
  }

  /// Entries that no label asks for, each once, in order.
  private static func unlabelled(_ roots: [SequenceRoot], _ candidates: [Candidate]) -> [String] {
    var result: Set<String> = []
    for root in roots {
      let entries = Set(root.entries.map { $0.id })
      // Who finds an entry of exactly its id takes that one; everybody else searches the video's.
      let exact = Set(candidates.filter { $0.isEntry }.map { $0.id.description }).intersection(entries)
      let searched = Set(candidates.filter { !exact.contains($0.id.description) }.map { $0.video })
      result.formUnion(
        entries.filter { !exact.contains($0) && !searched.contains(SampleID(parsing: $0).entry) })
    }
    return result.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }
}
