internal import Evaluation
internal import Files
internal import JSONValues
internal import Training

/// What has come of the trials so far, and which are given up; kept in a file, so that a sweep that goes on decides nothing
/// twice.
final class SweepLog {
  private(set) var trials: [Trial]
  private var rule = MedianStopping()
  /// By run: the epoch at which it was stopped, or 0 where it came to its end.
  private var decisions: [String: Int] = [:]
  private let path: String

  init(_ trials: [Trial], decisionsPath path: String) throws(ExperimentError) {
    self.trials = trials
    self.path = path
    let bytes = try ExperimentError.files { () throws(FileError) -> [UInt8]? in
      try FileStatus.of(path) == nil ? nil : try File.contents(of: path)
    }
    guard let bytes else { return }
    guard let object = (try? JSONValue.parse(bytes))?.object else { throw .unreadableRun(path: path) }
    for (name, epoch) in object.members {
      guard let epoch = epoch.integer, epoch >= 0 else { throw .unreadableRun(path: path) }
      decisions[name] = epoch
    }
  }

  /// Takes up what was stopped earlier.
  ///
  /// - Parameter folder: of the runs.
  /// - Returns: the runs that are to go on, or that have come to their end.
  func resume(_ folder: String) throws -> [PlannedRun] {
    var pending: [PlannedRun] = []
    for run in trials.compactMap(\.run) {
      let path = Path.join(folder, run.name)
      let isThere = try FileStatus.of(path) != nil
      // What was decided of a run that was removed is not decided of the next one.
      if !isThere { decisions[run.name] = nil }
      guard isThere, let epoch = decisions[run.name], epoch > 0 else {
        pending.append(run)
        continue
      }
      try RunState.check(run, at: path)
      setStatus(.stopped(epoch: epoch, epochs: try RunRecord.epochs(of: path)), of: run)
    }
    return pending
  }

  /// Whether a trial under way is to be given up.
  func isHopeless(_ run: PlannedRun, _ path: String) throws -> Bool {
    guard let epoch = rule.stop(try RunRecord.epochs(of: path).maes) else { return false }
    try decide(run, epoch)
    return true
  }

  /// Takes the end of a trial. One that was faster than this process looked is judged as if it had not been.
  ///
  /// - Returns: how it has ended in the sweep's eyes.
  func add(_ run: PlannedRun, _ outcome: RunOutcome, _ path: String) throws -> RunOutcome {
    switch outcome {
    case .failed(let message): setStatus(.failed(message), of: run)
    case .stopped:
      setStatus(.stopped(epoch: decisions[run.name] ?? 0, epochs: try RunRecord.epochs(of: path)), of: run)
    case .finished(let record):
      let maes = record.epochs.maes
      let epoch = decisions[run.name] ?? rule.stop(maes) ?? 0
      try decide(run, epoch)
      guard epoch == 0 else {
        setStatus(.stopped(epoch: epoch, epochs: record.epochs), of: run)
        return .stopped
      }
      rule.add(maes)
      setStatus(.finished(record), of: run)
    }
    return outcome
  }

  private func decide(_ run: PlannedRun, _ epoch: Int) throws(ExperimentError) {
    if decisions[run.name] == epoch { return }
    decisions[run.name] = epoch
    var object = JSONObject()
    for name in decisions.keys.sorted() { object[name] = decisions[name].map { JSONValue($0) } }
    try TableFile(path).write(JSONValue.object(object).pretty() + "\n")
  }

  private func setStatus(_ status: Trial.Status, of run: PlannedRun) {
    for index in trials.indices where trials[index].run?.name == run.name { trials[index].status = status }
  }
}
