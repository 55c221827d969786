internal import Shards

/// Writes the arrays of one modality in one split.
struct ModalityArrays {
  let dataset: Dataset
  let split: DatasetSplit
  let modality: Int
  private let values: FrameValues?
  private let tokens: TokenColumn?
  private let progress: ExchangeProgress

  init(dataset: Dataset, split: DatasetSplit, modality: Int, isRaw: Bool, progress: ExchangeProgress) {
    self.dataset = dataset
    self.split = split
    self.modality = modality
    self.progress = progress
    values = FrameValues(dataset, modality: modality, isRaw: isRaw, marksMasked: false)
    tokens = values == nil ? TokenColumn(dataset, modality: modality) : nil
  }

  private var name: String { "\(split.name)/\(dataset.schema.modalities[modality].name)" }

  /// Of one value; f16 stays what it is, bf16 becomes f4, because NumPy does not know it.
  private var type: ArrayType { tokens?.type ?? values?.type ?? .f4 }

  /// [D], or [] for tokens.
  private var frameShape: [Int] { values.map { [$0.dimension] } ?? [] }

  private var frameBytes: Int { frameShape.reduce(type.bytes, *) }

  /// `M.values` [F, D], `M.offsets` [N + 1], `M.valid` [F], `M.times` [F, 2].
  func writeRagged(to zip: inout ZipWriter) throws {
    let frames = split.shards.reduce(0) { $0 + $1.frameCount(modality: modality) }
    try zip.add("\(name).values", type, shape: [frames] + frameShape) { zip in
      try forEachSample { shard, sample in try zip.write(bytes(shard, sample)) }
    }
    var offsets: [Int64] = [0]
    try forEachSample(counts: false) { shard, sample in
      offsets.append((offsets.last ?? 0) + Int64(shard.frameRange(sample: sample, modality: modality).count))
    }
    try zip.add("\(name).offsets", .i8, offsets, shape: [offsets.count])
    try zip.add("\(name).valid", .bool, shape: [frames]) { zip in
      try forEachSample(counts: false) { shard, sample in try zip.write(valid(shard, sample)) }
    }
    guard dataset.schema.keepsTimes else { return }
    try zip.add("\(name).times", .f4, shape: [frames, 2]) { zip in
      try forEachSample(counts: false) { shard, sample in try zip.write(times(shard, sample)) }
    }
  }

  /// `M` [N, T, D], `M.mask` [N, T], `M.lengths` [N], `M.times` [N, T, 2]; padding is 0.
  ///
  /// - Parameter length: T; of longer samples the first frames are kept.
  func writePadded(to zip: inout ZipWriter, side: PaddingSide, length: Int) throws {
    let samples = split.sampleCount
    func padded(_ bytes: [UInt8], frame: Int) -> [UInt8] {
      let kept = bytes.count <= length * frame ? bytes : Array(bytes[..<(length * frame)])
      let padding = [UInt8](repeating: 0, count: length * frame - kept.count)
      return side == .left ? padding + kept : kept + padding
    }
    try zip.add(name, type, shape: [samples, length] + frameShape) { zip in
      try forEachSample { shard, sample in try zip.write(padded(bytes(shard, sample), frame: frameBytes)) }
    }
    try zip.add("\(name).mask", .bool, shape: [samples, length]) { zip in
      try forEachSample(counts: false) { shard, sample in try zip.write(padded(valid(shard, sample), frame: 1)) }
    }
    var lengths: [Int64] = []
    try forEachSample(counts: false) { shard, sample in
      lengths.append(Int64(min(length, shard.frameRange(sample: sample, modality: modality).count)))
    }
    try zip.add("\(name).lengths", .i8, lengths, shape: [samples])
    guard dataset.schema.keepsTimes else { return }
    try zip.add("\(name).times", .f4, shape: [samples, length, 2]) { zip in
      try forEachSample(counts: false) { shard, sample in
        try zip.write(padded(TensorBytes.of(times(shard, sample)), frame: 8))
      }
    }
  }

  private func forEachSample(counts: Bool = true, _ body: (Shard, Int) throws -> Void) throws {
    for shard in split.shards {
      for sample in 0..<shard.sampleCount {
        try body(shard, sample)
        if counts { progress.advance(1) }
      }
    }
  }

  private func bytes(_ shard: Shard, _ sample: Int) -> [UInt8] {
    if let values { return values.bytes(shard, sample: sample) }
    guard let tokens else { return [] }
    return shard.frameRange(sample: sample, modality: modality).flatMap {
      tokens.bytes(shard, frame: $0, modality: modality)
    }
  }

  private func valid(_ shard: Shard, _ sample: Int) -> [UInt8] {
    let valid = shard.valid(sample: sample, modality: modality)
    // NumPy's booleans are 0 and 1 and nothing else.
    return valid.indices.map { valid[$0] == 0 ? 0 : 1 }
  }

  private func times(_ shard: Shard, _ sample: Int) -> [Float] {
    let times = shard.times(sample: sample, modality: modality)
    return times.indices.map { times[$0] }
  }
}

extension FrameValues {
  /// How the values are written: f16 that nothing was done to as it is, all others as binary32.
  var type: ArrayType { staysBinary16 ? .f2 : .f4 }

  /// One sample's frames as little-endian bytes.
  func bytes(_ shard: Shard, sample: Int) -> [UInt8] {
    guard staysBinary16 else { return TensorBytes.of(read(shard, sample: sample)) }
    let halves = shard.halves(sample: sample, modality: modality)
    return TensorBytes.of(halves.indices.map { halves[$0] })
  }
}
