internal import ComputationalSequences
internal import PackedSequences
internal import Segments
internal import Synchronization
internal import Workers

/// What is found in one sequence.
package struct SequenceReport: Sendable {
  package let file: String
  package let root: String
  /// The modality that the root becomes when no name is given; `labels` for labels.
  package let modality: String
  package let entries: Int
  package let rows: Int
  package let columns: Int
  package let holdsTokens: Bool
  /// In the order of ``Rule``; only what was found.
  package let findings: [Finding]
}

/// What is found in a number of files.
package struct InspectionReport: Sendable {
  package let sequences: [SequenceReport]
  /// Files that could not be opened, and why.
  package let unreadable: [(path: String, problem: String)]
  /// Nil where no transcripts were given.
  package let wordLag: WordLag?
}

/// Inspects sequences before anyone trains on them.
package enum Doctor {
  /// Bytes that entries under inspection may hold together.
  private static let budget = 256 << 20

  /// Reads every interval and every value once; memory is that of a few entries' intervals and a band each.
  ///
  /// - Parameters:
  ///   - inputs: files, and folders that hold `.csd` files.
  ///   - transcripts: a CSV file with the columns video, row and text, or a folder of the raw dataset's transcripts; nil:
  ///     words are not compared.
  ///   - threads: at least 1. What is found does not depend on it.
  /// - Throws: ``SequenceError`` where no file can be opened; ``InspectionError`` for transcripts that cannot be used. What
  ///   is wrong with single files and entries is reported, and hides nothing else.
  package static func inspect(_ inputs: [String], transcripts: String? = nil, threads: Int) throws -> InspectionReport {
    let (files, failures) = SequenceCollection.open(try SequenceCollection.paths(inputs))
    // Where there is nothing to inspect, that is the error.
    if files.isEmpty, let failure = failures.first { throw failure.error }
    let places = files.flatMap { file in file.roots.map { (file: file, root: $0) } }
    let areLabels = places.map { ModalityCatalog.claim(of: $0.root.name)?.name == ModalityCatalog.labels }
    let results = Mutex(places.map { Array(repeating: EntryReport(), count: $0.root.entries.count) })
    try WorkerPool<BandReader>.withWorkers(threads: threads, budget: budget, state: BandReader()) { pool in
      var reader = BandReader()
      for (index, (file, root)) in places.enumerated() {
        for (position, entry) in root.entries.enumerated() {
          let job: EntryJob
          do { job = try EntryJob(entry, of: root, in: file, isLabels: areLabels[index]) } catch let error
            as SequenceError
          {
            results.withLock { $0[index][position] = EntryReport(of: entry.id, error) }
            continue
          }
          guard job.isRaw else {
            let report = try job.report(&reader, file: file)
            results.withLock { $0[index][position] = report }
            continue
          }
          try pool.submit(cost: job.workingBytes) { reader in
            let report = try job.report(&reader, file: nil)
            results.withLock { $0[index][position] = report }
          }
        }
      }
      try pool.wait()
    }
    let entries = results.withLock { $0 }
    let lag = try transcripts.map { path in try measureLag(places, transcripts: path) }
    let labelTimes = TimeRules.labels(zip(places, areLabels).filter(\.1).map(\.0))
    let names = modalityNames(places.map(\.root))
    let rules = CollectionRules(places.map(\.root), areLabels: areLabels)
    let sequences = try places.indices.map { index in
      let (file, root) = places[index]
      var findings = Findings()
      for entry in root.unfit {
        findings.add(.unfit, Place(entry: entry.id, detail: entry.error.unfitness))
      }
      findings.append(combined(entries[index], of: root))
      if !areLabels[index],
        let check = try? TimeCheck(of: root, in: file, segments: labelTimes.segments, except: labelTimes.whole)
      {
        TimeRules.inspect(check, into: &findings)
      }
      try rules.inspect(index, into: &findings)
      MetadataRules.inspect(root, into: &findings)
      if let lag, lag.lag.root == root.name { lag.inspect(into: &findings) }
      return SequenceReport(
        file: file.path, root: root.name, modality: names[index],
        entries: root.entries.count, rows: root.rows, columns: root.dimension, holdsTokens: root.holdsTokens,
        findings: findings.list)
    }
    return InspectionReport(
      sequences: sequences, unreadable: failures.map { ($0.path, "\($0.error)") }, wordLag: lag?.lag)
  }

  /// As `convert` names them: of several roots that claim a name, the one with the best claim has it.
  private static func modalityNames(_ roots: [SequenceRoot]) -> [String] {
    let claims = roots.map { ModalityCatalog.claim(of: $0.name) }
    return roots.indices.map { index in
      guard let claim = claims[index] else { return ModalityName.sanitized(roots[index].name) }
      let isOutdone = claims.indices.contains { other in
        guard let rival = claims[other], rival.name == claim.name else { return false }
        return (rival.rank, roots[other].name) < (claim.rank, roots[index].name)
      }
      return isOutdone && claim.name != ModalityCatalog.labels
        ? ModalityName.sanitized(roots[index].name) : claim.name
    }
  }

  private static func measureLag(
    _ places: [(file: SequenceFile, root: SequenceRoot)], transcripts: String
  ) throws -> LagMeasurement {
    /// Of the roots that claim a name the one with the best claim, as `convert` chooses.
    func root(_ name: String, where fits: (SequenceRoot) -> Bool) -> (file: SequenceFile, root: SequenceRoot)? {
      places.compactMap { place -> (rank: Int, place: (file: SequenceFile, root: SequenceRoot))? in
        guard let claim = ModalityCatalog.claim(of: place.root.name), claim.name == name, fits(place.root) else {
          return nil
        }
        return (claim.rank, place)
      }.min { $0.rank < $1.rank }?.place
    }
    guard let words = root("words", where: \.holdsTokens) else {
      throw InspectionError.nothingToCompare(missing: "words")
    }
    guard let labels = root(ModalityCatalog.labels, where: { $0.rows > 0 }) else {
      throw InspectionError.nothingToCompare(missing: "labels")
    }
    return try LagMeasurement(words: words, labels: labels, path: transcripts)
  }

  private static func combined(_ entries: [EntryReport], of root: SequenceRoot) -> Findings {
    var findings = Findings()
    var kinds = ColumnKinds(columns: root.dimension)
    for entry in entries {
      findings.append(entry.findings)
      if let its = entry.kinds { kinds.add(its) }
    }
    EntryTiming.inspect(entries.flatMap(\.stretches), into: &findings)
    let names = root.metadata.dimensionNames.flatMap { $0.count == root.dimension ? $0 : nil }
    if !root.holdsTokens { kinds.inspect(names: names, into: &findings) }
    return findings
  }
}
