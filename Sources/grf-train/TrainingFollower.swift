import Foundation
import Terminals
import Tracking
import Training

/// Shows a training and has it tracked.
final class TrainingFollower {
  private let server: MLflowServer?
  private let writesEvents: Bool
  private let display: TrainingDisplay
  private var tracking: RunTracking?
  private var hasEnded = false

  init(server: MLflowServer?, writesEvents: Bool, _ display: TrainingDisplay) {
    self.server = server
    self.writesEvents = writesEvents
    self.display = display
  }

  func follow(_ event: TrainingEvent) {
    display.show(event)
    switch event {
    case .started(let start):
      tracking = RunTracking(
        start.run, server: server, writesEvents: writesEvents, environment: ProcessInfo.processInfo.environment)
    case .epoch: tracking?.follow()
    case .timing, .step: break
    }
    warn()
  }

  /// Whether the run is sent to a server.
  var isSending: Bool { tracking?.isSending ?? false }

  func warn(_ text: String) { display.warn(text) }

  /// Lets something else be printed.
  func pause() { display.end() }

  /// Sends what is left, once.
  func end(_ status: RunStatus) {
    display.end()
    guard let tracking, !hasEnded else { return }
    hasEnded = true
    let ending = tracking.end(status)
    warn()
    if let page = ending.page { display.note("\n  mlflow   \(page.printable)") }
  }

  private func warn() {
    for text in tracking?.takeWarnings() ?? [] { display.warn(text) }
  }
}
