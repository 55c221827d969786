internal import Files
internal import PackedSequences
internal import Shards
internal import Workers

/// Writes the shards of an assembly, block by block, each from the pieces of the sources' shards that it is made of.
struct AssemblyPass {
  let assembly: Assembly
  let plans: [ShardPlan]
  let progress: ProgressReport

  /// - Returns: a record a shard, in order.
  func run(in folder: String, _ pool: WorkerPool<Worker>) throws -> [ShardRecord] {
    progress.begin(.reading, plans.reduce(0) { $0 + $1.layout.fileSize })
    let writers = try plans.map { plan in
      try ShardWriter(path: Path.join(folder, plan.name.description), layout: plan.layout)
    }
    for (plan, writer) in zip(plans, writers) {
      try writer.writeTables(plan.members.map { assembly.row($0) }, shapes: assembly.shapes[plan.members])
      for (index, tensor) in plan.layout.tensors.enumerated() {
        guard let modality = tensor.role.frames else { continue }
        for block in 0..<tensor.blockCount {
          let job = AssemblyJob(
            assembly: assembly, modality: modality, members: plan.members, writer: writer, tensor: index, block: block)
          try pool.submit(cost: 4 << 20) { [progress] worker in
            try job.run(&worker)
            progress.advance(tensor.range(ofBlock: block).count)
          }
        }
      }
    }
    try pool.wait()
    progress.begin(.syncing, nil)
    return try writers.map { try $0.finish() }
  }
}

/// Makes one block of one tensor, at most 1 MiB, from the sources.
struct AssemblyJob: Sendable {
  let assembly: Assembly
  let modality: Int
  /// The samples of the shard.
  let members: Range<Int>
  let writer: ShardWriter
  let tensor: Int
  let block: Int

  private var source: Assembly.Modality { assembly.modalities[modality] }

  func run(_ worker: inout Worker) throws {
    let layout = writer.layout.tensors[tensor]
    let range = layout.range(ofBlock: block)
    switch layout.role {
    case .values:
      guard let finisher = source.finisher else {
        return try copy(range, unit: assembly.schema.modalities[modality].frameBytes, .values(source.source), &worker)
      }
      // A part stores Floats, and Doubles where rows were combined.
      if finisher.settings.combinesRows {
        try finish(Double.self, finisher, range, &worker)
      } else {
        try finish(Float.self, finisher, range, &worker)
      }
    case .bytes: try copy(range, unit: 1, .bytes(source.source), &worker)
    case .valid: try copy(range, unit: 1, .valid(source.source), &worker)
    case .times: try copy(range, unit: 8, .times(source.source), &worker)
    case .tokenOffsets: try writeTokenOffsets(range)
    default: break
    }
  }

  private func copy(_ range: Range<Int>, unit: Int, _ role: TensorRole, _ worker: inout Worker) throws {
    try SourceReader(assembly.shards).read(pieces(range, unit: unit, role), buffer: &worker.source) { bytes in
      try writer.write(bytes, tensor: tensor, block: block)
    }
  }

  private func finish<Element: FrameElement>(
    _ element: Element.Type, _ finisher: Finisher, _ range: Range<Int>, _ worker: inout Worker
  ) throws {
    let width = finisher.scaling.shift.count
    // Blocks begin and end on elements, not on frames.
    let size = finisher.settings.type.byteCount
    let elements = range.lowerBound / size..<range.upperBound / size
    let unit = MemoryLayout<Element>.size
    let wanted = pieces(
      elements.lowerBound * unit..<elements.upperBound * unit, unit: unit * width, .values(source.source))
    var target = ScratchBuffer()
    swap(&target, &worker.target)
    defer { swap(&target, &worker.target) }
    try SourceReader(assembly.shards).read(wanted, of: element, buffer: &worker.source) { values in
      try finisher.finish(values, firstColumn: elements.lowerBound % width, buffer: &target) { bytes in
        try writer.write(bytes, tensor: tensor, block: block)
      }
    }
  }

  /// The pieces of the sources that `range` of the shard's tensor is made of.
  ///
  /// - Parameters:
  ///   - unit: bytes of a frame, or 1 for bytes of tokens.
  ///   - role: the sources' tensor.
  private func pieces(_ range: Range<Int>, unit: Int, _ role: TensorRole) -> [SourceReader.Piece] {
    var starts = assembly.frameStarts[modality]
    if case .bytes = role { starts = assembly.tokenStarts[modality] }
    var pieces: [SourceReader.Piece] = []
    for sample in samples(range.lowerBound / unit..<(range.upperBound + unit - 1) / unit, starts) {
      let place = source.places[sample]
      // Where the sample's bytes lie in the tensor.
      let start = (starts[sample] - starts[members.lowerBound]) * unit
      let mine = range.clamped(to: start..<start + (starts[sample + 1] - starts[sample]) * unit)
      guard !mine.isEmpty, let bytes = assembly.shards[place.shard].byteRange(of: role, sample: place.sample) else {
        continue
      }
      let first = bytes.lowerBound + mine.lowerBound - start
      pieces.append(SourceReader.Piece(shard: place.shard, bytes: first..<first + mine.count))
    }
    return pieces
  }

  /// The samples of the shard that rows of it belong to, and perhaps empty ones between them.
  private func samples(_ rows: Range<Int>, _ starts: [Int]) -> Range<Int> {
    let base = starts[members.lowerBound]
    /// The first sample that ends behind a row.
    func owner(_ row: Int) -> Int {
      var (low, high) = (members.lowerBound, members.upperBound)
      while low < high {
        let middle = low + (high - low) / 2
        if starts[middle + 1] - base > row { high = middle } else { low = middle + 1 }
      }
      return low
    }
    if rows.isEmpty { return members.lowerBound..<members.lowerBound }
    return owner(rows.lowerBound)..<min(owner(rows.upperBound - 1) + 1, members.upperBound)
  }

  /// A source counts tokens from its shard's first, the result from its own; the last offset is the end.
  private func writeTokenOffsets(_ range: Range<Int>) throws {
    let starts = assembly.frameStarts[modality]
    let tokens = assembly.tokenStarts[modality]
    let frames = starts[members.upperBound] - starts[members.lowerBound]
    let elements = range.lowerBound / 8..<range.upperBound / 8
    var offsets: [Int64] = []
    offsets.reserveCapacity(elements.count)
    for sample in samples(elements.clamped(to: 0..<frames), starts) {
      let place = source.places[sample]
      let first = starts[sample] - starts[members.lowerBound]
      let mine = elements.clamped(to: first..<first + starts[sample + 1] - starts[sample])
      let base = tokens[sample] - tokens[members.lowerBound]
      let lengths = assembly.shards[place.shard].tokenOffsets(
        sample: place.sample, modality: source.source, frames: mine.lowerBound - first..<mine.upperBound - first)
      offsets += lengths.map { $0 + Int64(base) }
    }
    if elements.upperBound > frames { offsets.append(Int64(tokens[members.upperBound] - tokens[members.lowerBound])) }
    try writer.write(offsets.span.rawBytes, tensor: tensor, block: block)
  }
}
