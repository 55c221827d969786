internal import JSONValues

/// What a checkpoint says of itself: how its weights came about, and where the training stood.
///
/// In the file it is a map of strings, of which numbers are spelled as in JSON.
package struct CheckpointMetadata: Sendable, Equatable {
  package static let format = "grf-checkpoint"
  static let version = "1"
  /// More frames than any sample has.
  private static let greatestFill = 1 << 24

  package var configuration: RunConfiguration
  /// What the weights were trained on.
  package var dataset: DatasetIdentity
  /// Epochs that are complete.
  package var epoch: Int
  /// Steps of the epoch after these; 0 between epochs.
  package var step: Int
  /// Steps of the optimizer in all.
  package var optimizerSteps: Int
  package var stopping: EarlyStopping
  /// Nil where the learning rate goes by the epoch alone.
  package var plateau: PlateauSchedule?
  /// By modality, the frames that samples were filled up to in training; nil where masks counted.
  package var fill: [Int]?
  /// How the kernels round; see `Kernels.arithmetic`. Nil in files of before it was noted.
  package var arithmetic: String?

  package init(
    configuration: RunConfiguration, dataset: DatasetIdentity, epoch: Int, step: Int, optimizerSteps: Int,
    stopping: EarlyStopping, plateau: PlateauSchedule? = nil, fill: [Int]? = nil, arithmetic: String? = nil
  ) {
    self.configuration = configuration
    self.dataset = dataset
    self.epoch = epoch
    self.step = step
    self.optimizerSteps = optimizerSteps
    self.stopping = stopping
    self.plateau = plateau
    self.fill = fill
    self.arithmetic = arithmetic
  }

  /// By key; the configuration and the lists are JSON.
  ///
  /// The number of threads and the dataset's path change no result and are left out of the configuration: the same
  /// training makes the same file.
  package var strings: [(key: String, value: String)] {
    var configuration = configuration
    configuration.training.threads = .all
    configuration.data.shards = nil
    let dimensions = dataset.modalities.map { JSONValue($0.dimension) }
    let plateau = plateau.map {
      [
        ("learning_rate", JSONValue($0.rate).compact()), ("lowest_loss", JSONValue($0.lowest).compact()),
        ("bad_epochs", "\($0.badEpochs)"),
      ]
    }
    return [
      ("format", Self.format), ("version", Self.version), ("config", configuration.resolved.compact()),
      ("order", JSONValue(dataset.order).compact()), ("dimensions", JSONValue.array(dimensions).compact()),
      ("statistics", dataset.statistics), ("fingerprint", dataset.fingerprint), ("content", dataset.content),
      ("epoch", "\(epoch)"), ("step", "\(step)"), ("optimizer_steps", "\(optimizerSteps)"),
      ("seed", "\(configuration.training.seed)"), ("best_epoch", stopping.bestEpoch.map { "\($0)" } ?? "null"),
      ("best_mae", JSONValue(stopping.bestMAE).compact()),
      ("epochs_without_improvement", "\(stopping.epochsWithoutImprovement)"),
    ] + (plateau ?? []) + (fill.map { [("fill", JSONValue($0).compact())] } ?? [])
      + (arithmetic.map { [("kernels", $0)] } ?? [])
  }

  /// Reads what ``strings`` spells; nil where the file is another program's.
  ///
  /// - Throws: ``TrainingError/checkpointMetadata(path:key:)``.
  package init?(_ strings: [String: String], path: String) throws(TrainingError) {
    guard strings["format"] == Self.format else { return nil }
    let fields = Fields(strings: strings, path: path)
    guard try fields.text("version") == Self.version else { throw fields.wrong("version") }
    var configuration = RunConfiguration()
    let config = try fields.json("config")
    do throws(TrainingError) { _ = try configuration.apply(config, source: path) } catch {
      throw fields.wrong("config")
    }
    let order = try fields.json("order").array?.compactMap(\.string) ?? []
    let dimensions = try fields.json("dimensions").array?.compactMap(\.integer) ?? []
    let wantsOne = configuration.model.component == RunConfiguration.ModelSection.single
    guard ModalityOrder.isValid(order), (order.count == 1) == wantsOne else { throw fields.wrong("order") }
    guard dimensions.count == order.count, dimensions.allSatisfy({ $0 > 0 }) else { throw fields.wrong("dimensions") }
    if !configuration.data.masks {
      let fill = try fields.json("fill").array?.compactMap(\.integer) ?? []
      guard fill.count == order.count, fill.allSatisfy({ 0...Self.greatestFill ~= $0 }) else {
        throw fields.wrong("fill")
      }
      self.fill = fill
    }
    arithmetic = strings["kernels"]
    guard try fields.count("seed") == configuration.training.seed else { throw fields.wrong("seed") }
    let bestMAE = try fields.json("best_mae")
    guard bestMAE == .null || bestMAE.number != nil else { throw fields.wrong("best_mae") }
    self.configuration = configuration
    dataset = DatasetIdentity(
      modalities: zip(order, dimensions).map { .init(name: $0, dimension: $1) },
      statistics: try fields.text("statistics"),
      fingerprint: try fields.text("fingerprint"), content: try fields.text("content"))
    epoch = try fields.count("epoch")
    step = try fields.count("step")
    optimizerSteps = try fields.count("optimizer_steps")
    stopping = EarlyStopping(
      patience: configuration.training.patience,
      bestEpoch: try fields.json("best_epoch") == .null ? nil : try fields.count("best_epoch"), bestMAE: bestMAE.number,
      epochsWithoutImprovement: try fields.count("epochs_without_improvement"))
    guard configuration.training.schedule == .plateau else { return }
    guard let rate = try fields.json("learning_rate").number, rate > 0 else { throw fields.wrong("learning_rate") }
    let lowest = try fields.json("lowest_loss")
    guard lowest == .null || lowest.number != nil else { throw fields.wrong("lowest_loss") }
    let settings = configuration.training
    plateau = PlateauSchedule(
      rate: rate, minimum: settings.minLearningRate, patience: settings.plateauPatience,
      factor: settings.plateauFactor, lowest: lowest.number, badEpochs: try fields.count("bad_epochs"))
  }

  /// The strings, read strictly.
  private struct Fields {
    let strings: [String: String]
    let path: String

    func wrong(_ key: String) -> TrainingError { .checkpointMetadata(path: path, key: key) }

    func text(_ key: String) throws(TrainingError) -> String {
      guard let text = strings[key] else { throw wrong(key) }
      return text
    }

    func json(_ key: String) throws(TrainingError) -> JSONValue {
      let text = try text(key)
      do throws(JSONError) { return try JSONValue.parse(text) } catch { throw wrong(key) }
    }

    func count(_ key: String) throws(TrainingError) -> Int {
      guard let count = Int(try text(key)), count >= 0 else { throw wrong(key) }
      return count
    }
  }
}
