import ArgumentParser
import Evaluation
import Experiments
import Programs
import Terminals

/// Shows an experiment as it goes: a live line on a terminal, and a line a run.
final class ExperimentDisplay {
  private let isQuiet: Bool
  private var line: LiveLine

  init(isQuiet: Bool) {
    self.isQuiet = isQuiet
    line = LiveLine(isQuiet: isQuiet)
  }

  /// - Parameter ended: told of every run that has ended.
  func observer(ended: @escaping (PlannedRun, RunOutcome) throws -> Void = { _, _ in }) -> QueueObserver {
    QueueObserver(
      isStopRequested: { StopSignals.isStopRequested },
      ended: { run, outcome in
        try ended(run, outcome)
        self.show(run, outcome)
      }, progress: show)
  }

  func begin(_ text: String) { print(text) }

  private func show(_ progress: QueueProgress) {
    let left = progress.secondsLeft.map { ", \(Format.clock($0)) left" } ?? ""
    let failed = progress.failed > 0 ? ", \(progress.failed) failed" : ""
    line.show(
      "\(progress.ended) of \(Format.count(progress.all, "run"))\(failed)\(left): "
        + progress.working.joined(separator: ", "))
  }

  private func show(_ run: PlannedRun, _ outcome: RunOutcome) {
    switch outcome {
    case .finished(let record):
      let mae = record.valid[.mae].map { Format.fixed($0, 3) } ?? "–"
      print(
        "\(run.name)  valid mae \(mae)  \(Format.count(record.epochs.count, "epoch"))  \(Format.duration(record.seconds))"
      )
    case .failed(let message): print("\(run.name)  failed: \(message.printable.cut(to: 120))")
    case .stopped: print("\(run.name)  stopped")
    }
  }

  func end() { line.clear() }

  /// Standard output may be gone; the runs go on, and the end says so.
  private func print(_ text: String) {
    if isQuiet { return }
    line.clear()
    try? Terminal.print(text)
  }

  /// Says how to go on, and ends the program as one that was asked to stop.
  static func interrupted(_ results: Results, in folder: String) -> ExitCode {
    let done = results.rows.reduce(0) { $0 + $1.records.count }
    let all = Set(results.settings.flatMap(\.runs).map(\.name)).count
    Terminal.writeError(
      "stopped with \(done) of \(Format.count(all, "run")) done, the others saved; the same command goes on in "
        + "\(ShellWord.quoted(folder))\n")
    return ExitCode(StopSignals.exitStatus)
  }
}
