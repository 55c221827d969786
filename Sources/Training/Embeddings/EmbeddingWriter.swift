internal import Files
internal import JSONValues
internal import Shards

/// A tensor of an embedding file.
struct EmbeddingTensor: Sendable, Equatable {
  let name: String
  let type: TensorType
  let shape: [Int]

  var byteCount: Int { type.byteCount * shape.reduce(1, *) }
}

/// Writes an embedding file: a safetensors file whose tensors grow side by side, sample after sample.
///
/// Names and shapes are given first; then rows are added to each tensor until it is full. Only what is being added is in
/// memory. The file takes its place in one step, by ``finish()``; before that, or without it, what stood there stays.
struct EmbeddingWriter: ~Copyable {
  private let replacement: ReplacementFile
  /// By name: where the next rows go, and where the tensor ends.
  private var places: [String: (next: Int, end: Int)]
  /// Of the whole file.
  let byteCount: Int

  /// - Parameter metadata: by key; keys are different.
  init(
    _ path: String, metadata: [(key: String, value: String)], tensors: [EmbeddingTensor]
  ) throws(TrainingError) {
    // The widest numbers come first, so that each tensor is aligned to its own without holes.
    let sorted = [TensorType.i64, .f32, .i32, .u8].flatMap { type in tensors.filter { $0.type == type } }
    precondition(sorted.count == tensors.count, "a tensor of another type")
    let header = Self.header(metadata, sorted)
    places = Self.places(sorted, from: header.count)
    byteCount = sorted.reduce(header.count) { $0 + $1.byteCount }
    replacement = try TrainingError.files { () throws(FileError) in
      let replacement = try ReplacementFile(path, isShared: true)
      try replacement.file.write(header, at: 0)
      return replacement
    }
  }

  private static func places(_ tensors: [EmbeddingTensor], from start: Int) -> [String: (next: Int, end: Int)] {
    var (places, start) = ([String: (next: Int, end: Int)](), start)
    for tensor in tensors {
      precondition(places[tensor.name] == nil, "two tensors are named \(tensor.name)")
      places[tensor.name] = (start, start + tensor.byteCount)
      start += tensor.byteCount
    }
    return places
  }

  /// Adds rows to a tensor.
  ///
  /// - Parameter values: of the tensor's type, row-major, as many as there is room for at most.
  mutating func append(_ values: [some BitwiseCopyable], to name: String) throws(TrainingError) {
    guard let (next, end) = places[name] else { preconditionFailure("no tensor is named \(name)") }
    let bytes = TensorBytes.of(values)
    precondition(next + bytes.count <= end, "\(name) is full")
    try TrainingError.files { () throws(FileError) in try replacement.file.write(bytes, at: next) }
    places[name] = (next + bytes.count, end)
  }

  /// Makes the file durable, under its name.
  consuming func finish() throws(TrainingError) {
    for (name, place) in places { precondition(place.next == place.end, "\(name) is not complete") }
    do throws(FileError) { try replacement.commit() } catch { throw .file(error) }
  }

  /// Every byte before the data, which starts on 64 bytes.
  private static func header(_ metadata: [(key: String, value: String)], _ tensors: [EmbeddingTensor]) -> [UInt8] {
    var strings = JSONObject()
    for (key, value) in metadata { strings[key] = .string(value) }
    var document: JSONObject = ["__metadata__": .object(strings)]
    var start = 0
    for tensor in tensors {
      document[tensor.name] = [
        "dtype": .string(tensor.type.rawValue), "shape": JSONValue(tensor.shape),
        "data_offsets": JSONValue([start, start + tensor.byteCount]),
      ]
      start += tensor.byteCount
    }
    let text = Array(JSONValue.object(document).compact().utf8)
    let padding = (64 - (8 + text.count) % 64) % 64
    return TensorBytes.of([Int64(text.count + padding)]) + text + Array(repeating: UInt8(ascii: " "), count: padding)
  }
}
