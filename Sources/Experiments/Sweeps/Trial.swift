internal import Evaluation
package import JSONValues
internal import Training

/// One draw of a search, and what has come of it.
package struct Trial: Sendable {
  /// From 0.
  package let number: Int
  package let values: [(key: String, value: JSONValue)]
  /// Nil where the values do not go together; ``status`` says why.
  package let run: PlannedRun?
  package var status: Status

  package enum Status: Sendable, Equatable {
    case pending
    case finished(RunRecord)
    /// After so many epochs.
    case stopped(epoch: Int, epochs: [RunRecord.Epoch])
    case failed(String)
    /// Its values do not go together.
    case invalid(String)

    package var name: String {
      switch self {
      case .pending: "pending"
      case .finished: "finished"
      case .stopped: "stopped"
      case .failed: "failed"
      case .invalid: "invalid"
      }
    }
  }

  /// The best epoch that counts: of a stopped trial up to where it was stopped.
  package var best: RunRecord.Epoch? {
    switch status {
    case .finished(let record): record.epochs.first { $0.number == record.bestEpoch }
    case .stopped(let last, let epochs):
      epochs.filter { $0.number <= last && $0.valid[.mae] != nil }
        .min { ($0.valid[.mae] ?? .infinity) < ($1.valid[.mae] ?? .infinity) }
    default: nil
    }
  }

  /// How many epochs it went on, as far as they count.
  package var epochs: Int? {
    switch status {
    case .finished(let record): record.epochs.count
    case .stopped(let epoch, _): epoch
    default: nil
    }
  }
}

extension [RunRecord.Epoch] {
  var maes: [Double?] { map { $0.valid[.mae] } }
}
