internal import ComputationalSequences
internal import Files
internal import JSONValues
internal import PackedSequences
package import Shards

/// Writes a dataset as computational sequences: a `.csd` a modality, one for the labels, and the splits as JSON.
///
/// Each sample becomes an entry of its id, `video[k]`, which a conversion takes whole; so samples that overlap keep
/// their frames, and samples without frames stay without (an entry of no rows).
package enum SequenceExport {
  static let foldsFile = "folds.json"
  static let labelsFile = "labels.csd"

  /// - Parameters:
  ///   - path: the folder to make.
  ///   - isRaw: undo the normalization.
  ///   - gzip: zlib's level, 1...9; nil: stored as they are.
  /// - Throws: ``ExchangeError``, `SequenceError`, `FileError`; `path` is then as it was.
  package static func run(
    _ dataset: Dataset, to path: String, isRaw: Bool, gzip: Int?, overwrites: Bool, progress: ExchangeProgress
  ) throws -> ExportReport {
    Folder.reportFileSizeLimits()
    let naming = SequenceNaming(dataset)
    var folder = try ExportFolder(path, overwrites: overwrites)
    var export = Export(dataset: dataset, isRaw: isRaw, gzip: gzip, progress: progress)
    for modality in dataset.schema.modalities.indices {
      try export.write(modality, root: naming.roots[modality], to: folder.file(naming.file(modality)))
    }
    if !dataset.schema.labels.isEmpty {
      try export.writeLabels(root: naming.labels, to: folder.file(labelsFile))
    }
    let hasFolds = dataset.splits.contains { $0.name != "all" }
    if hasFolds { try File(creating: folder.file(foldsFile)).write(folds(dataset).pretty(), at: 0) }
    let files = try naming.files(dataset).map { name, content in
      ExportReport.File(name: name, bytes: try FileStatus.of(folder.file(name))?.size ?? 0, content: content)
    }
    try folder.commit()
    return ExportReport(
      path: Path.trimmed(path), samples: dataset.splits.reduce(0) { $0 + $1.sampleCount }, files: files,
      notes: export.notes() + (isRaw ? dataset.manifest.clippedNotes : []),
      readBack: naming.readBack(dataset, folder: Path.trimmed(path), isRaw: isRaw, export.masked)
    )
  }

  /// Videos by split, as `--folds` reads them; the samples of those that lie in several splits one by one.
  private static func folds(_ dataset: Dataset) -> JSONValue {
    let torn = VideoSplits(dataset).torn
    var folds = JSONObject()
    for split in dataset.splits {
      var ids: [String] = []
      var seen: Set<String> = []
      for shard in split.shards {
        for sample in 0..<shard.sampleCount {
          let id = EntryName.of(shard.id(sample))
          let video = SampleID(parsing: id).video
          let name = torn.contains(video) ? id : video
          if seen.insert(name).inserted { ids.append(name) }
        }
      }
      folds[split.name] = JSONValue(ids)
    }
    return .object(folds)
  }
}

/// An export under way.
private struct Export {
  let dataset: Dataset
  let isRaw: Bool
  let gzip: Int?
  let progress: ExchangeProgress
  /// Modalities of numbers with a masked frame.
  var masked: Set<Int> = []
  private var renamed = 0
  private var maskedTokens = 0

  init(dataset: Dataset, isRaw: Bool, gzip: Int?, progress: ExchangeProgress) {
    (self.dataset, self.isRaw, self.gzip, self.progress) = (dataset, isRaw, gzip, progress)
  }

  /// The index of the chunks takes some KiB, so few rows are smaller without.
  private func storage(bytes: Int) -> SequenceWriter.Storage {
    guard let gzip, bytes >= 16 << 10 else { return .contiguous }
    return SequenceWriter.Storage(.automatic, gzip: gzip)
  }

  mutating func write(_ modality: Int, root: String, to path: String) throws {
    let record = dataset.manifest.modalities[modality]
    let values = FrameValues(dataset, modality: modality, isRaw: isRaw, marksMasked: true)
    let kind = isRaw || record.normalization == .none ? "" : ", normalized (\(record.normalization.rawValue))"
    let times = dataset.schema.keepsTimes ? "" : "; times made up, spread evenly over each sample"
    var (hasMasked, samplesWithMaskedTokens) = (false, 0)
    renamed = try write(
      root, description: "\(record.name)\(kind), one entry a sample\(times)", names: record.dimensionNames ?? [],
      to: path
    ) { writer, shard, sample, entry in
      let intervals = FrameTimes.intervals(of: shard, sample: sample, modality: modality)
      let isMasked = Self.hasMasked(shard.valid(sample: sample, modality: modality))
      let features: SequenceWriter.Features
      if let values {
        hasMasked = hasMasked || isMasked
        features = .float32(values.read(shard, sample: sample), columns: values.dimension)
      } else {
        samplesWithMaskedTokens += isMasked ? 1 : 0
        features = try Self.tokens(shard, sample: sample, modality: modality)
      }
      try writer.addEntry(
        entry, to: root, features: features, intervals: .float64(intervals),
        storage: storage(bytes: features.bytes), intervalStorage: .contiguous)
    }
    if hasMasked { masked.insert(modality) }
    maskedTokens += samplesWithMaskedTokens
  }

  mutating func writeLabels(root: String, to path: String) throws {
    let names = dataset.schema.labels
    renamed = try write(root, description: "Labels, one entry a sample", names: names, to: path) {
      writer, shard, sample, entry in
      let labels = shard.labels(sample)
      let (start, end) = shard.interval(sample)
      try writer.addEntry(
        entry, to: root, features: .float32(labels.indices.map { labels[$0] }, columns: names.count),
        intervals: .float64([start, end]), storage: .contiguous)
    }
  }

  /// Writes one file: a root with an entry for every sample of every split. Returns how many ids had to be spelled
  /// otherwise.
  private func write(
    _ root: String, description: String, names: [String], to path: String,
    _ add: (borrowing SequenceWriter, Shard, _ sample: Int, _ entry: String) throws -> Void
  ) throws -> Int {
    let writer = try SequenceWriter(creating: path)
    try writer.addRoot(root, metadata: metadata(root, description, names))
    let samples = dataset.splits.reduce(0) { $0 + $1.sampleCount }
    progress.begin(Path.name(of: path), samples)
    var renamed = 0
    for split in dataset.splits {
      for shard in split.shards {
        for sample in 0..<shard.sampleCount {
          let id = shard.id(sample)
          let entry = EntryName.of(id)
          if entry != id { renamed += 1 }
          try add(writer, shard, sample, entry)
          progress.advance(1)
        }
      }
    }
    try writer.close()
    return renamed
  }

  /// What the SDK wants to be told of a sequence; the identifier comes from the dataset's content.
  private func metadata(_ root: String, _ description: String, _ names: [String]) -> [SequenceWriter.Metadata] {
    let digest = HexDigest.sha256("\(dataset.manifest.content) \(isRaw) \(root)")
    return SequenceWriter.Metadata.standard(
      root: root, description: description, dimensionNames: names,
      dataset: "grf-data dataset \(dataset.manifest.fingerprint)", creator: "grf-data export",
      uuid: SequenceNaming.uuid(digest))
  }

  private static func hasMasked(_ valid: Span<UInt8>) -> Bool {
    for frame in valid.indices where valid[frame] == 0 { return true }
    return false
  }

  /// Tokens as byte strings, padded to the sample's longest.
  private static func tokens(_ shard: Shard, sample: Int, modality: Int) throws -> SequenceWriter.Features {
    let frames = shard.frameRange(sample: sample, modality: modality)
    let width = frames.reduce(1) { max($0, shard.token($1, modality: modality).count) }
    guard width <= 1 << 20, width * frames.count <= 1 << 26 else {
      throw ExchangeError.longToken(
        modality: shard.schema.modalities[modality].name, sample: shard.id(sample), bytes: width)
    }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(width * frames.count)
    for frame in frames {
      let token = shard.token(frame, modality: modality)
      for index in token.indices { bytes.append(token[index]) }
      bytes += repeatElement(0, count: width - token.count)
    }
    return .paddedBytes(bytes, width: width)
  }

  func notes() -> [String] {
    var notes: [String] = []
    if !dataset.schema.keepsTimes {
      notes.append("the dataset has no times, so each sample's frames were spread evenly over its interval")
    }
    if renamed > 0 {
      notes.append("\(renamed) ids hold what no HDF5 name may (/ or NUL), which is spelled as %2F and %00 now")
    }
    if maskedTokens > 0 {
      notes.append("tokens are masked in \(maskedTokens) samples, which a .csd cannot tell; they are there unmasked")
    }
    if !masked.isEmpty {
      notes.append("masked frames hold NaN where 0 stood for what was not finite; --nonfinite mask reads them back")
    }
    return notes
  }
}
