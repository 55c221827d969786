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
  /// Values that were clipped.
  var clipped = 0
}

extension Manifest.Nonfinite {
  mutating func add(_ other: Manifest.Nonfinite) {
    nan += other.nan
    posinf += other.posinf
    neginf += other.neginf
    f32Overflow += other.f32Overflow
  }
}

/// The main pass over splits of one modality: every chunk that holds a wanted frame is read once; frames go to their
/// places, and moments are gathered on the way.
struct MainPass {
  /// Receives the moments of each fitted strip, in the order of the strips, with its place among them.
  typealias RecordHandler = @Sendable (_ place: Int, Moments) throws -> Void

  let values: ModalityValues

  init(
    _ plan: ConversionPlan, splits: [String], _ sizes: [StripSizes], sink: FrameSink, pool: WorkerPool<Worker>,
    progress: ProgressReport, journal: ModalityJournal?, record: RecordHandler? = nil
  ) throws {
    let modality = sink.plan
    let file = plan.files[sink.modality]
    let strips = Self.order(modality, sizes, plan, splits)
    let results = Results(modality, strips: strips, record: record)
    for s in strips {
      let strip = modality.strips[s]
      let source =
        try sizes[s].source ?? StripSource(strip.entries, of: modality.root, in: file, absent: modality.absent)
      let stored = source.parts.reduce(0) { $0 + $1.entry.features.storedBytes }
      // What the first pass planned needs no rows to be aligned to once more.
      let pivot = try sizes[s].frames == nil ? plan.pivotSource(of: strip) : nil
      let task = JournaledTask(
        task: StripTask(
          source: source, pivot: pivot, strip: strip, sink: sink, samples: plan.samples.samples, sizes: sizes[s],
          isFitted: plan.split(of: strip) == plan.fittedSplit), number: s, journal: journal)
      if source.isRaw {
        try pool.submit(cost: source.workingBytes(selected: modality.selection.count)) { worker in
          defer { worker.trim() }
          try results.set(s, try task.run(&worker, file: nil))
          progress.advance(stored)
        }
      } else {
        var worker = Worker()
        try results.set(s, try task.run(&worker, file: file))
        progress.advance(stored)
      }
    }
    try pool.wait()
    values = results.combined
  }

  /// The strips of some splits that have frames: the largest first, so that no thread is left with a long one at the
  /// end, unless their records would have to wait for each other in too much memory.
  private static func order(
    _ modality: ModalityPlan, _ sizes: [StripSizes], _ plan: ConversionPlan, _ splits: [String]
  ) -> [Int] {
    let frames = sizes.map { $0.samples.reduce(0) { $0 + $1.frames } }
    let wanted = modality.strips.indices.filter {
      frames[$0] > 0 && splits.contains(plan.split(of: modality.strips[$0]))
    }
    let recordBytes = Moments.Field.allCases.count * modality.selection.count * MemoryLayout<Double>.size
    guard wanted.count * recordBytes <= greatestWaiting else { return wanted }
    return wanted.sorted { (frames[$1], $0) < (frames[$0], $1) }
  }

  /// Bytes of records that may wait for those before them.
  private static let greatestWaiting = 2 << 20

  /// Bytes that the pass reads, for progress.
  static func storedBytes(_ plan: ConversionPlan, _ sizes: [[StripSizes]]) -> Int {
    zip(plan.modalities, sizes).reduce(0) { result, modality in
      let read = order(modality.0, modality.1, plan, plan.samples.splits).flatMap { modality.0.strips[$0].entries }
      return result + read.reduce(0) { $0 + modality.0.root.entries[$1].features.storedBytes }
    }
  }

  /// Records of strips, combined in the order of the strips, each as soon as all before it are there.
  private final class Results: Sendable {
    private struct State: Sendable {
      var combined: ModalityValues
      var waiting: [Int: StripValues?] = [:]
      /// The strips that are still to come, in order.
      var remaining: ArraySlice<Int>
      var recorded = 0
    }

    private let state: Mutex<State>
    private let record: RecordHandler?

    init(_ modality: ModalityPlan, strips: [Int], record: RecordHandler?) {
      self.record = record
      let moments = modality.isTokens ? nil : Moments(dimension: modality.selection.count)
      state = Mutex(State(combined: ModalityValues(moments: moments), remaining: strips.sorted()[...]))
    }

    func set(_ strip: Int, _ values: StripValues?) throws {
      try state.withLock { state in
        state.waiting[strip] = .some(values)
        while let next = state.remaining.first, let values = state.waiting.removeValue(forKey: next) {
          state.remaining.removeFirst()
          guard let values else { continue }
          state.combined.nonfinite.add(values.nonfinite)
          guard let moments = values.moments else { continue }
          state.combined.moments?.combine(moments)
          try record?(state.recorded, moments)
          state.recorded += 1
        }
      }
    }

    var combined: ModalityValues { state.withLock { $0.combined } }
  }
}
