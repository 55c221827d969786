internal import Files
internal import PackedSequences
internal import Shards

/// Where the main pass puts the frames of one modality: in scratch files, or, once it is known how they are normalized,
/// in the shards at once. Tokens always go to scratch.
///
/// Every frame has one place, so that any number of threads write without a word to each other.
struct FrameSink: Sendable {
  enum Destination: Sendable {
    /// Scratch files, while it is not known how values are normalized.
    case scratch
    /// The shards, through this.
    case shards(Finisher)
    /// The shards, as they are.
    case raw

    var finisher: Finisher? {
      if case .shards(let finisher) = self { finisher } else { nil }
    }
  }

  let modality: Int
  let plan: ModalityPlan
  let layout: DatasetLayout
  let scratch: Scratch
  /// By shard.
  let writers: [ShardWriter]
  var destination: Destination
  /// Where writes are noted for the journal; nil where there is none.
  var log: WriteLog?

  /// Values that are finished at a time.
  private static let pieceElements = 1 << 18

  var dimension: Int { plan.selection.count }

  /// Writes frames `[count, dimension]` of a kept sample, from its frame `first` on.
  func write<Element: FrameElement>(
    _ values: Span<Element>, place: Int, first: Int, buffer: inout ScratchBuffer
  ) throws {
    if case .scratch = destination {
      let frame = layout.frameStarts[modality][place] + first
      try write(values.rawBytes, to: scratch.values, .values, at: frame * dimension * MemoryLayout<Element>.size)
    } else if let target = target(place: place, first: first) {
      // Piece by piece, so that a chunk as large as an entry needs no second buffer of its size.
      let step = max(1, Self.pieceElements / dimension) * dimension
      guard let finisher = target.finisher else {
        return try write(values.rawBytes, to: target, at: 0)
      }
      for start in stride(from: 0, to: values.count, by: step) {
        let piece = values.extracting(start..<min(start + step, values.count))
        try finisher.finish(piece, firstColumn: 0, buffer: &buffer) { bytes in
          try write(bytes, to: target, at: start * plan.storedType.byteCount)
        }
      }
    }
  }

  func write(times: [Float], place: Int) throws {
    guard let file = scratch.times, !times.isEmpty else { return }
    try write(times.span.rawBytes, to: file, .times, at: layout.frameStarts[modality][place] * 8)
  }

  func write(valid: Span<UInt8>, place: Int, first: Int) throws {
    guard let file = scratch.valid else { return }
    try write(valid.rawBytes, to: file, .valid, at: layout.frameStarts[modality][place] + first)
  }

  /// Writes the tokens of a kept sample; `starts` count from its first byte.
  func write(tokens: [UInt8], starts: [Int64], place: Int) throws {
    guard let file = scratch.tokenStarts else { return }
    let base = layout.tokenStarts[modality][place]
    try write(tokens.span.rawBytes, to: scratch.values, .values, at: base)
    let absolute = starts.map { $0 + Int64(base) }
    try write(absolute.span.rawBytes, to: file, .tokenStarts, at: layout.frameStarts[modality][place] * 8)
  }

  private func write(_ bytes: RawSpan, to file: ScratchFile, _ kind: Extent.Place, at offset: Int) throws {
    try file.write(bytes, at: offset)
    log?.note(bytes, at: offset, of: kind)
  }

  private func write(_ bytes: RawSpan, to target: Target, at offset: Int) throws {
    try target.writer.writeUnchecked(bytes, tensor: target.tensor, byteOffset: target.byteOffset + offset)
    let start = target.writer.layout.tensors[target.tensor].offset
    log?.note(bytes, at: start + target.byteOffset + offset, of: .shard(target.shard))
  }

  private struct Target: Sendable {
    let shard: Int
    /// Nil where values are stored as they are.
    let finisher: Finisher?
    let writer: ShardWriter
    let tensor: Int
    let byteOffset: Int
  }

  /// The place of a frame in its shard, where frames go straight there.
  private func target(place: Int, first: Int) -> Target? {
    let shard = layout.shardOfPlace[place]
    let writer = writers[shard]
    guard let tensor = writer.layout.index(of: .values(modality)) else { return nil }
    let frame =
      layout.frameStarts[modality][place] + first - layout.frames(modality, of: layout.shards[shard]).lowerBound
    return Target(
      shard: shard, finisher: destination.finisher, writer: writer, tensor: tensor,
      byteOffset: frame * dimension * plan.storedType.byteCount)
  }
}
