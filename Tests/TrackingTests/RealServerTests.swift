import Foundation
import JSONValues
import Retrieval
import TestSupport
import Testing

@testable import Tracking

/// MLflow's own tracking server, as its users start it, on a free port of this machine.
private struct RealServer: ~Copyable {
  let address: String
  private let folder: TemporaryFolder
  private let process: Program.Running

  private init(_ address: String, _ folder: consuming TemporaryFolder, _ process: consuming Program.Running) {
    self.address = address
    self.folder = folder
    self.process = process
  }

  /// Starts one, and waits until it answers.
  static func started() throws -> RealServer {
    let folder = try TemporaryFolder()
    // A port that was free a moment ago.
    let address = String(try LocalServer { _ in .init() }.url.dropLast())
    let port = String(address.split(separator: ":").last ?? "")
    let process = try TrackingPython.program().start(
      [
        "-m", "mlflow", "server", "--backend-store-uri", "sqlite:///\(folder.path)/mlflow.db", "--serve-artifacts",
        "--artifacts-destination", folder.file("artifacts"), "--host", "127.0.0.1", "--port", port, "--workers", "1",
      ],
      environment: Environment.with([
        "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false", "MLFLOW_DISABLE_TELEMETRY": "true",
      ]))
    let server = RealServer(address, folder, process)
    let began = ContinuousClock.now
    while (try? server.ask("/health"))?.status != 200 {
      try #require(ContinuousClock.now - began < .seconds(240), "the server did not start")
      usleep(200_000)
    }
    return server
  }

  deinit { process.send(SIGTERM) }

  /// Asks by the curl program: the client under test shall not judge itself.
  func ask(_ path: String, _ body: String? = nil) throws -> (status: Int, bytes: [UInt8]) {
    let arguments =
      ["-sS", "--noproxy", "*", "-m", "60", "-w", "%{stderr}%{http_code}", "-o", folder.file("answer"), address + path]
      + (body.map { ["-H", "Content-Type: application/json", "-d", $0] } ?? [])
    let ending = try Program(path: "/usr/bin/env").run(["curl"] + arguments)
    return (Int(ending.error.suffix(3)) ?? 0, try RunExample.bytes(folder.file("answer")))
  }

  func json(_ path: String, _ body: String? = nil) throws -> JSONValue {
    let answer = try ask(path, body)
    try #require(answer.status == 200, "\(String(decoding: answer.bytes, as: UTF8.self))")
    return try JSONValue.parse(answer.bytes)
  }

  /// The runs of an experiment, listed.
  func runs(of experiment: String) throws -> [JSONValue] {
    let found = try json("/api/2.0/mlflow/experiments/get-by-name?experiment_name=\(experiment)")
    let id = try #require(found["experiment"]?["experiment_id"]?.string)
    return try json("/api/2.0/mlflow/runs/search", "{\"experiment_ids\":[\"\(id)\"]}")["runs"]?.array ?? []
  }

  /// Every value of a metric, by step; as often as it is there.
  func history(_ run: String, _ metric: String) throws -> [(step: Int, value: Double)] {
    let path = "/api/2.0/mlflow/metrics/get-history?run_id=\(run)&metric_key=\(URLText.encoded(metric))"
    return (try json(path)["metrics"]?.array ?? []).map { ($0["step"]?.integer ?? -1, $0["value"]?.number ?? .nan) }
  }
}

@Suite(.disabled(if: TrackingPython.isMissing, "\(TrackingPython.skipReason)"))
struct `MLflow's own server` {
  /// One server for everything: it takes long to start.
  @Test func `holds a run as it was trained, stopped, gone on with, and sent again`() throws {
    let server = try RealServer.started()
    let folder = try TemporaryFolder()
    let run = folder.file("my run, the 1st")
    let environment = Environment.with([
      "MLFLOW_TRACKING_URI": server.address, "MLFLOW_EXPERIMENT_NAME": "a-study",
    ])
    let running = try Program.grfTrain.start(
      ["--shards", try RunExample.dataset(), "--out", run] + RunExample.small + ["--epochs", "60"],
      environment: environment)
    let began = ContinuousClock.now
    while try !hasEpochs(run), ContinuousClock.now - began < .seconds(60) { usleep(2000) }
    running.send(SIGINT)
    #expect(try running.end(within: 60).status == 130)
    #expect(try Program.grfTrain.run(["--resume", run, "--quiet"], environment: environment).status == 0)
    // Whatever a busy server did not take in time.
    #expect(try Program.grfTrain.run(["sync", run], environment: environment).status == 0)
    try expectWhole(server, run)

    let before = try server.runs(of: "a-study")
    let again = try Program.grfTrain.run(["sync", run], environment: environment)
    #expect(again.status == 0 && again.output.contains("nothing new, finished"))
    #expect(try server.runs(of: "a-study") == before)
  }

  private func hasEpochs(_ run: String) throws -> Bool { try StateFile.read(in: run).map { $0.epoch > 0 } ?? false }

  private func expectWhole(_ server: borrowing RealServer, _ run: String) throws {
    let runs = try server.runs(of: "a-study")
    try #require(runs.count == 1)
    let id = try #require(runs[0]["info"]?["run_id"]?.string)
    #expect(
      runs[0]["info"]?["status"]?.string == "FINISHED" && runs[0]["info"]?["run_name"]?.string == "my run, the 1st")
    let data = try #require(runs[0]["data"])
    func pairs(_ name: String) -> [String: String] {
      Dictionary((data[name]?.array ?? []).map { ($0["key"]?.string ?? "", $0["value"]?.string ?? "") }) { $1 }
    }
    let parameters = pairs("params")
    #expect(parameters["model.d_model"] == "8" && parameters["training.epochs"] == "60")
    #expect(parameters.count == (try RunRecord(run).parameters.count))
    #expect(pairs("tags")["mlflow.source.name"] == "grf-train" && pairs("tags")["grf.content"]?.count == 64)

    // Every metric's whole history, held against the run's own files.
    let expected = try RunExample.expectedMetrics(run)
    let names = Set(expected.keys.map { String($0.prefix { $0 != " " }) })
    #expect(Set((data["metrics"]?.array ?? []).compactMap { $0["key"]?.string }) == names)
    for name in ["train/loss", "train/train_seconds", "valid/mae", "valid/f1_macro_7", "test/mae", "best_epoch"] {
      let found = try server.history(id, name).map { ("\(name) \($0.step)", $0.value) }
      let values = Dictionary(found) { $1 }
      #expect(values.count == found.count, "\(name) came twice")
      #expect(values == expected.filter { $0.key.hasPrefix("\(name) ") })
    }

    let listed = try server.json("/api/2.0/mlflow/artifacts/list?run_id=\(id)")["files"]?.array ?? []
    let files = listed.compactMap { $0["path"]?.string }
    #expect(
      Set(files) == [
        "config.yaml", "profile.json", "metrics.jsonl", "test.json", "predictions-test.csv", "best.safetensors",
        "report.html",
      ])
    let experiment = try #require(runs[0]["info"]?["experiment_id"]?.string)
    for file in files {
      let answer = try server.ask("/api/2.0/mlflow-artifacts/artifacts/\(experiment)/\(id)/artifacts/\(file)")
      #expect(try answer.status == 200 && answer.bytes == RunExample.bytes("\(run)/\(file)"))
    }
  }
}
