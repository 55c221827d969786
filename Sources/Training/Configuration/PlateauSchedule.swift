/// The learning rate by what came before: it falls when the valid loss has not for a while.
///
/// An epoch is bad unless its loss is below the lowest so far by more than a ten-thousandth of it. After more bad epochs in
/// a row than patience allows, the rate is multiplied by the factor, and counting begins anew.
///
/// A value, so that it can be stored with a checkpoint and taken up again.
///
/// Source: PyTorch's `ReduceLROnPlateau`.
public struct PlateauSchedule: Sendable, Equatable {
  static let threshold = 1e-4

  public let patience: Int
  public let factor: Double
  /// The rate never falls below.
  public let minimum: Double
  /// Of the next epoch.
  public private(set) var rate: Double
  /// The lowest loss so far; nil before the first that is a number.
  public private(set) var lowest: Double?
  public private(set) var badEpochs: Int

  public init(
    rate: Double, minimum: Double, patience: Int, factor: Double, lowest: Double? = nil, badEpochs: Int = 0
  ) {
    self.patience = patience
    self.factor = factor
    self.minimum = minimum
    self.rate = rate
    self.lowest = lowest
    self.badEpochs = badEpochs
  }

  /// Nil where the configuration's schedule is another.
  public init?(_ configuration: RunConfiguration.TrainingSection) {
    guard configuration.schedule == .plateau else { return nil }
    self.init(
      rate: configuration.learningRate, minimum: configuration.minLearningRate,
      patience: configuration.plateauPatience, factor: configuration.plateauFactor)
  }

  /// Takes an epoch's loss.
  public mutating func record(loss: Double) {
    if lowest.map({ loss < $0 * (1 - Self.threshold) }) ?? !loss.isNaN {
      lowest = loss
      badEpochs = 0
    } else {
      badEpochs += 1
    }
    guard badEpochs > patience else { return }
    rate = max(rate * factor, minimum)
    badEpochs = 0
  }
}
