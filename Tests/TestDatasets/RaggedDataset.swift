internal import Files
internal import JSONValues
package import Shards

/// A small dataset in memory: what the tests write, and hold what they read against.
package struct RaggedDataset: Sendable {
  package struct Frames: Equatable, Sendable {
    /// By frame: the bytes of its values, or its token.
    package var frames: [[UInt8]] = []
    package var valid: [Bool] = []
    /// Two a frame.
    package var times: [Float] = []

    package init(frames: [[UInt8]] = [], valid: [Bool] = [], times: [Float] = []) {
      self.frames = frames
      self.valid = valid
      self.times = times
    }
  }

  package struct Sample: Equatable, Sendable {
    package var id: String
    package var start = 0.0
    package var end = 1.0
    package var labels: [Float] = []
    /// By modality.
    package var modalities: [Frames] = []

    package init(
      id: String, start: Double = 0, end: Double = 1, labels: [Float] = [], modalities: [Frames] = []
    ) {
      self.id = id
      self.start = start
      self.end = end
      self.labels = labels
      self.modalities = modalities
    }

    fileprivate var shape: SampleShape {
      SampleShape(
        idBytes: id.utf8.count, frames: modalities.map(\.frames.count),
        tokenBytes: modalities.map { $0.frames.reduce(0) { $0 + $1.count } })
    }
  }

  package enum Route: CaseIterable, Sendable {
    /// Whole tensors.
    case tensors
    /// Block by block, the last one first.
    case blocks
    /// In pieces, checked afterwards.
    case pieces
  }

  package var schema: ShardSchema
  package var splits: [(name: String, samples: [Sample])]
  package var ledger: [LedgerEntry] = [
    LedgerEntry(id: "a[0]", modality: "text", reason: .missing),
    LedgerEntry(id: "b", reason: .noSplit, detail: "not in the folds"),
  ]
  package var fingerprint = String(repeating: "0f", count: 32)

  package init(schema: ShardSchema, splits: [(name: String, samples: [Sample])]) {
    self.schema = schema
    self.splits = splits
  }

  /// Writes the dataset and returns its manifest.
  @discardableResult
  package func write(to folder: String, limit: Int = .max, route: Route = .tensors) throws -> Manifest {
    var records: [Manifest.Split] = []
    var digest = ContentDigest()
    for (name, samples) in splits.sorted(by: { Manifest.Split.precedes($0.name, $1.name) }) {
      let shapes = samples.map(shape)
      let cuts = ShardPartition.cut(shapes, schema: schema, limit: limit)
      var files: [Manifest.ShardFile] = []
      for (index, cut) in cuts.enumerated() {
        let layout = try ShardLayout(
          schema: schema, samples: shapes[cut],
          metadata: ShardLayout.metadata(split: name, fingerprint: fingerprint))
        let file = ShardName(split: name, index: index, count: cuts.count).description
        let writer = try ShardWriter(path: Path.join(folder, file), layout: layout)
        try write(Array(samples[cut]), with: writer, route: route)
        let record = try writer.finish()
        digest.add(record)
        files.append(Manifest.ShardFile(record))
      }
      let frames = schema.modalities.indices.map { m in shapes.reduce(0) { $0 + $1.frames[m] } }
      records.append(Manifest.Split(name: name, samples: samples.count, frames: frames, shards: files))
    }
    let manifest = manifest(splits: records, content: digest.hex)
    try File(creating: Path.join(folder, Manifest.fileName)).write(manifest.encoded(), at: 0)
    try File(creating: Path.join(folder, Ledger.fileName)).write(Ledger.encoded(ledger), at: 0)
    return manifest
  }

  package func manifest(splits: [Manifest.Split], content: String) -> Manifest {
    Manifest(
      fingerprint: fingerprint, content: content, configuration: ["normalize": "zscore"],
      inputs: [
        Manifest.Input(
          root: "glove_vectors", file: "text.csd", bytes: 12345, uuid: nil, digest: String(repeating: "ab", count: 32))
      ],
      modalities: schema.modalities.map { Self.modality($0) }, labels: schema.labels, splits: splits,
      ledger: Ledger.record(ledger))
  }

  package static func modality(_ schema: ModalitySchema) -> Manifest.Modality {
    switch schema.content {
    case .tokens:
      return Manifest.Modality(
        name: schema.name, root: schema.name, dimension: 0, dimensionNames: nil, content: .tokens, rate: nil,
        normalization: .none, statistics: nil, framesDropped: [:], nonfinite: nil)
    case .values(let type, let dimension):
      let zeros = Array(repeating: 0, count: dimension)
      return Manifest.Modality(
        name: schema.name, root: "root of \(schema.name)", dimension: dimension, dimensionNames: nil,
        content: .values(type), rate: nil, normalization: .zscore,
        statistics: Manifest.Statistics(
          count: zeros.map { _ in 4 }, mean: zeros.map { Double($0) + 0.5 }, std: zeros.map { _ in 0.25 },
          min: zeros.map { _ in -1 }, max: zeros.map { _ in 2 }, nan: zeros, posinf: zeros, neginf: zeros),
        framesDropped: ["zero": 3], nonfinite: Manifest.Nonfinite(nan: 1))
    }
  }

  /// As the layout wants it: numbers have no token bytes.
  private func shape(_ sample: Sample) -> SampleShape {
    var shape = sample.shape
    for (m, modality) in schema.modalities.enumerated() where modality.content != .tokens { shape.tokenBytes[m] = 0 }
    return shape
  }

  private func write(_ samples: [Sample], with writer: ShardWriter, route: Route) throws {
    for (index, tensor) in writer.layout.tensors.enumerated() where tensor.isChecked {
      let bytes = bytes(of: tensor.role, samples)
      switch route {
      case .tensors: try writer.write(bytes, tensor: index)
      case .blocks:
        for block in (0..<tensor.blockCount).reversed() {
          try writer.write(
            TensorBytes.view(bytes.span).extracting(tensor.range(ofBlock: block)), tensor: index, block: block)
        }
      case .pieces:
        for start in stride(from: 0, to: bytes.count, by: 700_001) {
          let piece = start..<min(start + 700_001, bytes.count)
          try writer.writeUnchecked(TensorBytes.view(bytes.span).extracting(piece), tensor: index, byteOffset: start)
        }
        for block in 0..<tensor.blockCount { try writer.checksum(tensor: index, block: block) }
      }
    }
  }

  private func bytes(of role: TensorRole, _ samples: [Sample]) -> [UInt8] {
    func offsets(_ lengths: [Int]) -> [UInt8] {
      var offsets: [Int64] = [0]
      for length in lengths { offsets.append((offsets.last ?? 0) + Int64(length)) }
      return TensorBytes.of(offsets)
    }
    func frames(_ m: Int) -> [Frames] { samples.map { $0.modalities[m] } }
    return switch role {
    case .labels: TensorBytes.of(samples.flatMap(\.labels))
    case .interval: TensorBytes.of(samples.flatMap { [$0.start, $0.end] })
    case .id: samples.flatMap { Array($0.id.utf8) }
    case .idOffsets: offsets(samples.map(\.id.utf8.count))
    case .offsets(let m): offsets(frames(m).map(\.frames.count))
    case .values(let m), .bytes(let m): frames(m).flatMap { $0.frames.flatMap { $0 } }
    case .tokenOffsets(let m): offsets(frames(m).flatMap { $0.frames.map(\.count) })
    case .valid(let m): frames(m).flatMap { $0.valid.map { $0 ? 1 : 0 } }
    case .times(let m): TensorBytes.of(frames(m).flatMap(\.times))
    case .checksums, .padding: []
    }
  }
}
