internal import PackedSequences
internal import Shards

/// Makes one block of one tensor: at most 1 MiB.
struct BlockJob: Sendable {
  let writer: ShardWriter
  let tensor: Int
  let block: Int
  let plan: ModalityPlan
  let scratch: Scratch
  let finisher: Finisher?
  /// The shard's frames among all of the modality, and the bytes of their tokens.
  let frames: Range<Int>
  let tokenBytes: Range<Int>
  /// Whether the values are in the shard already, and only want their CRC.
  let isFilled: Bool

  /// - Returns: the block's CRC-32.
  func run(_ worker: inout Worker) throws -> UInt32 {
    try make(&worker)
    return writer.checksum(ofBlock: block, tensor: tensor)
  }

  private func make(_ worker: inout Worker) throws {
    let layout = writer.layout.tensors[tensor]
    let range = layout.range(ofBlock: block)
    switch layout.role {
    case .values:
      if isFilled {
        try writer.checksum(tensor: tensor, block: block)
      } else {
        // Combined rows stay Doubles until they are normalized; plain frames are Floats from the beginning.
        if plan.settings.combinesRows {
          try writeValues(of: Double.self, range, &worker)
        } else {
          try writeValues(of: Float.self, range, &worker)
        }
      }
    case .bytes: try copy(range, of: scratch.values, from: tokenBytes.lowerBound, &worker)
    case .times: try copy(range, of: scratch.times, from: frames.lowerBound * 8, &worker)
    case .valid:
      if scratch.valid == nil {
        try writer.write([UInt8](repeating: 1, count: range.count).span.rawBytes, tensor: tensor, block: block)
      } else {
        try copy(range, of: scratch.valid, from: frames.lowerBound, &worker)
      }
    case .tokenOffsets: try writeTokenOffsets(range, &worker)
    default: break
    }
  }

  private func copy(_ range: Range<Int>, of file: ScratchFile?, from start: Int, _ worker: inout Worker) throws {
    try file?.read(bytes: range.count, at: start + range.lowerBound, buffer: &worker.source) { bytes in
      try writer.write(bytes, tensor: tensor, block: block)
    }
  }

  private func writeValues<Element: FrameElement>(
    of element: Element.Type, _ range: Range<Int>, _ worker: inout Worker
  ) throws {
    guard let finisher else { return }
    let width = plan.selection.count
    // Blocks begin and end on elements, not on frames.
    let size = plan.settings.type.byteCount
    let elements = range.lowerBound / size..<range.upperBound / size
    let start = (frames.lowerBound * width + elements.lowerBound) * MemoryLayout<Element>.size
    var target = ScratchBuffer()
    swap(&target, &worker.target)
    defer { swap(&target, &worker.target) }
    try scratch.values.read(elements.count, of: element, at: start, buffer: &worker.source) { values in
      try finisher.finish(values, firstColumn: elements.lowerBound % width, buffer: &target) { bytes in
        try writer.write(bytes, tensor: tensor, block: block)
      }
    }
  }

  /// Scratch counts tokens through the whole modality, a shard from its own first; the last offset is the end.
  private func writeTokenOffsets(_ range: Range<Int>, _ worker: inout Worker) throws {
    let elements = range.lowerBound / 8..<range.upperBound / 8
    let stored = elements.lowerBound..<min(elements.upperBound, frames.count)
    var offsets: [Int64] = []
    offsets.reserveCapacity(elements.count)
    try scratch.tokenStarts?.read(
      stored.count, of: Int64.self, at: (frames.lowerBound + stored.lowerBound) * 8, buffer: &worker.source
    ) { starts in
      for index in starts.indices { offsets.append(starts[index] - Int64(tokenBytes.lowerBound)) }
    }
    if elements.upperBound > frames.count { offsets.append(Int64(tokenBytes.count)) }
    try writer.write(offsets.span.rawBytes, tensor: tensor, block: block)
  }
}
