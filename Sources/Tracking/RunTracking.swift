internal import Files
internal import Synchronization
internal import Terminals
internal import Workers

/// Follows a training: after each epoch what its folder holds by then goes to a server and to TensorBoard's file.
///
/// A thread of its own speaks to the server, so the training never waits for it. Whatever goes wrong costs one
/// warning; what could not be sent is sent with the next epoch, at the end, or by ``RunSync``.
package final class RunTracking: Sendable {
  /// How a tracking ended.
  package struct Ending: Sendable {
    /// Where people look at the run.
    package var page: String?
  }

  private let run: String
  private let sender: Sender?
  private let helper = Mutex<BackgroundThread?>(nil)
  private let events: Mutex<Events>
  private let warnings = Mutex<[String]>([])

  private struct Events: Sendable {
    var isWanted: Bool
    var file: EventFile?
  }

  /// How long the end of a training waits for the server, in seconds.
  private static let patience = 10.0
  /// Likewise where it was stopped, or the server has failed before.
  private static let shortPatience = 3.0

  /// - Parameters:
  ///   - run: the folder.
  ///   - server: nil: the one that the run was sent to before, if any.
  ///   - writesEvents: whether TensorBoard's file is written. One that is there already is gone on with in any case.
  package init(
    _ run: String, server: MLflowServer?, writesEvents: Bool, environment: [String: String]
  ) {
    self.run = run
    events = Mutex(Events(isWanted: writesEvents || EventFile.exists(in: run)))
    do throws(TrackingError) {
      let remembered = server == nil ? try MLflowServer.remembered(by: run, environment) : nil
      sender = (server ?? remembered).map { Sender(run, $0) }
    } catch {
      sender = nil
      warn(error)
    }
    guard sender != nil else { return }
    helper.withLock { $0 = BackgroundThread(name: "tracking", depth: 2) }
    follow()
  }

  /// Whether there is a server.
  package var isSending: Bool { sender != nil }

  /// Sends what is new. Comes back at once.
  package func follow() {
    writeEvents()
    submit()
  }

  /// Sends what is left, and gives the server a few seconds to take it.
  package func end(_ status: RunStatus) -> Ending {
    writeEvents()
    guard let sender else { return Ending() }
    let seconds = status == .killed || sender.hasWarned ? Self.shortPatience : Self.patience
    sender.end(status, within: seconds)
    submit()
    helper.withLock { helper in
      helper?.wait()
      helper = nil
    }
    let (page, isComplete) = sender.result
    if let page, isComplete { return Ending(page: page) }
    guard !sender.hasWarned else { return Ending() }
    let server = sender.server.address
    warnings.withLock {
      $0.append(
        "MLflow at \(server): it did not take everything within \(Int(seconds)) s; send the rest with: "
          + Self.remedy(run))
    }
    return Ending()
  }

  /// The warnings that came up since the last time.
  package func takeWarnings() -> [String] {
    if let text = sender?.takeWarning() {
      warnings.withLock { $0.append("\(text); the training goes on, send the run later with: \(Self.remedy(run))") }
    }
    return warnings.withLock { warnings in
      defer { warnings.removeAll() }
      return warnings
    }
  }

  // MARK: Parts

  private func submit() {
    guard let sender else { return }
    // Where there is no room, one that waits already will see what is new.
    helper.withLock { _ = $0?.submit { sender.send() } }
  }

  private func warn(_ error: TrackingError) { warnings.withLock { $0.append("\(error); the training goes on") } }

  private func writeEvents() {
    let failure = events.withLock { events -> TrackingError? in
      guard events.isWanted else { return nil }
      do throws(TrackingError) {
        let record = try RunRecord(run)
        if events.file == nil { events.file = try EventFile(in: run, start: record.start) }
        try events.file?.add(record)
        return nil
      } catch {
        events.isWanted = false
        return error
      }
    }
    if let failure { warn(failure) }
  }

  private static func remedy(_ run: String) -> String { "grf-train sync \(ShellWord.quoted(run))" }
}
