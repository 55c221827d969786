internal import Files
internal import JSONValues
internal import Retrieval
internal import Training

/// How a run stands, in MLflow's words.
package enum RunStatus: String, Sendable {
  case running = "RUNNING"
  case finished = "FINISHED"
  /// Stopped on request; it may go on.
  case killed = "KILLED"
  case failed = "FAILED"
}

/// Sends to a server what a run's folder holds and the server lacks; whoever has one has the run for itself.
///
/// Sending is the same during a training and after it, and may end anywhere: what the server has is asked of it, so
/// nothing is sent twice, and the next time makes up for what is missing.
struct RunUpload: Sendable {
  /// What became of a run by one sending.
  struct Outcome: Sendable {
    var epochs = 0
    var files = 0
    /// What could not be done.
    var note: String?
  }

  let folder: String
  let server: MLflowServer
  private(set) var state: StateFile
  /// What the server said of the run, the last time that everything went well.
  private var known: ServerRun?
  private let lock: SharedLock
  /// Whether the server may know the run's token.
  private var mayBeKnown: Bool

  private final class SharedLock: Sendable {
    let lock: FileLock
    init(_ lock: consuming FileLock) { self.lock = lock }
  }

  /// - Throws: ``TrackingError/notARun(path:)``, ``TrackingError/inUse(path:)``, ``TrackingError/damaged(path:problem:)``.
  init(_ folder: String, _ server: MLflowServer) throws(TrackingError) {
    self.folder = Path.trimmed(folder)
    self.server = server
    let configuration = Path.join(folder, RunDirectory.configurationName)
    let lock = try TrackingError.files { () throws(FileError) in
      try FileStatus.of(configuration) == nil ? FileLock?.none : try FileLock(configuration)
    }
    guard let lock else {
      let isRun = try TrackingError.files { () throws(FileError) in try FileStatus.of(configuration) != nil }
      throw isRun ? .inUse(path: folder) : .notARun(path: folder)
    }
    self.lock = SharedLock(lock)
    let before = try StateFile.read(in: folder)
    mayBeKnown = before != nil
    state = before ?? StateFile(server: server.address)
    state.move(to: server.address)
  }

  /// Where people look at the run; nil as long as the server does not know it.
  var page: String? {
    guard let run = state.runID, let experiment = state.experimentID else { return nil }
    return "\(server.address)/#/experiments/\(experiment)/runs/\(run)"
  }

  // MARK: Sending

  /// Sends what is missing.
  ///
  /// - Parameters:
  ///   - files: names of files to send, in this order, where they are there.
  ///   - lateFiles: those whose sending the run's status does not wait for.
  mutating func send(
    _ record: RunRecord, status: RunStatus, files: [String], lateFiles: [String] = [],
    _ client: borrowing MLflowClient, isStopRequested: () -> Bool
  ) throws(TrackingError) -> Outcome {
    var outcome = Outcome()
    let ending = status == .running ? nil : status
    if state.ending != ending {
      // Also where the server is away: whoever sends the run later has to know.
      state.ending = ending
      try state.write(in: folder)
    }
    do throws(TrackingError) {
      var run = try open(record, client)
      try send(parametersOf: record, to: &run, client)
      outcome.epochs = try send(metricsOf: record, to: &run, client)
      // Kept at once: whatever fails after this has nothing to do with it.
      known = run
      outcome.files = try send(files, to: run, client, &outcome.note, isStopRequested)
      if run.status != status.rawValue {
        var update: JSONObject = ["run_id": .string(run.id), "status": .string(status.rawValue)]
        if status != .running { update["end_time"] = JSONValue(record.end) }
        try post("runs/update", .object(update), client)
        run.status = status.rawValue
        known = run
        state.status = status.rawValue
        try state.write(in: folder)
      }
      outcome.files += try send(lateFiles, to: run, client, &outcome.note, isStopRequested)
    } catch {
      // The server may have more than is known here.
      known = nil
      throw error
    }
    return outcome
  }

  private func post(_ endpoint: String, _ body: JSONValue, _ client: borrowing MLflowClient) throws(TrackingError) {
    do throws(MLflowClient.Refusal) { _ = try client.post(endpoint, body) } catch { throw error.error }
  }

  /// MLflow takes at most so many parameters and metrics at once.
  private static let greatestParameters = 100
  private static let greatestMetrics = 1000
  /// Longer values are refused.
  private static let longestValue = 6000

  private func send(
    parametersOf record: RunRecord, to run: inout ServerRun, _ client: borrowing MLflowClient
  ) throws(TrackingError) {
    var missing = record.parameters.filter { !run.parameters.contains($0.name) }
    while !missing.isEmpty {
      let batch = missing.prefix(Self.greatestParameters)
      missing.removeFirst(batch.count)
      let list = batch.map { parameter -> JSONValue in
        ["key": .string(parameter.name), "value": .string(String(parameter.value.prefix(Self.longestValue)))]
      }
      try post("runs/log-batch", ["run_id": .string(run.id), "params": .array(list)], client)
      run.parameters.formUnion(batch.map(\.name))
    }
  }

  /// - Returns: the number of epochs that were sent.
  private mutating func send(
    metricsOf record: RunRecord, to run: inout ServerRun, _ client: borrowing MLflowClient
  ) throws(TrackingError) -> Int {
    var sent = 0
    var batch: [JSONValue] = []
    func metric(_ measure: RunRecord.Measure, step: Int, time: Int) -> JSONValue {
      [
        "key": .string(measure.name), "value": JSONValue(measure.value), "timestamp": JSONValue(time),
        "step": JSONValue(step),
      ]
    }
    let missing = record.epochs.filter { $0.number > run.epoch }
    for (index, epoch) in missing.enumerated() {
      batch += epoch.measures.map { metric($0, step: epoch.number, time: epoch.time) }
      let next = index + 1 < missing.count ? missing[index + 1].measures.count : .max / 2
      // Whole epochs at a time: what the server has is told by its last one.
      guard batch.count + next > Self.greatestMetrics else { continue }
      try send(metrics: &batch, of: run, client)
      sent = index + 1
      run.epoch = epoch.number
      state.epoch = epoch.number
      try state.write(in: folder)
    }
    if let test = record.test, !run.hasTest {
      let step = record.bestEpoch ?? record.epochs.last?.number ?? 0
      batch = test.map { metric($0, step: step, time: record.end) }
      if let best = record.bestEpoch {
        batch.append(metric(.init(name: "best_epoch", value: Double(best)), step: best, time: record.end))
      }
      try send(metrics: &batch, of: run, client)
      run.hasTest = true
    }
    return sent
  }

  private func send(
    metrics: inout [JSONValue], of run: ServerRun, _ client: borrowing MLflowClient
  ) throws(TrackingError) {
    while !metrics.isEmpty {
      let batch = Array(metrics.prefix(Self.greatestMetrics))
      metrics.removeFirst(batch.count)
      try post("runs/log-batch", ["run_id": .string(run.id), "metrics": .array(batch)], client)
    }
  }

  // MARK: Files

  private mutating func send(
    _ names: [String], to run: ServerRun, _ client: borrowing MLflowClient, _ note: inout String?,
    _ isStopRequested: () -> Bool
  ) throws(TrackingError) -> Int {
    if names.isEmpty { return 0 }
    guard let place = ArtifactPlace(run.artifacts, server: server.address) else {
      note =
        "the server keeps artifacts at \(URLText.withoutCredentials(run.artifacts)), where only MLflow's own programs can "
        + "put them; start it with --serve-artifacts to have them sent"
      return 0
    }
    var sent = 0
    for name in names {
      let path = Path.join(folder, name)
      let size = try TrackingError.files { () throws(FileError) in try FileStatus.of(path)?.size }
      guard let size else { continue }
      let digest: String
      let file: SharedFile
      do throws(RetrievalError) {
        digest = try FileDigest.of(path, size: size, isStopRequested: isStopRequested)
      } catch { throw .noAnswer(server: server.address, error) }
      if state.files[name] == digest { continue }
      file = try TrackingError.files { () throws(FileError) in SharedFile(try File(reading: path)) }
      try client.put(file, bytes: size, to: place.path + [name])
      state.files[name] = digest
      try state.write(in: folder)
      sent += 1
    }
    return sent
  }

  // MARK: Opening

  /// Finds the run on the server, or begins it there.
  private mutating func open(
    _ record: RunRecord, _ client: borrowing MLflowClient
  ) throws(TrackingError) -> ServerRun {
    if let known { return known }
    var run: ServerRun
    if let id = state.runID {
      run = try find(id, client)
    } else {
      let experiment = try Experiment.id(server.experiment ?? record.project, client)
      // Before the server knows of it: its answer may be lost.
      try state.write(in: folder)
      do throws(MLflowClient.Refusal) {
        run = try client.persist { () throws(MLflowClient.Refusal) in
          if mayBeKnown, let found = try find(token: state.token, experiment, client) { return found }
          mayBeKnown = true
          return try create(record, experiment, client)
        }
      } catch { throw error.error }
      state.runID = run.id
    }
    state.experimentID = run.experiment
    state.epoch = run.epoch
    state.status = run.status
    try state.write(in: folder)
    return run
  }

  private func find(_ id: String, _ client: borrowing MLflowClient) throws(TrackingError) -> ServerRun {
    let gone = TrackingError.runGone(server: server.address, run: id, state: Path.join(folder, StateFile.name))
    do throws(MLflowClient.Refusal) {
      let answer = try client.get("runs/get", [("run_id", id)])
      guard let run = ServerRun(answer["run"]) else {
        throw MLflowClient.Refusal(code: "", error: .notMLflow(server: server.address))
      }
      guard run.isActive else { throw MLflowClient.Refusal(code: "", error: gone) }
      return run
    } catch { throw error.code == "RESOURCE_DOES_NOT_EXIST" ? gone : error.error }
  }

  private func find(
    token: String, _ experiment: String, _ client: borrowing MLflowClient
  ) throws(MLflowClient.Refusal) -> ServerRun? {
    do throws(MLflowClient.Refusal) {
      let answer = try client.post(
        "runs/search",
        [
          "experiment_ids": [.string(experiment)], "filter": .string("tags.`grf.run` = '\(token)'"),
          "max_results": .integer(1),
        ])
      return ServerRun(answer["runs"]?.array?.first)
    } catch {
      // It was asked often enough.
      throw MLflowClient.Refusal(code: error.code, error: error.error)
    }
  }

  /// Asks once: where the answer is lost, the server may have made the run all the same.
  private func create(
    _ record: RunRecord, _ experiment: String, _ client: borrowing MLflowClient
  ) throws(MLflowClient.Refusal) -> ServerRun {
    var tags = [
      ("mlflow.runName", record.name), ("mlflow.source.name", "grf-train"), ("mlflow.source.type", "LOCAL"),
      ("grf.run", state.token),
    ]
    for (key, value) in [
      ("grf.fingerprint", record.fingerprint), ("grf.content", record.content),
      ("grf.dataset", record.parameters.first { $0.name == "data.shards" }?.value),
    ] {
      if let value { tags.append((key, value)) }
    }
    let list = tags.map { tag -> JSONValue in ["key": .string(tag.0), "value": .string(tag.1)] }
    let answer = try client.post(
      "runs/create",
      [
        "experiment_id": .string(experiment), "run_name": .string(record.name), "start_time": JSONValue(record.start),
        "tags": .array(list),
      ], isRepeatable: false)
    guard let run = ServerRun(answer["run"]) else {
      throw MLflowClient.Refusal(code: "", error: .notMLflow(server: server.address))
    }
    return run
  }
}
