internal import Autodiff
internal import Batches
internal import Files
internal import Shards
internal import Workers

/// What ``TrainedModel/embed(to:and:wantsAttention:threads:isStopRequested:)`` has written.
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
  ///   - others: the same checkpoint on other splits of the dataset, whose samples follow in the same file.
  ///   - wantsAttention: whether attention is computed and written, too.
  ///   - isStopRequested: asked after each batch; where it says yes, nothing is left of the file.
  /// - Returns: nil where it was stopped.
  /// - Throws: ``TrainingError/outputInUse(path:what:)`` where `path` is a folder, a device, or the checkpoint.
  package func embed(
    to path: String, and others: [TrainedModel] = [], wantsAttention: Bool = true,
    threads: RunConfiguration.ThreadCount? = nil, isStopRequested: () -> Bool = { false }
  ) throws -> EmbeddingSummary? {
    try checkOutput(path)
    let threads = (threads ?? .all).number
    return try WorkerPool.withWorkers(threads: threads, budget: .max, state: GroupWorker()) { pool in
      let computation = ModelComputation(model, weights: weights, pool: pool, threads: threads)
      let request = ObservationRequest(wantsAttention: wantsAttention)
      let size = configuration.training.batchSize
      let sources = [source] + others.map(\.source)
      // The first batch tells which tensors there are.
      let begun = sources.first { $0.sampleCount > 0 } ?? source
      let first = try computation.observe(begun.firstBatch(size: size), request).observed
      let tensors = Self.tensors(first, of: sources)
      var writer = try EmbeddingWriter(path, metadata: metadata(first, of: sources), tensors: tensors)
      try start(&writer, first)
      var ends = Ends(modalities: source.modalities.count)
      for (place, source) in sources.enumerated() {
        let order = EpochOrder(count: source.sampleCount, seed: 0, epoch: 0, isShuffled: false)
        var batch = source.makeBatch(capacity: size)
        for index in 0..<source.batchCount(size: size) {
          source.fill(&batch, from: order, index: index, size: size)
          try write(computation.observe(batch, request), of: batch, &writer, &ends)
          if sources.count > 1 {
            try writer.append([Int32](repeating: Int32(place), count: batch.count), to: Self.splitName)
          }
          if isStopRequested() { return nil }
        }
      }
      let bytes = writer.byteCount
      try writer.finish()
      return EmbeddingSummary(
        samples: sources.reduce(0) { $0 + $1.sampleCount }, tensors: tensors.count, bytes: bytes)
    }
  }

  /// Tells the splits apart where there are several.
  private static let splitName = "sample.split"

  /// Before anything is computed.
  private func checkOutput(_ path: String) throws(TrainingError) {
    let (found, checkpoint) = try TrainingError.files { () throws(FileError) in
      (try FileStatus.of(path), try FileStatus.of(checkpointPath))
    }
    guard let found else { return }
    if found.isFolder { throw .outputInUse(path: path, what: "a folder") }
    // A device, which renaming would do away with.
    if !found.isRegularFile { throw .outputInUse(path: path, what: "no regular file") }
    if let checkpoint, found.isSameFile(as: checkpoint) { throw .outputInUse(path: path, what: "the checkpoint") }
  }
}

extension ModelComputation {
  /// What a batch came to, and what the model told on the way.
  fileprivate struct Seen {
    let predictions: [Float]
    let observed: Observed
  }

  fileprivate func observe(_ batch: Batch, _ request: ObservationRequest) throws -> Seen {
    let result = try evaluate(batch, observation: request)
    guard let observed = result.observed else { preconditionFailure("nothing was observed") }
    return Seen(predictions: result.predictions, observed: observed)
  }
}

extension BatchSource {
  fileprivate func firstBatch(size: Int) -> Batch {
    var batch = makeBatch(capacity: size)
    fill(&batch, from: EpochOrder(count: sampleCount, seed: 0, epoch: 0, isShuffled: false), index: 0, size: size)
    return batch
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

  private static func tensors(_ observed: Observed, of sources: [BatchSource]) -> [EmbeddingTensor] {
    let count = sources.reduce(0) { $0 + $1.sampleCount }
    var idBytes = 0
    var frames = Array(repeating: 0, count: sources[0].modalities.count)
    for source in sources {
      for sample in 0..<source.sampleCount { idBytes += source.id(sample).utf8.count }
      // A sample without a valid frame enters as one of zeros.
      for (modality, statistics) in source.frameStatistics().enumerated() {
        frames[modality] += statistics.validFrames + statistics.samplesWithoutFrames
      }
    }
    var tensors = [
      EmbeddingTensor(name: "sample.id", type: .u8, shape: [idBytes]),
      EmbeddingTensor(name: "sample.id_offsets", type: .i64, shape: [count + 1]),
      EmbeddingTensor(name: "prediction", type: .f32, shape: [count]),
    ]
    if sources.count > 1 { tensors.append(EmbeddingTensor(name: splitName, type: .i32, shape: [count])) }
    if sources[0].labelName != nil { tensors.append(EmbeddingTensor(name: "label", type: .f32, shape: [count])) }
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

  private func metadata(_ observed: Observed, of sources: [BatchSource]) -> [(key: String, value: String)] {
    let names = source.modalities.map(\.name)
    var metadata = [
      ("format", "grf-embedding"), ("version", "1"), ("kind", configuration.model.kind),
      ("component", configuration.model.component), ("order", names.joined(separator: ",")),
      ("heads", "\(configuration.model.headCount)"), ("layers", "\(configuration.model.layerCount)"),
      ("split", sources.map(\.split.name).joined(separator: ",")),
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
    _ result: ModelComputation.Seen, of batch: Batch, _ writer: inout EmbeddingWriter, _ ends: inout Ends
  ) throws(TrainingError) {
    let observed = result.observed
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
