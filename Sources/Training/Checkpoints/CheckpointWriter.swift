internal import Files
internal import JSONValues
internal import Shards

/// Writes a checkpoint, tensor by tensor: a safetensors file of binary32 numbers.
///
/// Names and shapes are given first, then each tensor's values in that order. The file takes its place in one step, by
/// ``finish()``; before that, or without it, what stood there stays.
package struct CheckpointWriter: ~Copyable {
  private let replacement: ReplacementFile
  private let tensors: [TensorShape]
  private var next = 0
  private var offset: Int

  /// - Parameter metadata: nil for a file of nothing but tensors.
  package init(
    _ path: String, metadata: CheckpointMetadata?, tensors: [TensorShape]
  ) throws(TrainingError) {
    self.tensors = tensors
    let header = Self.header(metadata?.strings ?? [], tensors)
    offset = header.count
    replacement = try TrainingError.files { () throws(FileError) in
      let replacement = try ReplacementFile(path)
      try replacement.file.write(header, at: 0)
      return replacement
    }
  }

  /// Writes the next tensor.
  ///
  /// - Parameter values: as many as its shape says, row-major.
  package mutating func write(_ values: Span<Float>) throws(TrainingError) {
    precondition(next < tensors.count, "all \(tensors.count) tensors are written")
    let tensor = tensors[next]
    precondition(values.count == tensor.count, "\(tensor.name) has \(tensor.count) values, not \(values.count)")
    let bytes = TensorBytes.view(values)
    do throws(FileError) { try replacement.file.write(bytes, at: offset) } catch { throw .file(error) }
    offset += bytes.byteCount
    next += 1
  }

  /// Makes the file durable, under its name.
  package consuming func finish() throws(TrainingError) {
    precondition(next == tensors.count, "\(tensors[next].name) is not written")
    do throws(FileError) { try replacement.commit() } catch { throw .file(error) }
  }

  /// Every byte before the data, which starts on 64 bytes.
  private static func header(_ metadata: [(key: String, value: String)], _ tensors: [TensorShape]) -> [UInt8] {
    var document = JSONObject()
    if !metadata.isEmpty {
      var strings = JSONObject()
      for (key, value) in metadata { strings[key] = .string(value) }
      document["__metadata__"] = .object(strings)
    }
    var start = 0
    for tensor in tensors {
      precondition(document[tensor.name] == nil, "two tensors are named \(tensor.name)")
      let end = start + 4 * tensor.count
      document[tensor.name] = [
        "dtype": .string(TensorType.f32.rawValue), "shape": JSONValue(tensor.shape),
        "data_offsets": JSONValue([start, end]),
      ]
      start = end
    }
    let text = Array(JSONValue.object(document).compact().utf8)
    let padding = (64 - (8 + text.count) % 64) % 64
    return TensorBytes.of([Int64(text.count + padding)]) + text + Array(repeating: UInt8(ascii: " "), count: padding)
  }
}
