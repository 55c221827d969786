import Conversion
import Synchronization

/// What a conversion told of its progress.
final class Told: Sendable {
  private struct State {
    var stages: [ProgressReport.Stage] = []
    var total = 0
    var done = 0
  }

  private let known = Mutex(State())

  var state: (stages: [ProgressReport.Stage], total: Int, done: Int) {
    known.withLock { ($0.stages, $0.total, $0.done) }
  }

  var report: ProgressReport {
    ProgressReport(
      begin: { stage, total in
        self.known.withLock {
          $0.stages.append(stage)
          $0.total += total ?? 0
        }
      },
      advance: { bytes in self.known.withLock { $0.done += bytes } })
  }
}
