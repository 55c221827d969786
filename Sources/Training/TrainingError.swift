public import Files
public import Shards

/// What can stop a training run. Cases carry the facts; ``description`` says what, where, and what to do.
///
/// `source` is where a value of the configuration came from: a file, or an option with its value. `path` is the dataset,
/// checkpoint or run in question.
public enum TrainingError: Error, Equatable, Sendable {
  /// The system refused.
  case file(FileError)

  // The configuration.
  case unknownPreset(name: String)
  case notYAML(source: String, problem: String)
  /// Not a mapping of names to values; `section` where only that part is at fault.
  case notConfiguration(source: String, section: String?)
  /// `hint` is empty, or ` (did you mean "x"?)`.
  case unknownKey(source: String, key: String, hint: String)
  /// `wanted` follows "wants"; `found` is JSON.
  case wrongValue(source: String, key: String, wanted: String, found: String)
  /// Not `name=value`.
  case notAssignment(text: String)
  /// A value is set that another one, such as `model.kind mult`, leaves without use.
  case unusedKey(key: String, setting: String)
  /// One modality where several are fused, or not exactly one where there is no fusion.
  case orderLength(found: [String], wantsOne: Bool)
  case oddWidth(Int)
  case unevenHeads(width: Int, heads: Int)
  case minimumAboveLearningRate(minimum: Double, rate: Double)

  // What the dataset must have, besides what `BatchError` says.
  /// Fewer than two modalities of numbers.
  case tooFewModalities(path: String, found: [String])
  /// One of train, valid and test.
  case missingSplit(path: String, name: String, found: [String])

  // Checkpoints.
  /// Not a safetensors file, or a damaged one.
  case checkpointFormat(ShardError)
  /// Its metadata say that it is one of ours, but not in order.
  case checkpointMetadata(path: String, key: String)
  case unusableTensor(path: String, tensor: String, type: String)
  case tensorMismatch(path: String, missing: [String], superfluous: [String], misshapen: [MisshapenTensor])
  /// Not the tensors of a model of this kind: one that must be there is not.
  case notAModel(path: String, tensor: String)
  case dimensionMismatch(path: String, modality: String, expected: Int, found: Int)
  /// A modality of the checkpoint that the dataset lacks.
  case modalityMismatch(path: String, modality: String, dataset: String)
  case statisticsMismatch(path: String, dataset: String)
  case contentMismatch(path: String, dataset: String)

  /// What is to be written would take the place of something else: `what` is there already.
  case outputInUse(path: String, what: String)

  // Runs.
  case runExists(path: String)
  case folderInUse(path: String)
  /// Another process trains there.
  case runLocked(path: String)
  case notARun(path: String)
  case nothingToResume(path: String)
  case metricsLine(path: String, line: Int)
  /// A loss or a gradient that is NaN or infinite. `place` is the part of the model where the first such number came up,
  /// or the parameter that got it.
  case notFinite(epoch: Int, step: Int, what: Diverged, samples: [String], place: String)
  /// No epoch had a valid MAE that is a number.
  case noBestEpoch(epochs: Int)

  public enum Diverged: String, Equatable, Sendable {
    case loss, gradient
  }

  /// A tensor of another shape than the model's.
  public struct MisshapenTensor: Equatable, Sendable {
    public let name: String
    public let expected: [Int]
    public let found: [Int]

    public init(name: String, expected: [Int], found: [Int]) {
      self.name = name
      self.expected = expected
      self.found = found
    }
  }
}

extension TrainingError {
  /// Runs what may fail in the file system; its errors become ``file(_:)``.
  static func files<Result: ~Copyable>(_ body: () throws(FileError) -> Result) throws(TrainingError) -> Result {
    do throws(FileError) { return try body() } catch { throw .file(error) }
  }
}
