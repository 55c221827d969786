/// When to stop, and which epoch was the best: the one with the least valid MAE, the earliest of equals.
///
/// A value, so that it can be stored with a checkpoint and taken up again.
public struct EarlyStopping: Sendable, Equatable {
  /// Epochs; nil: training never stops early.
  public let patience: Int?
  /// From 1; nil before the first epoch with a number.
  public private(set) var bestEpoch: Int?
  public private(set) var bestMAE: Double?
  public private(set) var epochsWithoutImprovement: Int

  public init(patience: Int?, bestEpoch: Int? = nil, bestMAE: Double? = nil, epochsWithoutImprovement: Int = 0) {
    self.patience = patience
    self.bestEpoch = bestEpoch
    self.bestMAE = bestMAE
    self.epochsWithoutImprovement = epochsWithoutImprovement
  }

  /// Takes an epoch's result.
  ///
  /// - Parameters:
  ///   - epoch: from 1.
  ///   - mae: on the valid split; nil or NaN where it is undefined, which is never better.
  /// - Returns: whether it is the best so far: strictly lower than every one before.
  public mutating func record(epoch: Int, mae: Double?) -> Bool {
    guard let mae, !mae.isNaN, bestMAE.map({ mae < $0 }) ?? true else {
      epochsWithoutImprovement += 1
      return false
    }
    bestEpoch = epoch
    bestMAE = mae
    epochsWithoutImprovement = 0
    return true
  }

  /// Whether patience has run out.
  public var isExhausted: Bool { patience.map { epochsWithoutImprovement >= $0 } ?? false }
}
