import Files
import Foundation
import JSONValues
import Shards
import TestDatasets
import TestSupport
import Testing

@testable import Training

/// A small dataset, a small model, and a folder for runs.
struct TrainingBench: ~Copyable {
  let dataset: Dataset
  let shards: String
  private let folder: TemporaryFolder

  init(_ ragged: RaggedDataset = .trainable()) throws {
    let folder = try TemporaryFolder()
    let shards = folder.file("shards")
    try FileManager.default.createDirectory(atPath: shards, withIntermediateDirectories: true)
    try ragged.write(to: shards)
    dataset = try Dataset.open(shards)
    self.shards = shards
    self.folder = folder
  }

  func file(_ name: String) -> String { folder.file(name) }

  /// Three epochs of batches of three, the last smaller.
  ///
  /// - Parameter kind: a family of models.
  func configuration(
    _ kind: String = "grf", _ change: (inout RunConfiguration) -> Void = { _ in }
  ) -> RunConfiguration {
    var configuration = RunConfiguration()
    _ = configuration.become(kind)
    // A bad epoch lowers the rate at once.
    configuration.training.plateauPatience = 0
    configuration.model.width = 8
    configuration.model.headCount = 2
    configuration.model.layerCount = 1
    configuration.model.feedForwardWidth = 16
    configuration.training.epochs = 3
    configuration.training.batchSize = 3
    configuration.training.warmupEpochs = 1
    configuration.training.learningRate = 1e-2
    configuration.training.threads = .count(2)
    configuration.data.shards = shards
    change(&configuration)
    return configuration
  }

  /// Begins a run and trains until its end or a stop.
  ///
  /// - Parameter stop: whether to stop, asked as the trainer asks; it is given how often it has asked before.
  @discardableResult
  func train(
    _ name: String, _ configuration: RunConfiguration, initial: Checkpoint? = nil,
    stop: @escaping (Int) -> Bool = { _ in false }, emit: @escaping (TrainingEvent) -> Void = { _ in }
  ) throws -> TrainingOutcome {
    var configuration = configuration
    if let initial { configuration.training.initialWeights = initial.path }
    let plan = try TrainingPlan(dataset, configuration)
    return try Trainer.begin(plan, in: file(name), observer: Self.observer(emit, stop)).train()
  }

  /// Goes on with a run; nil where it is finished.
  @discardableResult
  func resume(
    _ name: String, threads: Int? = nil, stop: @escaping (Int) -> Bool = { _ in false },
    emit: @escaping (TrainingEvent) -> Void = { _ in }
  ) throws -> TrainingOutcome? {
    let trainer = try Trainer.resume(
      file(name), shards: nil, threads: threads.map { .count($0) }, observer: Self.observer(emit, stop))
    guard let trainer else { return nil }
    return try trainer.train()
  }

  private static func observer(
    _ emit: @escaping (TrainingEvent) -> Void, _ stop: @escaping (Int) -> Bool
  ) -> Trainer.Observer {
    var asked = 0
    return Trainer.Observer(emit: emit) {
      defer { asked += 1 }
      return stop(asked)
    }
  }

  /// What a run left behind, but for times and threads.
  func contents(_ name: String) throws -> RunContents { try RunContents(file(name)) }

  func copy(_ name: String, to other: String) throws {
    try FileManager.default.copyItem(atPath: file(name), toPath: file(other))
  }

  /// Puts a file of one run in the place of another's.
  func replace(_ file: String, of name: String, by other: String) throws {
    let target = self.file("\(name)/\(file)")
    if FileManager.default.fileExists(atPath: target) { try FileManager.default.removeItem(atPath: target) }
    let source = self.file("\(other)/\(file)")
    if FileManager.default.fileExists(atPath: source) {
      try FileManager.default.copyItem(atPath: source, toPath: target)
    }
  }
}

extension TrainingOutcome {
  var result: TrainingResult? {
    if case .finished(let result) = self { result } else { nil }
  }

  /// Complete epochs and steps, where it was stopped.
  var place: [Int]? {
    if case .interrupted(let epochs, let steps) = self { [epochs, steps] } else { nil }
  }
}

/// Everything in a run's folder that must not depend on threads and interruptions.
struct RunContents: Equatable {
  struct Weights: Equatable {
    /// By name, to the bit.
    let tensors: [String: [UInt32]]
    let metadata: CheckpointMetadata?

    init(_ path: String) throws {
      let checkpoint = try Checkpoint(path)
      var tensors: [String: [UInt32]] = [:]
      for tensor in checkpoint.parameters + checkpoint.state {
        tensors[tensor.name] = try checkpoint.values(tensor.name).map(\.bitPattern)
      }
      self.tensors = tensors
      var metadata = checkpoint.metadata
      metadata?.configuration.training.threads = .all
      self.metadata = metadata
    }

    var isFinite: Bool { tensors.values.allSatisfy { $0.allSatisfy { Float(bitPattern: $0).isFinite } } }
  }

  let best: Weights
  let last: Weights
  let metrics: [JSONValue]
  let test: JSONValue
  let predictions: String
  var files: [String]

  init(_ folder: String) throws {
    func text(_ name: String) throws -> String { try String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8) }
    best = try Weights("\(folder)/best.safetensors")
    last = try Weights("\(folder)/last.safetensors")
    metrics = try text("metrics.jsonl").split(separator: "\n").map { line in
      var object = try #require(try JSONValue.parse(String(line)).object)
      for key in ["train_seconds", "samples_per_second", "loader_seconds"] { object[key] = nil }
      return .object(object)
    }
    test = try JSONValue.parse(try text("test.json"))
    predictions = try text("predictions-test.csv")
    files = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
  }

  /// By epoch.
  var learningRates: [Double] {
    metrics.filter { $0["split"] == "train" }.compactMap { $0["learning_rate"]?.number }
  }

  /// The MAE on the valid split by epoch.
  var validMAEs: [Double] { metrics.filter { $0["split"] == "valid" }.compactMap { $0["mae"]?.number } }
}
