internal import Files
internal import Shards

/// A checkpoint, open for reading: one of ours, or any safetensors file of a model's weights.
///
/// The file is mapped; a tensor becomes binary32 when it is read, whatever of F32, F16, BF16 and F64 it is stored as.
package final class Checkpoint: Sendable {
  /// Tensors whose names begin so are the optimizer's.
  package static let optimizerPrefix = "optimizer."
  /// Tensors whose names begin so belong to the epoch under way.
  package static let epochPrefix = "epoch."

  package let path: String
  /// Nil where another program wrote the file.
  package let metadata: CheckpointMetadata?
  /// The model's, in the order of the file. The position codes that a PyTorch module keeps as buffers are left out.
  package let parameters: [TensorShape]
  /// Those of the optimizer and of the epoch under way, with their whole names.
  package let state: [TensorShape]

  private let tensors: [String: HeaderEntry]
  private let dataStart: Int
  private let mapping: MappedFile

  /// - Throws: ``TrainingError/file(_:)``, ``TrainingError/checkpointFormat(_:)``,
  ///   ``TrainingError/checkpointMetadata(path:key:)``.
  package init(_ path: String) throws(TrainingError) {
    let header: SafetensorsHeader
    do throws(ShardError) {
      let file = try Self.open(path)
      header = try SafetensorsHeader(file)
      mapping = try Self.map(file)
    } catch {
      if case .file(let error) = error { throw .file(error) }
      throw .checkpointFormat(error)
    }
    self.path = path
    dataStart = header.dataStart
    metadata = try CheckpointMetadata(header.metadata ?? [:], path: path)
    tensors = Dictionary(uniqueKeysWithValues: header.entries.map { ($0.name, $0) })
    let shapes = header.entries.map { TensorShape(name: $0.name, shape: $0.shape) }
    state = shapes.filter { Self.isState($0.name) }
    parameters = shapes.filter { !Self.isState($0.name) && !Self.isBuffer($0.name) }
  }

  private static func open(_ path: String) throws(ShardError) -> File {
    do throws(FileError) { return try File(reading: path) } catch { throw .file(error) }
  }

  private static func map(_ file: borrowing File) throws(ShardError) -> MappedFile {
    do throws(FileError) { return try MappedFile(file) } catch { throw .file(error) }
  }

  private static func isState(_ name: String) -> Bool {
    name.hasPrefix(optimizerPrefix) || name.hasPrefix(epochPrefix)
  }

  private static func isBuffer(_ name: String) -> Bool { name.hasSuffix(".pos_encoder.pe") }

  /// Holds the parameters against a model's.
  ///
  /// - Throws: ``TrainingError/tensorMismatch(path:missing:superfluous:misshapen:)`` with everything that differs.
  package func check(_ expected: [TensorShape]) throws(TrainingError) {
    let names = Set(expected.map(\.name))
    let missing = expected.filter { tensors[$0.name] == nil }.map(\.name)
    let superfluous = parameters.map(\.name).filter { !names.contains($0) }
    let misshapen = expected.compactMap { tensor -> TrainingError.MisshapenTensor? in
      guard let found = tensors[tensor.name]?.shape, found != tensor.shape else { return nil }
      return TrainingError.MisshapenTensor(name: tensor.name, expected: tensor.shape, found: found)
    }
    guard missing.isEmpty && superfluous.isEmpty && misshapen.isEmpty else {
      throw .tensorMismatch(path: path, missing: missing, superfluous: superfluous, misshapen: misshapen)
    }
  }

  /// Copies a tensor's values, row-major.
  ///
  /// - Parameters:
  ///   - name: of a tensor that is there.
  ///   - target: as many elements as its shape says.
  /// - Throws: ``TrainingError/unusableTensor(path:tensor:type:)`` where it does not hold floating-point numbers.
  package func read(_ name: String, into target: inout MutableSpan<Float>) throws(TrainingError) {
    guard let tensor = tensors[name] else { preconditionFailure("\(path) has no tensor \(name)") }
    let mapping = mapping
    let bytes = mapping.bytes.extracting(dataStart + tensor.start..<dataStart + tensor.end)
    precondition(target.count * tensor.type.byteCount == bytes.byteCount, "\(name) has the shape \(tensor.shape)")
    guard FloatingTensor.copy(bytes, type: tensor.type, into: &target) else {
      throw .unusableTensor(path: path, tensor: name, type: tensor.type.rawValue)
    }
  }

  /// A tensor's values, row-major.
  package func values(_ name: String) throws(TrainingError) -> [Float] {
    guard let tensor = tensors[name] else { preconditionFailure("\(path) has no tensor \(name)") }
    var values = [Float](repeating: 0, count: tensor.shape.reduce(1, *))
    var span = values.mutableSpan
    try read(name, into: &span)
    return values
  }
}
