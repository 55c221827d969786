internal import Retrieval
internal import Synchronization

/// Sends one run again and again, on a thread of its own.
final class Sender: Sendable {
  let server: MLflowServer
  private let run: String
  private let state = Mutex(State())

  private struct State: Sendable {
    var upload: RunUpload?
    var status = RunStatus.running
    var failures = 0
    /// Before it the server is left alone.
    var next: ContinuousClock.Instant?
    /// After it nothing is sent.
    var deadline: ContinuousClock.Instant?
    var warning: String?
    var hasWarned = false
    var isComplete = false

    /// Only once in a run.
    mutating func warn(_ text: String) {
      guard !hasWarned else { return }
      hasWarned = true
      warning = text
    }
  }

  init(_ run: String, _ server: MLflowServer) {
    self.run = run
    self.server = server
  }

  func end(_ status: RunStatus, within seconds: Double) {
    state.withLock { state in
      state.status = status
      state.deadline = .now + .seconds(seconds)
    }
  }

  var result: (page: String?, isComplete: Bool) { state.withLock { ($0.upload?.page, $0.isComplete) } }

  var hasWarned: Bool { state.withLock { $0.hasWarned } }

  func takeWarning() -> String? {
    state.withLock { state in
      defer { state.warning = nil }
      return state.warning
    }
  }

  /// Sends what is missing, unless the server failed a moment ago.
  func send() {
    let now = state.withLock { $0 }
    if now.isComplete { return }
    if now.status == .running, let next = now.next, ContinuousClock.now < next { return }
    var upload = now.upload
    do throws(TrackingError) {
      let record = try RunRecord(run)
      if upload == nil { upload = try RunUpload(run, server) }
      guard var opened = upload else { return }
      defer { upload = opened }
      let client = MLflowClient(server, patience: Self.patience) { self.isTooLate() }
      let isOver = now.status != .running
      let outcome = try opened.send(
        record, status: now.status, files: isOver ? RunSync.smallFiles : RunSync.firstFiles,
        lateFiles: isOver ? RunSync.largeFiles : [], client, isStopRequested: isTooLate)
      finish(opened, now.status, outcome.note)
    } catch {
      fail(upload, error)
    }
  }

  private func isTooLate() -> Bool { state.withLock { $0.deadline.map { $0 < .now } ?? false } }

  private func finish(_ upload: RunUpload, _ status: RunStatus, _ note: String?) {
    state.withLock { state in
      state.upload = upload
      state.failures = 0
      state.next = nil
      state.isComplete = status != .running
      if let note { state.warn(note) }
    }
  }

  private func fail(_ upload: RunUpload?, _ error: TrackingError) {
    state.withLock { state in
      state.upload = upload
      state.failures += 1
      state.next = .now + .seconds(min(300, 5 << min(state.failures, 6)))
      if !error.isStop { state.warn("\(error)") }
    }
  }

  private static var patience: Patience {
    var patience = Patience()
    patience.connecting = 10
    patience.attempts = 3
    patience.firstDelay = 0.5
    patience.longestDelay = 5
    patience.longestRequest = 30
    return patience
  }
}
