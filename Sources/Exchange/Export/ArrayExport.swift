internal import Files
internal import JSONValues
package import Shards

/// Writes a dataset as one NumPy archive, `.npz`: arrays by split, `train/text`, which NumPy loads without a pickle.
///
/// Memory holds a sample at a time, padded; sizes are known from the lists of offsets before a byte is written.
package struct ArrayExport {
  /// What becomes of a sample's frames.
  package enum Form: Sendable, Equatable {
    /// One after another, as in a shard.
    case ragged
    /// On a grid of the greatest length.
    case padded(PaddingSide)
  }

  package var form = Form.ragged
  /// Undo the normalization.
  package var isRaw = false
  /// By modality: the length to pad to, where it shall not be the greatest there is. Longer samples keep their first
  /// frames.
  package var lengths: [String: Int] = [:]
  /// zlib's level, 1...9; nil: stored as they are.
  package var level: Int?
  package var overwrites = false

  package init() {}

  /// - Throws: ``ExchangeError``, `FileError`; `path` is then as it was.
  package func run(_ dataset: Dataset, to path: String, progress: ExchangeProgress) throws -> ExportReport {
    Folder.reportFileSizeLimits()
    for name in lengths.keys.sorted() where !dataset.manifest.modalities.contains(where: { $0.name == name }) {
      throw ExchangeError.unknownModality(
        option: "pad-to", name: name, names: dataset.manifest.modalities.map(\.name))
    }
    let output = try ExportFile(path, overwrites: overwrites)
    let padding = PaddedLengths(dataset, wanted: lengths)
    var zip = try ZipWriter(creating: output.partial, level: level.map { Int32($0) })
    try write(dataset, padding, to: &zip, progress)
    try zip.finish()
    let bytes = try FileStatus.of(output.partial)?.size ?? 0
    try output.commit()
    return ExportReport(
      path: path, samples: dataset.splits.reduce(0) { $0 + $1.sampleCount },
      files: [.init(name: Path.name(of: path), bytes: bytes, content: content(dataset, padding))],
      notes: form == .ragged ? [] : padding.notes, readBack: ["import", path])
  }

  private func content(_ dataset: Dataset, _ padding: PaddedLengths) -> String {
    guard case .padded = form else { return "ragged" }
    return zip(dataset.manifest.modalities, padding.byModality).map { "\($0.name) \($1)" }.joined(separator: ", ")
  }

  private func write(
    _ dataset: Dataset, _ padding: PaddedLengths, to zip: inout ZipWriter, _ progress: ExchangeProgress
  ) throws {
    let layout: ArrayDescription.Layout = if case .padded(let side) = form { .padded(side) } else { .ragged }
    let description = ArrayDescription(dataset, layout: layout).json(dataset, isRaw: isRaw).compact()
    try zip.add(ArrayDescription.key, texts: [description], shape: [])
    if !isRaw { try writeScalings(dataset, to: &zip) }
    let modalities = dataset.schema.modalities.indices
    progress.begin("writing", dataset.splits.reduce(0) { $0 + $1.sampleCount * modalities.count })
    for split in dataset.splits {
      try writeTables(split, dataset.schema, to: &zip)
      for modality in modalities {
        let array = ModalityArrays(
          dataset: dataset, split: split, modality: modality, isRaw: isRaw, progress: progress)
        switch form {
        case .ragged: try array.writeRagged(to: &zip)
        case .padded(let side): try array.writePadded(to: &zip, side: side, length: padding.byModality[modality])
        }
      }
    }
  }

  /// `M.shift` and `M.scale`, [D]: values × scale + shift are the source's.
  private func writeScalings(_ dataset: Dataset, to zip: inout ZipWriter) throws {
    for modality in dataset.manifest.modalities where modality.normalization != .none {
      guard let scaling = modality.scaling else { continue }
      try zip.add("\(modality.name).shift", .f8, scaling.shift, shape: [scaling.shift.count])
      try zip.add("\(modality.name).scale", .f8, scaling.scale, shape: [scaling.scale.count])
    }
  }

  private func writeTables(_ split: DatasetSplit, _ schema: ShardSchema, to zip: inout ZipWriter) throws {
    let samples = split.shards.flatMap { shard in (0..<shard.sampleCount).map { (shard, $0) } }
    try zip.add("\(split.name)/ids", texts: samples.map { $0.id($1) }, shape: [samples.count])
    let intervals = samples.flatMap { shard, sample -> [Double] in
      let (start, end) = shard.interval(sample)
      return [start, end]
    }
    try zip.add("\(split.name)/intervals", .f8, intervals, shape: [samples.count, 2])
    guard !schema.labels.isEmpty else { return }
    let labels = samples.flatMap { shard, sample -> [Float] in
      let labels = shard.labels(sample)
      return labels.indices.map { labels[$0] }
    }
    try zip.add("\(split.name)/labels", .f4, labels, shape: [samples.count, schema.labels.count])
  }
}

/// The length that each modality is padded to, the same in all splits: a model's shapes agree.
struct PaddedLengths {
  private(set) var byModality: [Int] = []
  private(set) var notes: [String] = []

  init(_ dataset: Dataset, wanted: [String: Int]) {
    for (m, modality) in dataset.manifest.modalities.enumerated() {
      let lengths = dataset.splits.flatMap(\.shards).flatMap { shard in
        (0..<shard.sampleCount).map { shard.frameRange(sample: $0, modality: m).count }
      }
      let length = wanted[modality.name] ?? lengths.max() ?? 0
      byModality.append(length)
      let cut = lengths.filter { $0 > length }
      if !cut.isEmpty {
        let frames = cut.reduce(0) { $0 + $1 - length }
        notes.append("\(modality.name): \(frames) frames of \(cut.count) samples lie beyond \(length) and are cut off")
      }
    }
  }
}

extension ZipWriter {
  /// Adds an array whose elements are at hand, row-major.
  mutating func add<Element: BitwiseCopyable>(
    _ name: String, _ type: ArrayType, _ values: [Element], shape: [Int]
  ) throws {
    try add(name, type, shape: shape) { zip in try zip.write(values) }
  }

  mutating func add(_ name: String, texts: [String], shape: [Int]) throws {
    let type = NumPyText.type(texts)
    try add(name, type, shape: shape) { zip in
      for text in texts { try zip.write(NumPyText.bytes(text, type)) }
    }
  }

  /// Adds an array that `body` writes, row-major.
  mutating func add(
    _ name: String, _ type: ArrayType, shape: [Int], _ body: (inout ZipWriter) throws -> Void
  ) throws {
    let header = ArrayHeader(type, shape: shape)
    guard shape.allSatisfy({ $0 < 1 << 40 }),
      shape.reduce(Double(type.bytes), { $0 * Double($1) }) < 0x1p60
    else { throw ExchangeError.arrayTooLarge(array: name) }
    let head = header.encoded
    try begin("\(name).npy", bytes: head.count + header.dataBytes)
    try write(head)
    try body(&self)
    try end()
  }
}
