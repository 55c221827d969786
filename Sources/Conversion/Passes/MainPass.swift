internal import ComputationalSequences
internal import Preprocessing
internal import Segments
internal import Shards
internal import Synchronization
internal import Workers

/// What the main pass learns of a modality.
struct ModalityValues: Sendable {
  /// Over the fitted split; nil for tokens.
  var moments: Moments?
  var nonfinite = Manifest.Nonfinite()
  /// What the modality is normalized with; nil for tokens.
  var statistics: Manifest.Statistics?
}

extension Manifest.Nonfinite {
  mutating func add(_ other: Manifest.Nonfinite) {
    nan += other.nan
    posinf += other.posinf
    neginf += other.neginf
    f32Overflow += other.f32Overflow
  }
}

/// The main pass over splits of one modality: every chunk that holds a wanted frame is read once; frames go to their places, and
/// moments are gathered on the way.
struct MainPass {
  let values: ModalityValues

  init(
    _ plan: ConversionPlan, splits: [String], _ sizes: [StripSizes], sink: FrameSink, pool: WorkerPool<Worker>,
    progress: ProgressReport
  ) throws {
    let modality = sink.plan
    let file = plan.files[sink.modality]
    let results = Results(strips: modality.strips.count)
    for s in Self.order(modality, sizes, plan, splits) {
      let strip = modality.strips[s]
      let source = try sizes[s].source ?? StripSource(strip.entries, of: modality.root, in: file)
      let stored = source.parts.reduce(0) { $0 + $1.entry.features.storedBytes }
      let task = StripTask(
        source: source, strip: strip, sink: sink, samples: plan.samples.samples, sizes: sizes[s],
        isFitted: plan.split(of: strip) == plan.fittedSplit)
      if source.isRaw {
        try pool.submit(cost: source.workingBytes(selected: modality.selection.count)) { worker in
          defer { worker.trim() }
          results.set(s, try task.run(&worker, file: nil))
          progress.advance(stored)
        }
      } else {
        var worker = Worker()
        results.set(s, try task.run(&worker, file: file))
        progress.advance(stored)
      }
    }
    try pool.wait()
    values = results.combined(modality)
  }

  /// The strips of some splits that have frames, the largest first, so that no thread is left with a long one at the end.
  private static func order(
    _ modality: ModalityPlan, _ sizes: [StripSizes], _ plan: ConversionPlan, _ splits: [String]
  ) -> [Int] {
    let frames = sizes.map { $0.samples.reduce(0) { $0 + $1.frames } }
    return modality.strips.indices.filter { frames[$0] > 0 && splits.contains(plan.split(of: modality.strips[$0])) }
      .sorted { (frames[$1], $0) < (frames[$0], $1) }
  }

  /// Bytes that the pass reads, for progress.
  static func storedBytes(_ plan: ConversionPlan) -> Int {
    plan.modalities.reduce(0) { result, modality in
      result + modality.strips.flatMap(\.entries).reduce(0) { $0 + modality.root.entries[$1].features.storedBytes }
    }
  }

  private final class Results: Sendable {
    private let values: Mutex<[StripValues?]>

    init(strips: Int) { values = Mutex(Array(repeating: nil, count: strips)) }

    func set(_ strip: Int, _ value: StripValues?) { values.withLock { $0[strip] = value } }

    /// Records of the fitted split, combined in the order of their first samples.
    func combined(_ modality: ModalityPlan) -> ModalityValues {
      var result = ModalityValues(moments: modality.isTokens ? nil : Moments(dimension: modality.selection.count))
      for case let values? in values.withLock({ $0 }) {
        result.nonfinite.add(values.nonfinite)
        if let moments = values.moments { result.moments?.combine(moments) }
      }
      return result
    }
  }
}
