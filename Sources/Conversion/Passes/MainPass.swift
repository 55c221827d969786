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
}

/// The main pass: every chunk that holds a wanted frame is read once; frames go to their places, and moments are
/// gathered on the way.
struct MainPass {
  /// By modality.
  let values: [ModalityValues]

  init(
    _ plan: ConversionPlan, _ sizes: [[StripSizes]], sinks: [FrameSink], pool: WorkerPool<Worker>,
    progress: ProgressReport
  ) throws {
    let results = Results(plan)
    for (m, modality) in plan.modalities.enumerated() {
      let file = plan.files[m]
      for (s, strip) in modality.strips.enumerated() where sizes[m][s].samples.contains(where: { $0.frames > 0 }) {
        let source = try sizes[m][s].source ?? StripSource(strip.entries, of: modality.root, in: file)
        let stored = source.parts.reduce(0) { $0 + $1.entry.features.storedBytes }
        let task = StripTask(
          source: source, strip: strip, sink: sinks[m], samples: plan.samples.samples, sizes: sizes[m][s])
        if source.isRaw {
          try pool.submit(cost: source.workingBytes(selected: modality.selection.count)) { worker in
            defer { worker.trim() }
            results.set(m, s, try task.run(&worker, file: nil))
            progress.advance(stored)
          }
        } else {
          var worker = Worker()
          results.set(m, s, try task.run(&worker, file: file))
          progress.advance(stored)
        }
      }
    }
    try pool.wait()
    values = results.combined(plan)
  }

  /// Bytes that the pass reads, for progress.
  static func storedBytes(_ plan: ConversionPlan) -> Int {
    plan.modalities.reduce(0) { result, modality in
      result + modality.strips.flatMap(\.entries).reduce(0) { $0 + modality.root.entries[$1].features.storedBytes }
    }
  }

  private final class Results: Sendable {
    /// By modality, then strip.
    private let values: Mutex<[[StripValues?]]>

    init(_ plan: ConversionPlan) {
      values = Mutex(plan.modalities.map { Array(repeating: nil, count: $0.strips.count) })
    }

    func set(_ modality: Int, _ strip: Int, _ value: StripValues?) {
      values.withLock { $0[modality][strip] = value }
    }

    /// Records of the fitted split, combined in the order of their first samples.
    func combined(_ plan: ConversionPlan) -> [ModalityValues] {
      values.withLock { values in
        zip(plan.modalities, values).map { modality, strips in
          var result = ModalityValues(moments: modality.isTokens ? nil : Moments(dimension: modality.selection.count))
          for (strip, values) in zip(modality.strips, strips) {
            guard let values else { continue }
            result.nonfinite.nan += values.nonfinite.nan
            result.nonfinite.posinf += values.nonfinite.posinf
            result.nonfinite.neginf += values.nonfinite.neginf
            result.nonfinite.f32Overflow += values.nonfinite.f32Overflow
            if plan.samples.samples[strip.samples[0]].split == plan.fittedSplit {
              result.moments?.combine(values.moments)
            }
          }
          return result
        }
      }
    }
  }
}
