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
    /// The family: one of ``RunConfiguration/kinds``. ``RunConfiguration/become(_:)`` changes it.
    public internal(set) var kind = "grf"
    /// d: divisible by ``headCount``; `grf` wants it even.
    public var width = 64
    /// Layers of each decoder, or of each cross-modal encoder.
    public var layerCount = 4
    public var headCount = 4

    // What only `grf` has. ``component`` says what an ablation leaves out. Dropout is the share of elements that are set to 0: in 0 ..< 1.
    /// The inner width of the feed-forward blocks.
    public var feedForwardWidth = 256
    public var dropout = 0.2
    /// What the auxiliary regressor's loss is multiplied by.
    public var auxiliaryLossWeight = 0.4
    public var component = "full"
    /// The component that leaves out the fusion: one modality alone.
    static let single = "single"

    // What only `mult` has.
    /// Of attention weights over text, and over any other modality.
    public var attentionDropout = 0.1
    public var otherAttentionDropout = 0.0
    public var reluDropout = 0.1
    /// Of branches before they join the residual.
    public var residualDropout = 0.1
    /// Of what enters an encoder, and of raw text.
    public var embeddingDropout = 0.25
    /// Within the last block.
    public var outputDropout = 0.0

    public init() {}
  }

  /// How the model is trained.
  public struct TrainingSection: Sendable, Equatable {
    /// The greatest, reached when warm-up ends.
    public var learningRate = 1e-3
    /// Decoupled, on every parameter.
    public var weightDecay = 1e-2
    public var epochs = 100
    /// Training ends after so many epochs without a better valid MAE; nil: never before the last.
    public var patience: Int? = 20
    public var schedule = Schedule.cosine
    public var warmupEpochs = 5
    /// Epochs without a lower valid loss that leave the rate as it is; the next one lowers it.
    public var plateauPatience = 20
    /// What the rate is multiplied by then.
    public var plateauFactor = 0.1
    /// Samples a step.
    public var batchSize = 32
    /// The gradients' joint L2 norm is clipped to this.
    public var maxGradientNorm = 1.0
    /// What the cosine ends at, and what a plateau never goes below.
    public var minLearningRate = 1e-6
    public var seed = 0
    /// A checkpoint of the first weights; nil: they are drawn by the seed.
    public var initialWeights: String?
    /// Whether each epoch has its own order of samples.
    public var shuffles = true
    public var threads = ThreadCount.all
    /// Ordered sums that a batch's gradients are added up in: how many threads can share them, and the order of rounding.
    public var lanes = 8

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
    /// Whether padding is never computed, and masked frames neither attended to nor pooled; false: as in the published
    /// program, samples are filled up with zeros to the longest of the dataset, and every frame counts.
    public var masks = true
    /// The label column; nil: `sentiment` where there is one, else the first.
    public var label: String?

    public init() {}
  }

  /// How the learning rate goes by epoch.
  public enum Schedule: String, Sendable, CaseIterable {
    /// ``LearningRateSchedule``.
    case cosine
    /// ``PlateauSchedule``.
    case plateau
  }

  /// How many threads work.
  public enum ThreadCount: Sendable, Equatable {
    /// As many as there are processors.
    case all
    case count(Int)
  }
}

extension RunConfiguration {
  /// Holds the values against one another; each by itself was checked when it was set.
  ///
  /// - Throws: ``TrainingError/unusedKey(key:setting:)`` where a value is set that the model or the schedule has no use
  ///   for, ``TrainingError/orderLength(found:wantsOne:)``, ``TrainingError/oddWidth(_:)``, ``TrainingError/unevenHeads(width:heads:)``,
  ///   ``TrainingError/minimumAboveLearningRate(minimum:rate:)``.
  public func check() throws(TrainingError) {
    for key in ConfigurationKey.all where key.write(self) != key.write(RunConfiguration()) {
      if let setting = key.unused(self) { throw .unusedKey(key: key.name, setting: setting) }
    }
    let wantsOne = model.component == ModelSection.single
    guard data.order.map({ ($0.count == 1) == wantsOne }) ?? !wantsOne else {
      throw .orderLength(found: data.order ?? [], wantsOne: wantsOne)
    }
    guard model.kind != "grf" || model.width % 2 == 0 else { throw .oddWidth(model.width) }
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
