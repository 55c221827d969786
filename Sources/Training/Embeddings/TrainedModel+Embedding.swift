internal import Autodiff
internal import Batches
internal import Files
internal import Shards
internal import Workers

/// What ``TrainedModel/embed(to:wantsAttention:threads:isStopRequested:)`` has written.
package struct EmbeddingSummary: Sendable, Equatable {
  package let samples: Int
  package let tensors: Int
  package let bytes: Int
}

extension TrainedModel {
  /// Writes what the model makes of every sample of the split: its states, gates and attention, for other programs.
  ///
  /// The article about this module says what the file holds. Batches are computed and written one after another: memory
  /// does not grow with the split.
  ///
  /// - Parameters:
  ///   - path: of the file, which takes its place in one step when it is complete.
  ///   - wantsAttention: whether attention is computed and written, too.
  ///   - isStopRequested: asked after each batch; where it says yes, nothing is left of the file.
  /// - Returns: nil where it was stopped.
  /// - Throws: ``TrainingError/outputInUse(path:what:)`` where `path` is a folder, or the checkpoint.
  package func embed(
    to path: String, wantsAttention: Bool = true, threads: RunConfiguration.ThreadCount? = nil,
    isStopRequested: () -> Bool = { false }
  ) throws -> EmbeddingSummary? {
    try checkOutput(path)
    let threads = (threads ?? .all).number
    return try WorkerPool.withWorkers(threads: threads, budget: .max, state: GroupWorker()) { pool in
      let computation = ModelComputation(model, weights: weights, pool: pool, threads: threads)
      let size = configuration.training.batchSize
      let order = EpochOrder(count: source.sampleCount, seed: 0, epoch: 0, isShuffled: false)
      var batch = source.makeBatch(capacity: size)
      source.fill(&batch, from: order, index: 0, size: size)
      var result = try computation.evaluate(batch, observation: .init(wantsAttention: wantsAttention))
      // The first batch tells which tensors there are.
      guard let first = result.observed else { preconditionFailure("nothing was observed") }
      let tensors = tensors(first)
      var writer = try EmbeddingWriter(path, metadata: metadata(first), tensors: tensors)
      try start(&writer, first)
      var ends = Ends(modalities: source.modalities.count)
      for index in 0..<source.batchCount(size: size) {
        if index > 0 {
          source.fill(&batch, from: order, index: index, size: size)
          result = try computation.evaluate(batch, observation: .init(wantsAttention: wantsAttention))
        }
        try write(result, of: batch, &writer, &ends)
        if isStopRequested() { return nil }
      }
      let bytes = writer.byteCount
      try writer.finish()
      return EmbeddingSummary(samples: source.sampleCount, tensors: tensors.count, bytes: bytes)
    }
  }

  /// Before anything is computed.
  private func checkOutput(_ path: String) throws(TrainingError) {
    let (found, checkpoint) = try TrainingError.files { () throws(FileError) in
      (try FileStatus.of(path), try FileStatus.of(checkpointPath))
    }
    guard let found else { return }
    if found.isFolder { throw .outputInUse(path: path, what: "a folder") }
    if let checkpoint, found.isSameFile(as: checkpoint) { throw .outputInUse(path: path, what: "the checkpoint") }
  }
}

// MARK: The file's parts

extension TrainedModel {
  /// Where the lists of the samples written so far end.
  private struct Ends {
    var idBytes: Int64 = 0
    /// By modality.
    var frames: [Int64]

    init(modalities: Int) { frames = Array(repeating: 0, count: modalities) }
  }

  private func tensors(_ observed: Observed) -> [EmbeddingTensor] {
    let count = source.sampleCount
    let idBytes = (0..<count).reduce(0) { $0 + source.id($1).utf8.count }
    // A sample without a valid frame enters as one of zeros.
    let frames = source.frameStatistics().map { $0.validFrames + $0.samplesWithoutFrames }
    var tensors = [
      EmbeddingTensor(name: "sample.id", type: .u8, shape: [idBytes]),
      EmbeddingTensor(name: "sample.id_offsets", type: .i64, shape: [count + 1]),
      EmbeddingTensor(name: "prediction", type: .f32, shape: [count]),
    ]
    if source.labelName != nil { tensors.append(EmbeddingTensor(name: "label", type: .f32, shape: [count])) }
    for tensor in observed.tensors {
      let rows =
        switch tensor.rows {
        case .samples: count
        case .frames(let modality): frames[modality]
        }
      tensors.append(EmbeddingTensor(name: tensor.name, type: .f32, shape: [rows, tensor.columns]))
    }
    for (name, modality) in observed.stacks {
      tensors.append(EmbeddingTensor(name: "attention.\(name).offsets", type: .i64, shape: [count + 1]))
      tensors.append(EmbeddingTensor(name: "attention.\(name).positions", type: .i32, shape: [frames[modality]]))
    }
    return tensors
  }

  private func metadata(_ observed: Observed) -> [(key: String, value: String)] {
    let names = source.modalities.map(\.name)
    var metadata = [
      ("format", "grf-embedding"), ("version", "1"), ("kind", configuration.model.kind),
      ("component", configuration.model.component), ("order", names.joined(separator: ",")),
      ("heads", "\(configuration.model.headCount)"), ("layers", "\(configuration.model.layerCount)"),
      ("split", source.split.name),
    ]
    if let label = source.labelName { metadata.append(("label", label)) }
    metadata += [("fingerprint", dataset.manifest.fingerprint), ("content", dataset.manifest.content)]
    metadata += observed.stages.map { ("stage.\($0.stage).modality", names[$0.modality]) }
    metadata += observed.stacks.map { ("attention.\($0.name).modality", names[$0.modality]) }
    return metadata
  }

  /// Every list of offsets begins with 0.
  private func start(_ writer: inout EmbeddingWriter, _ observed: Observed) throws(TrainingError) {
    try writer.append([Int64(0)], to: "sample.id_offsets")
    for (name, _) in observed.stacks { try writer.append([Int64(0)], to: "attention.\(name).offsets") }
  }

  private func write(
    _ result: ModelComputation.Result, of batch: Batch, _ writer: inout EmbeddingWriter, _ ends: inout Ends
  ) throws(TrainingError) {
    guard let observed = result.observed else { preconditionFailure("nothing was observed") }
    let ids = (0..<batch.count).map { Array(batch.id($0).utf8) }
    try writer.append(ids.flatMap(\.self), to: "sample.id")
    try writer.append(Self.offsets(after: &ends.idBytes, ids.map(\.count)), to: "sample.id_offsets")
    try writer.append(result.predictions, to: "prediction")
    if batch.isLabelled { try writer.append((0..<batch.count).map { batch.label($0) }, to: "label") }
    for tensor in observed.tensors { try writer.append(tensor.values, to: tensor.name) }
    let offsets = observed.lengths.indices.map { Self.offsets(after: &ends.frames[$0], observed.lengths[$0]) }
    for (name, modality) in observed.stacks {
      try writer.append(offsets[modality], to: "attention.\(name).offsets")
      try writer.append(observed.positions[modality], to: "attention.\(name).positions")
    }
  }

  private static func offsets(after end: inout Int64, _ lengths: [Int]) -> [Int64] {
    lengths.map { length in
      end += Int64(length)
      return end
    }
  }
}
