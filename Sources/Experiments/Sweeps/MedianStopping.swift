internal import Evaluation

/// The median stopping rule: a trial that is worse than half of those that have come to their end is given up.
///
/// From epoch 5 on, and once 5 trials have come to their end, a trial is stopped at the first epoch e at which its lowest
/// valid MAE so far is above the median, over the finished trials, of the mean of their valid MAEs up to e. Of a trial
/// that ended before e all epochs count. Trials that were stopped are not among the finished ones.
///
/// Source: Golovin et al. 2017 (Vizier), section 3.2.2, whose rule compares a best value with running means, too.
package struct MedianStopping: Sendable {
  package static let leastTrials = 5
  package static let leastEpochs = 5

  /// By finished trial, its running means, epoch by epoch.
  private var means: [[Double]] = []

  package init() {}

  /// Takes a trial that has come to its end.
  ///
  /// - Parameter maes: on the valid split, epoch by epoch; what is undefined counts as infinite.
  package mutating func add(_ maes: [Double?]) {
    guard !maes.isEmpty else { return }
    var sum = 0.0
    means.append(
      maes.enumerated().map { index, mae in
        sum += mae ?? .infinity
        return sum / Double(index + 1)
      })
  }

  /// The epoch, from 1, at which a trial is to be stopped; nil where it may go on.
  ///
  /// - Parameter maes: of its epochs so far.
  package func stop(_ maes: [Double?]) -> Int? {
    guard means.count >= Self.leastTrials else { return nil }
    var best = Double.infinity
    for (index, mae) in maes.enumerated() {
      best = min(best, mae ?? .infinity)
      if index + 1 >= Self.leastEpochs, best > median(epoch: index + 1) { return index + 1 }
    }
    return nil
  }

  private func median(epoch: Int) -> Double {
    let sorted = means.map { $0[min(epoch, $0.count) - 1] }.sorted()
    let middle = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
  }
}
