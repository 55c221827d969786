import Files
import Foundation
import Shards

@testable import Training

extension DatasetIdentity {
  static let example = DatasetIdentity(
    modalities: [.init(name: "text", dimension: 300), .init(name: "audio", dimension: 5)],
    statistics: String(repeating: "ab", count: 32), fingerprint: String(repeating: "01", count: 32),
    content: String(repeating: "23", count: 32))
}

extension CheckpointMetadata {
  static var example: CheckpointMetadata {
    var configuration = RunConfiguration()
    configuration.training.seed = 7
    configuration.data.order = ["text", "audio"]
    return CheckpointMetadata(
      configuration: configuration, dataset: .example, epoch: 3, step: 12, optimizerSteps: 135,
      stopping: EarlyStopping(patience: 20, bestEpoch: 2, bestMAE: 1.234_567_890_123_4, epochsWithoutImprovement: 1))
  }
}

/// Tensors with their values.
struct Tensors {
  var list: [(name: String, shape: [Int], values: [Float])]

  static let example = Tensors(list: [
    ("projectors.text.weight", [2, 3], [1, -2.5, 3e-20, .greatestFiniteMagnitude, -0.0, 0.1]),
    ("projectors.text.bias", [2], [.nan, .infinity]), ("nothing", [0, 4], []), ("scalar", [], [7]),
    ("optimizer.step", [1], [3]), ("epoch.predictions", [3], [0.5, 1, 2]),
  ])

  var shapes: [TensorShape] { list.map { TensorShape(name: $0.name, shape: $0.shape) } }

  func write(_ path: String, metadata: CheckpointMetadata? = nil) throws {
    var writer = try CheckpointWriter(path, metadata: metadata, tensors: shapes)
    for (_, _, values) in list { try writer.write(values.span) }
    try writer.finish()
  }
}

/// A safetensors file written by hand.
func writeSafetensors(_ header: String, _ data: [UInt8], to path: String) throws {
  let length = Array(header.utf8).count
  let prefix = (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) }
  try Data(prefix + Array(header.utf8) + data).write(to: URL(filePath: path))
}

extension Manifest {
  /// A manifest of modalities of two dimensions.
  static func example(
    _ modalities: [(name: String, normalization: Normalization, mean: [Double], std: [Double])], content: String = "c"
  ) -> Manifest {
    Manifest(
      fingerprint: "f", content: content, configuration: .null, inputs: [],
      modalities: modalities.map { modality in
        let dimension = modality.mean.count
        return Modality(
          name: modality.name, root: modality.name, dimension: dimension, dimensionNames: nil, content: .values(.f32),
          rate: nil, normalization: modality.normalization,
          statistics: Statistics(
            count: Array(repeating: 9, count: dimension), mean: modality.mean, std: modality.std,
            min: Array(repeating: -1, count: dimension), max: Array(repeating: 4, count: dimension),
            nan: Array(repeating: 0, count: dimension), posinf: Array(repeating: 0, count: dimension),
            neginf: Array(repeating: 0, count: dimension)), framesDropped: [:], nonfinite: Nonfinite())
      }, labels: ["sentiment"], splits: [], ledger: LedgerRecord(bytes: 0, crc32: 0, counts: [:]))
  }
}

extension Tensors {
  /// The weights of a checkpoint alone, as `safetensors.torch.save_file(model.state_dict(), path)` writes them.
  init(readingParametersOf path: String) throws {
    let checkpoint = try Checkpoint(path)
    list = try checkpoint.parameters.map { ($0.name, $0.shape, try checkpoint.values($0.name)) }
  }
}
