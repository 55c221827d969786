/// Everything that decides a training run, with the published file's values as defaults.
///
/// It is put together in this order, later wins: a preset (``preset(_:)``), a configuration file
/// (``apply(file:)``), single assignments (``apply(assignment:)``, ``set(_:to:source:)``). ``check()`` then holds the
/// values against one another. ``resolved`` and ``yaml`` spell all of it, so that a run can be repeated from its folder.
public struct RunConfiguration: Sendable, Equatable {
  /// What runs are filed under where they are tracked.
  public var projectName = "grf"
  /// What a run is called; see ``runName(order:)``.
  public var runNameTemplate = "{kind}-{order_name}-seed{seed}"
  /// The folder that holds the folders of runs.
  public var modelSaveDirectory = "runs"
  public var model = ModelSection()
  public var training = TrainingSection()
  public var data = DataSection()

  public init() {}

  /// The shape of the model and of its loss.
  public struct ModelSection: Sendable, Equatable {
    /// The family: `grf`.
    public var kind = "grf"
    /// d: even, and divisible by ``headCount``.
    public var width = 64
    /// Decoder layers in each decoder.
    public var layerCount = 4
    /// The inner width of the feed-forward blocks.
    public var feedForwardWidth = 256
    public var headCount = 4
    /// The share of elements that dropout sets to 0: in 0 ..< 1.
    public var dropout = 0.2
    /// What the auxiliary regressor's loss is multiplied by.
    public var auxiliaryLossWeight = 0.4

    public init() {}
  }

  /// How the model is trained.
  public struct TrainingSection: Sendable, Equatable {
    /// The greatest, reached when warm-up ends.
    public var learningRate = 1e-3
    /// Decoupled, on every parameter.
    public var weightDecay = 1e-2
    public var epochs = 100
    /// Training ends after so many epochs without a better valid MAE.
    public var patience = 20
    public var warmupEpochs = 5
    /// Samples a step.
    public var batchSize = 32
    /// The gradients' joint L2 norm is clipped to this.
    public var maxGradientNorm = 1.0
    /// What the cosine ends at.
    public var minLearningRate = 1e-6
    public var seed = 0
    /// Whether each epoch has its own order of samples.
    public var shuffles = true
    public var threads = ThreadCount.all

    public init() {}
  }

  /// What is trained on.
  public struct DataSection: Sendable, Equatable {
    /// The dataset's folder.
    public var shards: String?
    /// The modalities, in the order of fusion; nil: see ``ModalityOrder``.
    public var order: [String]?
    /// 2, or 7 to round every label to a whole number.
    public var classCount = 2
    /// The label column; nil: `sentiment` where there is one, else the first.
    public var label: String?

    public init() {}
  }

  /// How many threads work.
  public enum ThreadCount: Sendable, Equatable {
    /// As many as there are processors.
    case all
    case count(Int)
  }
}

extension RunConfiguration {
  /// `grf` is the published configuration file; `grf-4m` has the size of the published table.
  public static let presetNames = ["grf", "grf-4m"]

  /// - Throws: ``TrainingError/unknownPreset(name:)``.
  public static func preset(_ name: String) throws(TrainingError) -> RunConfiguration {
    var configuration = RunConfiguration()
    switch name {
    case "grf": break
    case "grf-4m":
      configuration.model.width = 128
      configuration.model.feedForwardWidth = 512
    default: throw .unknownPreset(name: name)
    }
    return configuration
  }

  /// Holds the values against one another; each by itself was checked when it was set.
  ///
  /// - Throws: ``TrainingError/unevenHeads(width:heads:)``, ``TrainingError/minimumAboveLearningRate(minimum:rate:)``.
  public func check() throws(TrainingError) {
    guard model.width % model.headCount == 0 else { throw .unevenHeads(width: model.width, heads: model.headCount) }
    guard training.minLearningRate <= training.learningRate else {
      throw .minimumAboveLearningRate(minimum: training.minLearningRate, rate: training.learningRate)
    }
  }

  /// The name of a run: ``runNameTemplate`` with `{kind}`, `{order_name}` (`text-vision-audio`), `{num_classes}` and
  /// `{seed}` filled in.
  public func runName(order: [String]) -> String {
    var name = runNameTemplate
    for (placeholder, value) in [
      ("{kind}", model.kind), ("{order_name}", order.joined(separator: "-")), ("{num_classes}", "\(data.classCount)"),
      ("{seed}", "\(training.seed)"),
    ] {
      name = name.replacing(placeholder, with: value)
    }
    return name
  }
}
