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

/// The main pass over one modality: every chunk that holds a wanted frame is read once; frames go to their places, and
/// moments are gathered on the way.
struct MainPass {
  let values: ModalityValues

  init(
    _ m: Int, of plan: ConversionPlan, _ sizes: [StripSizes], sink: FrameSink, pool: WorkerPool<Worker>,
    progress: ProgressReport
  ) throws {
    let modality = plan.modalities[m]
    let file = plan.files[m]
    let results = Results(strips: modality.strips.count)
    for (s, strip) in modality.strips.enumerated() where sizes[s].samples.contains(where: { $0.frames > 0 }) {
      let source = try sizes[s].source ?? StripSource(strip.entries, of: modality.root, in: file)
      let stored = source.parts.reduce(0) { $0 + $1.entry.features.storedBytes }
      let task = StripTask(source: source, strip: strip, sink: sink, samples: plan.samples.samples, sizes: sizes[s])
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
    values = results.combined(modality, plan)
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
    func combined(_ modality: ModalityPlan, _ plan: ConversionPlan) -> ModalityValues {
      var result = ModalityValues(moments: modality.isTokens ? nil : Moments(dimension: modality.selection.count))
      for (strip, values) in zip(modality.strips, values.withLock { $0 }) {
        guard let values else { continue }
        result.nonfinite.nan += values.nonfinite.nan
        result.nonfinite.posinf += values.nonfinite.posinf
        result.nonfinite.neginf += values.nonfinite.neginf
        result.nonfinite.f32Overflow += values.nonfinite.f32Overflow
        if plan.samples.samples[strip.samples[0]].split == plan.fittedSplit { result.moments?.combine(values.moments) }
      }
      return result
    }
  }
}
