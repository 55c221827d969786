package import ComputationalSequences
internal import PackedSequences

/// Makes the list of samples out of labels, entries and folds.
package enum SamplePlanner {
  /// - Parameters:
  ///   - labels: the label sequence and its file, or nil: every entry is then a sample.
  ///   - roots: the sequences that become modalities.
  ///   - folds: how to split.
  ///   - unit: what a random split keeps together; see ``FoldsInUse``.
  ///   - labelColumns: the columns of the labels to take, by name or number, in the order wanted; none for all.
  ///   - namesAreFinal: whether entries bear the ids of samples in the spelling of datasets.
  package static func plan(
    labels: (file: SequenceFile, root: SequenceRoot)?, roots: [(file: SequenceFile, root: SequenceRoot)],
    folds choice: FoldChoice, over unit: FoldUnit? = nil, labelColumns wanted: [String] = [],
    namesAreFinal: Bool = false
  ) throws -> SamplePlan {
    var candidates: [Candidate] = []
    var columns: LabelColumns?
    var notes: [String] = []
    if let labels {
      let chosen = try LabelColumns(labels.root, wanted: wanted)
      let names = SampleNames(areFinal: namesAreFinal)
      (candidates, notes) = try segments(of: labels.root, in: labels.file, columns: chosen.chosen, names)
      columns = chosen
    } else {
      guard wanted.isEmpty else { throw SegmentsError.labelColumnsWithoutLabels }
      candidates = try wholeEntries(of: roots, SampleNames(areFinal: namesAreFinal))
    }
    let folds = try FoldsInUse(
      choice, unit: unit, samples: candidates.map { ($0.id, $0.video) }, areLabelled: labels != nil)
    let splits = folds.folds == nil ? [Folds.undivided] : Folds.names

    var samples: [Sample] = []
    var withoutSplit: [SampleID] = []
    for candidate in candidates.sorted(by: { $0.id < $1.id }) {
      if let split = folds.folds.map({ $0.split(of: candidate.id) }) ?? Folds.undivided {
        samples.append(candidate.sample(in: split))
      } else {
        withoutSplit.append(candidate.id)
      }
    }
    if samples.isEmpty && !candidates.isEmpty { throw SegmentsError.noSamples(folds: choice.text) }
    let rank = Dictionary(uniqueKeysWithValues: splits.enumerated().map { ($1, $0) })
    // Stable: within a split the order of ids stays.
    let ordered = splits.indices.flatMap { split in samples.filter { rank[$0.split] == split } }
    let names = SampleNames(labelled: labels == nil ? [] : Set(candidates.map(\.video)), areFinal: namesAreFinal)
    for (file, root) in roots { try checkDistinct(root, in: file, names) }
    return SamplePlan(
      splits: splits, samples: ordered, withoutSplit: withoutSplit,
      unlabelled: labels == nil ? [] : unlabelled(roots.map { $0.root }, candidates, names),
      labelNames: columns?.names ?? [], labelColumns: columns?.chosen, folds: folds, isLabelled: labels != nil,
      names: names, notes: notes)
  }

  private struct Candidate {
    var id: SampleID
    let video: String
    let start: Double
    let end: Double
    let labels: [Float]
    let entry: SampleID?

    func sample(in split: String) -> Sample {
      Sample(id: id, video: video, start: start, end: end, labels: labels, split: split, entry: entry)
    }
  }

  /// One candidate a row of the label sequence.
  private static func segments(
    of root: SequenceRoot, in file: SequenceFile, columns: [Int]?, _ names: SampleNames
  ) throws -> ([Candidate], notes: [String]) {
    guard !root.holdsTokens else { throw SegmentsError.labelsAreText(path: file.path, root: root.name) }
    guard root.rows > 0 else { throw SegmentsError.noLabels(path: file.path, root: root.name) }
    var candidates: [Candidate] = []
    var seen: Set<SampleID> = []
    for entry in root.entries {
      let intervals = try file.readIntervals(of: entry, in: root)
      let values = try file.readDoubles(entry.features)
      let read = names.id(of: entry.id)
      let isEntry = read.description != read.video && entry.rows == 1
      for row in 0..<entry.rows {
        let id = isEntry ? read : SampleID(entry: read.description, segment: row)
        guard seen.insert(id).inserted else { throw SegmentsError.duplicateSample(path: file.path, id: id.description) }
        let all = values[row * root.dimension..<(row + 1) * root.dimension].map { Float($0) }
        let labels = columns?.map { all[$0] } ?? all
        candidates.append(
          Candidate(
            id: id, video: id.video, start: intervals.starts[row], end: intervals.ends[row], labels: labels,
            entry: isEntry ? id : nil))
      }
    }
    let entries = candidates.indices.filter { candidates[$0].entry != nil }
    let (ids, note) = names.shortened(
      entries.map { candidates[$0].id }, others: Set(candidates.filter { $0.entry == nil }.map(\.id)))
    for (index, id) in zip(entries, ids) { candidates[index].id = id }
    return (candidates, note.map { [$0] } ?? [])
  }

  /// One candidate an entry, from its first frame in any modality to its last.
  private static func wholeEntries(
    of roots: [(file: SequenceFile, root: SequenceRoot)], _ names: SampleNames
  ) throws -> [Candidate] {
    var hulls: [SampleID: (start: Double, end: Double)?] = [:]
    for (file, root) in roots {
      for entry in root.entries {
        let id = names.id(of: entry.id)
        let mine = try file.readIntervals(of: entry, in: root).hull
        let known = hulls[id] ?? nil
        hulls[id] = .some(
          known.map { (min($0.start, mine?.start ?? $0.start), max($0.end, mine?.end ?? $0.end)) } ?? mine)
      }
    }
    return hulls.map { id, hull in
      let hull = hull ?? (0, 0)
      return Candidate(id: id, video: id.video, start: hull.start, end: hull.end, labels: [], entry: id)
    }
  }

  /// Two spellings of one id would be one entry, and the other lost.
  private static func checkDistinct(
    _ root: SequenceRoot, in file: SequenceFile, _ names: SampleNames
  ) throws(SegmentsError) {
    var seen: Set<SampleID> = []
    for id in root.entries.lazy.map({ names.id(of: $0.id) }) where !seen.insert(id).inserted {
      throw .duplicateSample(path: file.path, id: id.description)
    }
  }

  /// Entries that no label asks for, each once, in order.
  private static func unlabelled(
    _ roots: [SequenceRoot], _ candidates: [Candidate], _ names: SampleNames
  ) -> [String] {
    var result: Set<String> = []
    for root in roots {
      let entries = root.entries.map { (name: $0.id, id: names.id(of: $0.id)) }
      // Who finds an entry of exactly its id takes that one; everybody else searches the video's.
      let exact = Set(candidates.compactMap(\.entry)).intersection(entries.map(\.id))
      let searched = Set(candidates.filter { $0.entry.map { !exact.contains($0) } ?? true }.map(\.video))
      for (name, id) in entries where !exact.contains(id) && !searched.contains(id.video) { result.insert(name) }
    }
    return result.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }
}
