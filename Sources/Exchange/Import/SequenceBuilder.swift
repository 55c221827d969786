internal import ComputationalSequences
internal import Crypto
internal import PackedSequences
internal import Shards

/// Writes the samples of arrays as computational sequences, one entry a sample, which a conversion takes whole.
struct SequenceBuilder {
  let plan: ImportPlan
  let ids: [[SampleID]]
  let roots: [String]
  let labelRoot: String
  /// Modalities with masked frames: NaN stands in for what the mask leaves out.
  private(set) var masked: [String] = []
  private(set) var notes: [String] = []

  init(_ plan: ImportPlan, ids: [[SampleID]]) {
    self.plan = plan
    self.ids = ids
    var taken: Set<String> = []
    roots = plan.modalities.map { modality in
      var root = modality.root
      while !taken.insert(root).inserted { root = root == modality.name ? root + "_2" : modality.name }
      return root
    }
    var labels = "labels"
    while taken.contains(labels) { labels += "_2" }
    labelRoot = labels
  }

  /// Writes one file with a root a modality, and one for the labels.
  mutating func write(to path: String, scratch: () -> String, progress: ExchangeProgress) throws {
    let writer = try SequenceWriter(creating: path)
    progress.begin("reading arrays", plan.samples.reduce(0) { $0 + $1.count } * plan.modalities.count)
    for (modality, root) in zip(plan.modalities, roots) {
      try write(modality, root: root, with: writer, scratch: scratch, progress)
    }
    if !plan.labelNames.isEmpty { try writeLabels(with: writer) }
    try writer.close()
  }

  private mutating func write(
    _ modality: ImportPlan.Modality, root: String, with writer: borrowing SequenceWriter,
    scratch: () -> String, _ progress: ExchangeProgress
  ) throws {
    try writer.addRoot(
      root, metadata: modality.dimensionNames.map { [.init("dimension names", .init($0))] } ?? [])
    var digest = SHA256()
    var (hasMasked, maskedTokens) = (false, 0)
    for (p, source) in modality.sources.enumerated() {
      let reader = try SourceReader(
        part: plan.parts[p], source: source, dimension: modality.dimension, scratch: scratch)
      for (sample, id) in ids[p].lazy.map(\.description).enumerated() {
        let frames = try reader.next()
        let features = try Self.features(frames, modality, id: id)
        let (start, end) = plan.samples[p].interval(sample)
        let intervals =
          modality.hasTimes
          ? FrameTimes.intervals(frames.times ?? [], start: start, end: end)
          : FrameTimes.spread(frames.count, from: start, to: end)
        digest.update(data: Array(id.utf8) + [0])
        digest.update(data: features.bytes)
        digest.update(data: TensorBytes.of(intervals))
        try writer.addEntry(
          id, to: root, features: features.content, intervals: .float64(intervals), storage: .contiguous)
        progress.advance(1)
        if !frames.hasMasked { continue }
        if modality.isText { maskedTokens += 1 } else { hasMasked = true }
      }
    }
    // The values are in no other part of a dataset's fingerprint.
    try writer.addMetadata(.init("uuid", .string(Self.uuid(digest))), to: root)
    if hasMasked { masked.append(modality.name) }
    if maskedTokens > 0 {
      notes.append("\(modality.name): tokens are masked in \(maskedTokens) samples; they are taken unmasked")
    }
  }

  private func writeLabels(with writer: borrowing SequenceWriter) throws {
    try writer.addRoot(labelRoot, metadata: [.init("dimension names", .init(plan.labelNames))])
    let width = plan.labelNames.count
    var digest = SHA256()
    for (ids, samples) in zip(ids, plan.samples) {
      digest.update(data: TensorBytes.of(samples.labels))
      for (sample, id) in ids.enumerated() {
        try writer.addEntry(
          id.description, to: labelRoot,
          features: .float32(Array(samples.labels[sample * width..<(sample + 1) * width]), columns: width),
          intervals: .float64([samples.interval(sample).start, samples.interval(sample).end]),
          storage: .contiguous)
      }
    }
    try writer.addMetadata(.init("uuid", .string(Self.uuid(digest))), to: labelRoot)
  }

  private static func uuid(_ digest: SHA256) -> String {
    SequenceNaming.uuid(HexDigest.sha256(Array(digest.finalize())))
  }

  /// The rows of an entry, and the bytes that tell them from others.
  private static func features(
    _ frames: SourceFrames, _ modality: ImportPlan.Modality, id: String
  ) throws -> (content: SequenceWriter.Features, bytes: [UInt8]) {
    switch frames.values {
    case .float32(var values):
      for index in MaskMarks.places(
        values.map { $0 == 0 && $0.sign == .plus }, frames.valid, dimension: modality.dimension)
      {
        values[index] = .nan
      }
      return (.float32(values, columns: modality.dimension), TensorBytes.of(values))
    case .float64(var values):
      for index in MaskMarks.places(
        values.map { $0 == 0 && $0.sign == .plus }, frames.valid, dimension: modality.dimension)
      {
        values[index] = .nan
      }
      return (.float64(values, columns: modality.dimension), TensorBytes.of(values))
    case .texts(let texts):
      let width = texts.reduce(1) { max($0, $1.count) }
      guard width <= 1 << 20, width * texts.count <= 1 << 26 else {
        throw ExchangeError.longToken(modality: modality.name, sample: id, bytes: width)
      }
      let bytes = texts.flatMap { $0 + repeatElement(0, count: width - $0.count) }
      return (.paddedBytes(bytes, width: width), bytes)
    }
  }
}
