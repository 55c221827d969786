internal import ComputationalSequences
internal import Segments
internal import Shards
internal import Synchronization
internal import Workers

/// The first pass: from intervals alone, how many frames every sample has of every modality. Where zero frames are left
/// out, or frames are tokens, features are read as well.
struct SizePass {
  /// By modality, then strip.
  let sizes: [[StripSizes]]
  /// By modality: SHA-256 over the digests of its root's entries, each over intervals and chunk sizes.
  let digests: [String]

  init(_ plan: ConversionPlan, pool: WorkerPool<Worker>, progress: ProgressReport) throws {
    let results = Results(plan)
    for (m, modality) in plan.modalities.enumerated() {
      let file = plan.files[m]
      let words = plan.words(of: modality)
      for (s, strip) in modality.strips.enumerated() {
        let source = try StripSource(strip.entries, of: modality.root, in: file, absent: modality.absent)
        let job = SizeJob(
          source: source, pivot: try plan.pivotSource(of: strip), strip: strip, modality: modality,
          samples: plan.samples.samples, words: try words.map { try SpokenWords(of: source, $0) })
        if source.isRaw || !job.needsFeatures {
          try pool.submit(cost: job.workingBytes) { worker in
            defer { worker.trim() }
            results.set(m, s, strip.entries, try job.run(&worker.reader, file: nil))
          }
        } else {
          var reader = BandReader()
          results.set(m, s, strip.entries, try job.run(&reader, file: file))
        }
      }
      // Entries that no sample needs still belong to the input's digest.
      let used = Set(modality.strips.flatMap(\.entries))
      for entry in modality.root.entries.indices where !used.contains(entry) {
        let source = try StripSource([entry], of: modality.root, in: file, absent: .notANumber)
        try pool.submit(cost: source.workingBytes(selected: 0)) { worker in
          defer { worker.trim() }
          let intervals = try source.readIntervals(&worker.reader).byPart
          results.set(m, nil, [entry], (StripSizes(), source.digests(of: intervals)))
        }
      }
    }
    try pool.wait()
    (sizes, digests) = results.collected()
  }

  /// What jobs found, in the places that the plan gives them.
  private final class Results: Sendable {
    /// What the first pass keeps of its work for the main pass, in all.
    private static let budget = 12 << 20

    private struct Found: Sendable {
      var kept = 0
      var sizes: [[StripSizes]]
      /// By modality, then entry.
      var digests: [[[UInt8]]]
    }

    private let found: Mutex<Found>

    init(_ plan: ConversionPlan) {
      found = Mutex(
        Found(
          sizes: plan.modalities.map { Array(repeating: StripSizes(), count: $0.strips.count) },
          digests: plan.modalities.map { Array(repeating: [], count: $0.root.entries.count) }))
    }

    func set(_ modality: Int, _ strip: Int?, _ entries: [Int], _ result: (sizes: StripSizes, digests: [[UInt8]])) {
      found.withLock { found in
        if let strip {
          let fits = found.kept + result.sizes.keptBytes <= Self.budget
          found.sizes[modality][strip] = fits ? result.sizes : result.sizes.bare
          found.kept += fits ? result.sizes.keptBytes : 0
        }
        for (entry, digest) in zip(entries, result.digests) { found.digests[modality][entry] = digest }
      }
    }

    func collected() -> ([[StripSizes]], [String]) {
      found.withLock { found in (found.sizes, found.digests.map { HexDigest.sha256(Array($0.joined())) }) }
    }
  }
}
