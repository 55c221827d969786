internal import Foundation

/// The learning rate by epoch: a linear warm-up, then half a cosine down to the minimum.
///
/// With w warm-up epochs of E, at epoch e from 0: e < w: rate · (e + 1) / w; else
/// minimum + (rate − minimum)(1 + cos(π (e − w) / (E − w))) / 2. Where E ≤ w there is only the warm-up.
///
/// Source: the published training program; the cosine is Loshchilov and Hutter 2017, eq. 5, without restarts.
public struct LearningRateSchedule: Sendable, Equatable {
  /// The greatest rate.
  public let rate: Double
  public let minimum: Double
  public let warmupEpochs: Int
  public let epochs: Int

  /// - Precondition: there is an epoch, and no negative count.
  public init(rate: Double, minimum: Double, warmupEpochs: Int, epochs: Int) {
    precondition(epochs > 0 && warmupEpochs >= 0, "\(epochs) epochs, \(warmupEpochs) of them for warm-up")
    self.rate = rate
    self.minimum = minimum
    self.warmupEpochs = warmupEpochs
    self.epochs = epochs
  }

  public init(_ configuration: RunConfiguration.TrainingSection) {
    self.init(
      rate: configuration.learningRate, minimum: configuration.minLearningRate,
      warmupEpochs: configuration.warmupEpochs, epochs: configuration.epochs)
  }

  /// - Parameter epoch: from 0; from ``epochs`` on the rate stays what it ended at.
  public func rate(epoch: Int) -> Double {
    let epoch = min(epoch, max(epochs, warmupEpochs))
    if epoch < warmupEpochs { return rate * Double(epoch + 1) / Double(warmupEpochs) }
    if epochs <= warmupEpochs { return rate }
    let share = Double(epoch - warmupEpochs) / Double(epochs - warmupEpochs)
    return minimum + (rate - minimum) * (1 + cos(.pi * share)) / 2
  }
}
