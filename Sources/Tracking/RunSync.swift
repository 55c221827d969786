internal import Files
package import Retrieval
internal import Training

/// Sends runs that are over, or were not sent in time.
package struct RunSync: Sendable {
  /// What became of a run.
  package struct Report: Sendable, Equatable {
    package let run: String
    /// Those that the server lacked.
    package let epochs: Int
    package let files: Int
    package let status: RunStatus
    /// Where people look at it.
    package let page: String
    /// What could not be done; nil where all was.
    package let note: String?
  }

  /// What a training sends when it begins.
  static let firstFiles = [RunDirectory.configurationName, RunDirectory.profileName]
  /// What the end of a run waits for.
  static let smallFiles =
    firstFiles + [RunDirectory.metricsName, RunDirectory.testName, RunDirectory.predictionsName]
  /// What it does not wait for.
  static let largeFiles = [RunDirectory.pageName, RunDirectory.bestName]

  /// Nil: each run's own, which it was sent to before.
  package let server: MLflowServer?
  package let environment: [String: String]
  /// Whether what the training would go on from is sent, too.
  package let includesLast: Bool
  package var patience = Patience()

  package init(server: MLflowServer?, environment: [String: String], includesLast: Bool = false) {
    self.server = server
    self.environment = environment
    self.includesLast = includesLast
    patience.attempts = 4
  }

  /// Whether a run was sent anywhere before.
  package static func isKnown(_ run: String) throws(TrackingError) -> Bool { try StateFile.read(in: run) != nil }

  /// Sends what a run's server lacks of it.
  ///
  /// - Throws: ``TrackingError``.
  package func send(
    _ run: String, isStopRequested: @escaping @Sendable () -> Bool = { false }
  ) throws(TrackingError) -> Report {
    var record = try RunRecord(run)
    let remembered = server == nil ? try MLflowServer.remembered(by: run, environment) : nil
    guard let server = server ?? remembered else { throw .noServer(path: run) }
    let isTraining = Self.isTraining(run)
    // One that has ended meanwhile has left more.
    if !isTraining && record.test == nil { record = try RunRecord(run) }
    var upload = try RunUpload(run, server)
    let status = Self.status(record, upload, isTraining: isTraining)
    let client = MLflowClient(server, patience: patience, isStopRequested: isStopRequested)
    let outcome = try upload.send(
      record, status: status, files: Self.smallFiles,
      lateFiles: Self.largeFiles + (includesLast ? [RunDirectory.lastName] : []), client,
      isStopRequested: isStopRequested)
    return Report(
      run: record.path, epochs: outcome.epochs, files: outcome.files, status: status,
      page: upload.page ?? server.address,
      note: outcome.note)
  }

  private static func isTraining(_ run: String) -> Bool {
    do throws(TrainingError) { _ = try RunDirectory.open(run) } catch {
      if case .runLocked = error { return true }
    }
    return false
  }

  private static func status(_ record: RunRecord, _ upload: RunUpload, isTraining: Bool) -> RunStatus {
    if record.test != nil { return .finished }
    if isTraining { return .running }
    return upload.state.ending == .failed ? .failed : .killed
  }
}
