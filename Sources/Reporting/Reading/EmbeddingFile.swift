internal import Files
internal import Shards

/// A file of `grf-train embed`, mapped: states, gates and attention of every sample of a split.
final class EmbeddingFile: Sendable {
  let path: String
  let metadata: [String: String]
  let sampleCount: Int
  private let tensors: [String: HeaderEntry]
  private let dataStart: Int
  private let file: MappedFile
  private let idOffsets: [Int]

  /// - Throws: ``ReportingError/notAnEmbedding(path:problem:)``, ``ReportingError/file(_:)``.
  init(_ path: String) throws(ReportingError) {
    self.path = path
    let header: SafetensorsHeader
    do throws(ShardError) {
      let opened = try Self.open(path)
      header = try SafetensorsHeader(opened)
      file = try Self.map(opened)
    } catch {
      if case .file(let error) = error { throw .file(error) }
      throw .notAnEmbedding(path: path, problem: error.problem)
    }
    metadata = header.metadata ?? [:]
    guard metadata["format"] == "grf-embedding" else {
      throw .notAnEmbedding(path: path, problem: "its metadata do not say format: grf-embedding")
    }
    guard metadata["version"] == "1" else {
      throw .notAnEmbedding(path: path, problem: "version \(metadata["version"] ?? "?") is not known here")
    }
    tensors = Dictionary(uniqueKeysWithValues: header.entries.map { ($0.name, $0) })
    dataStart = header.dataStart
    guard let offsets = tensors["sample.id_offsets"], offsets.type == .i64, offsets.shape.count == 1,
      offsets.shape[0] > 0, let ids = tensors["sample.id"], ids.type == .u8
    else { throw .notAnEmbedding(path: path, problem: "it has no sample.id and sample.id_offsets") }
    idOffsets = TensorNumbers.integers(file, dataStart + offsets.start..<dataStart + offsets.end)
    sampleCount = idOffsets.count - 1
    guard Self.areOffsets(idOffsets, end: ids.end - ids.start) else {
      throw .notAnEmbedding(path: path, problem: "sample.id_offsets do not fit sample.id")
    }
  }

  private static func open(_ path: String) throws(ShardError) -> File {
    do throws(FileError) { return try File(reading: path) } catch { throw .file(error) }
  }

  private static func map(_ file: borrowing File) throws(ShardError) -> MappedFile {
    do throws(FileError) { return try MappedFile(file) } catch { throw .file(error) }
  }

  private static func areOffsets(_ offsets: [Int], end: Int) -> Bool {
    offsets.first == 0 && offsets.last == end && zip(offsets, offsets.dropFirst()).allSatisfy { $0 <= $1 }
  }

  func id(_ sample: Int) -> String {
    guard let ids = tensors["sample.id"] else { return "" }
    let start = dataStart + ids.start
    return String(
      decoding: TensorNumbers.bytes(file, start + idOffsets[sample]..<start + idOffsets[sample + 1]), as: UTF8.self)
  }

  // MARK: States

  /// A tensor of numbers, a row a sample.
  struct Table: Sendable {
    let name: String
    let width: Int
  }

  /// Nil where it is not there, or not a binary32 row a sample.
  func table(_ name: String) -> Table? {
    guard let tensor = tensors[name], tensor.type == .f32, tensor.shape.first == sampleCount, tensor.shape.count <= 2
    else { return nil }
    return Table(name: name, width: tensor.shape.count == 2 ? tensor.shape[1] : 1)
  }

  func row(_ table: Table, _ sample: Int) -> [Float] {
    guard let tensor = tensors[table.name] else { return [] }
    let start = dataStart + tensor.start + 4 * sample * table.width
    return TensorNumbers.floats(file, start..<start + 4 * table.width)
  }

  /// One number a sample, such as `label`; nil where it is not there.
  func column(_ name: String) -> [Float]? {
    guard let table = table(name), table.width == 1, let tensor = tensors[name] else { return nil }
    return TensorNumbers.floats(file, dataStart + tensor.start..<dataStart + tensor.end)
  }

  /// A state that is looked at in two dimensions.
  struct Stage: Sendable {
    let title: String
    /// In names of figures.
    let name: String
    let state: Table
    let gate: Table?
  }

  /// From before the first fusion to the last.
  var stages: [Stage] {
    let order = (metadata["order"] ?? "").split(separator: ",").map { $0.filter { $0 != " " } }
    var stages: [Stage] = []
    if let first = table("stage.first") {
      stages.append(Stage(title: "\(order.first ?? "first modality") alone", name: "first", state: first, gate: nil))
    }
    var k = 0
    while let state = table("stage.\(k).state") {
      let modality = metadata["stage.\(k).modality"] ?? (order.count > k + 1 ? order[k + 1] : "")
      let title =
        switch metadata["kind"] {
        case "mult": "all modalities, before the last block"
        case _ where metadata["component"] == "single": "\(order.first ?? "the modality"), pooled"
        default: "after \(modality.isEmpty ? "stage \(k)" : modality) was folded in"
        }
      stages.append(Stage(title: title, name: "\(k)", state: state, gate: table("stage.\(k).gate")))
      k += 1
    }
    return stages
  }

  // MARK: Attention

  /// The weights of one attention, over the frames of its memory.
  struct Attention: Sendable {
    let name: String
    /// The modality of the memory.
    let modality: String
    /// By layer: the name of the tensor.
    let layers: [String]
    let heads: Int
    let offsets: [Int]
  }

  /// Those whose tensors fit together, by name.
  var attentions: [Attention] {
    let suffix = ".offsets"
    return tensors.keys.filter { $0.hasPrefix("attention.") && $0.hasSuffix(suffix) }.sorted().compactMap { key in
      let name = String(key.dropFirst("attention.".count).dropLast(suffix.count))
      guard let tensor = tensors[key], tensor.type == .i64, tensor.shape == [sampleCount + 1] else { return nil }
      let offsets = TensorNumbers.integers(file, dataStart + tensor.start..<dataStart + tensor.end)
      var layers: [String] = []
      var heads = 0
      while let layer = tensors["attention.\(name).\(layers.count)"], layer.type == .f32, layer.shape.count == 2 {
        guard Self.areOffsets(offsets, end: layer.shape[0]), heads == 0 || layer.shape[1] == heads else { return nil }
        heads = layer.shape[1]
        layers.append(layer.name)
      }
      guard !layers.isEmpty, heads > 0 else { return nil }
      return Attention(
        name: name, modality: metadata["attention.\(name).modality"] ?? "", layers: layers, heads: heads,
        offsets: offsets)
    }
  }

  /// A sample's weights, averaged over layers and heads, and the frames that they are of: they sum to 1.
  func weights(_ attention: Attention, _ sample: Int) -> (frames: [Int], weights: [Double]) {
    let rows = attention.offsets[sample]..<attention.offsets[sample + 1]
    var weights = Array(repeating: 0.0, count: rows.count)
    for layer in attention.layers {
      guard let tensor = tensors[layer] else { continue }
      let start = dataStart + tensor.start
      let values = TensorNumbers.floats(
        file, start + 4 * rows.lowerBound * attention.heads..<start + 4 * rows.upperBound * attention.heads)
      for (place, value) in values.enumerated() { weights[place / attention.heads] += Double(value) }
    }
    let share = Double(attention.layers.count * attention.heads)
    return (positions(attention, rows), weights.map { $0 / share })
  }

  private func positions(_ attention: Attention, _ rows: Range<Int>) -> [Int] {
    guard let tensor = tensors["attention.\(attention.name).positions"], tensor.type == .i32,
      tensor.shape.first ?? 0 >= rows.upperBound
    else { return Array(0..<rows.count) }
    let start = dataStart + tensor.start
    return TensorNumbers.smallIntegers(file, start + 4 * rows.lowerBound..<start + 4 * rows.upperBound)
  }
}
