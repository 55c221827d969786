import Foundation
import TestSupport
import Testing

@testable import Tracking

/// A training that is followed, as a process of its own.
private struct Training {
  let run: String
  var arguments: [String]
  var environment: [String: String]

  /// - Parameter epochs: of the small model.
  init(_ run: String, address: String?, epochs: Int = 3, _ variables: [String: String] = [:]) throws {
    self.run = run
    arguments =
      ["--shards", try RunExample.dataset(), "--out", run] + RunExample.small + ["--epochs", "\(epochs)"]
    environment = Environment.with(variables)
    environment["MLFLOW_TRACKING_URI"] = address ?? ""
  }

  func callAsFunction(seconds: Double = 120) throws -> Program.Ending {
    try Program.grfTrain.run(arguments, environment: environment, seconds: seconds)
  }

  func start() throws -> Program.Running { try Program.grfTrain.start(arguments, environment: environment) }

  func resume() throws -> Program.Ending {
    try Program.grfTrain.run(["--resume", run, "--quiet"], environment: environment)
  }

  func sync() throws -> Program.Ending { try Program.grfTrain.run(["sync", run], environment: environment) }
}

/// Holds all that a server has of a run against the run's files.
private func expectWhole(_ server: FakeServer, _ run: String) throws {
  let (id, found) = try server.run()
  #expect(Set(found.metrics.map { "\($0.key) \($0.step)" }).count == found.metrics.count, "a metric was sent twice")
  let values = Dictionary(found.metrics.map { ("\($0.key) \($0.step)", $0.value) }) { $1 }
  let expected = try RunExample.expectedMetrics(run)
  // An epoch that was computed again after a kill has other times than the one that was sent.
  let times = ["train/train_seconds", "train/samples_per_second", "train/loader_seconds"]
  func isResult(_ key: String) -> Bool { !times.contains { key.hasPrefix($0) } }
  #expect(values.filter { isResult($0.key) } == expected.filter { isResult($0.key) })
  #expect(Set(values.keys) == Set(expected.keys))
  #expect(found.status == "FINISHED")
  for name in ["config.yaml", "metrics.jsonl", "test.json", "best.safetensors", "report.html"]
  where name != "report.html" || FileManager.default.fileExists(atPath: "\(run)/report.html") {
    #expect(server.state.artifacts["1/\(id)/artifacts/\(name)"] == (try RunExample.bytes("\(run)/\(name)")))
  }
}

extension Program.Ending {
  fileprivate var warnings: [Substring] { error.split(separator: "\n").filter { $0.contains("warning") } }
}

@Suite struct `A training that is followed` {
  @Test func `is on the server when it ends, and says where`() throws {
    let folder = try TemporaryFolder()
    let server = try FakeServer()
    let training = try Training(folder.file("run"), address: server.address.replacing("//", with: "//me:secret@"))
    let ending = try training()
    #expect(ending.status == 0 && ending.error.isEmpty)
    try expectWhole(server, training.run)
    #expect(try RunExample.bytes(training.run + "/report.html").count > 10_000)
    #expect(ending.output.hasSuffix("\n  mlflow   \(server.address)/#/experiments/1/runs/run1\n"))
    #expect(!ending.output.contains("secret"))
    #expect(server.server.requests.allSatisfy { $0.fields["authorization"] == "Basic bWU6c2VjcmV0" })
    let synced = try training.sync()
    #expect(synced.status == 0 && synced.output.hasPrefix("\(training.run): nothing new, finished\n"))
  }

  @Test func `is quiet where that is wanted`() throws {
    let folder = try TemporaryFolder()
    let server = try FakeServer()
    var training = try Training(folder.file("run"), address: nil)
    training.arguments += ["--json", "--mlflow", server.address]
    let ending = try training()
    #expect(ending.status == 0 && ending.error.isEmpty && ending.output.hasSuffix("}\n"))
    try expectWhole(server, training.run)
  }

  static let troubles: [(String, LocalServer.Answer?)] = [
    ("refuses", LocalServer.Answer(403)), ("has trouble", LocalServer.Answer(500)),
    ("wants a login", LocalServer.Answer(401)),
    ("is a page", LocalServer.Answer(200, [("Content-Type", "text/html")], body: Array("<html>".utf8))),
    ("is garbage", LocalServer.Answer(body: [0xFF, 0, 0x7B])),
    ("says nothing", LocalServer.Answer().with { ($0.isSilent, $0.ending) = (true, .stalls) }),
    ("cuts off", LocalServer.Answer().with { ($0.isSilent, $0.ending) = (true, .resets) }),
    ("asks for an hour", LocalServer.Answer(503, [("Retry-After", "3600")])), ("is not there", nil),
  ]

  /// Whatever the server does: the training comes to its end, with one warning, and the run can be sent later.
  @Test(arguments: troubles.indices) func `comes to its end whatever the server does`(index: Int) throws {
    let (_, answer) = Self.troubles[index]
    let folder = try TemporaryFolder()
    let server = try FakeServer()
    // Nobody listens at port 1.
    let address = answer == nil ? "http://127.0.0.1:1" : server.address
    if let answer { server.become { _ in .answers(answer) } }
    var training = try Training(folder.file("run"), address: address)
    let ending = try training(seconds: 60)
    #expect(ending.status == 0 && ending.warnings.count == 1 && ending.errorLines.count == 1, "\(ending.error)")
    #expect(ending.warnings.first?.contains("grf-train sync \(training.run)") == true)
    #expect(ending.output.contains("f1_macro_7") && !ending.output.contains("mlflow"))
    server.become { _ in .none }
    training.environment["MLFLOW_TRACKING_URI"] = server.address
    #expect(try training.sync().status == 0)
    try expectWhole(server, training.run)
  }

  @Test func `sends what it could not send before once the server is back`() throws {
    let folder = try TemporaryFolder()
    let server = try FakeServer { request in
      request < 4 ? .answers(LocalServer.Answer().with { ($0.isSilent, $0.ending) = (true, .resets) }) : .none
    }
    let training = try Training(folder.file("run"), address: server.address)
    let ending = try training()
    #expect(ending.status == 0 && ending.warnings.count <= 1)
    try expectWhole(server, training.run)
  }

  @Test func `goes on as the same run after it was stopped`() throws {
    let folder = try TemporaryFolder()
    let server = try FakeServer()
    let training = try Training(folder.file("run"), address: server.address, epochs: 40)
    let running = try training.start()
    wait { server.state.runs["run1"]?.metrics.isEmpty == false }
    running.send(SIGINT)
    let stopped = try running.end(within: 60)
    #expect(stopped.status == 130, "\(stopped.error)")
    #expect(try server.run().run.status == "KILLED")
    let resumed = try training.resume()
    #expect(resumed.status == 0 && resumed.error.isEmpty)
    try expectWhole(server, training.run)
    #expect(server.state.statuses == ["KILLED", "RUNNING", "FINISHED"])
  }

  /// Wherever it is killed, going on and sending complete the one run there.
  @Test(arguments: [1, 3, 5, 8, 12], [true, false])
  func `is complete after it was killed anywhere`(requests: Int, isResumed: Bool) throws {
    let folder = try TemporaryFolder()
    let server = try FakeServer()
    let training = try Training(folder.file("run"), address: server.address, epochs: 12)
    let running = try training.start()
    wait { server.requestCount >= requests }
    running.send(SIGKILL)
    #expect(try running.end(within: 60).status == -SIGKILL)
    if isResumed { #expect(try training.resume().status == 0) }
    let synced = try training.sync()
    #expect(synced.status == 0, "\(synced.error)")
    if isResumed {
      try expectWhole(server, training.run)
    } else {
      let found = try server.run().run
      #expect(Set(found.metrics.map { "\($0.key) \($0.step)" }).count == found.metrics.count)
      #expect(
        found.status == (FileManager.default.fileExists(atPath: training.run + "/test.json") ? "FINISHED" : "KILLED"))
    }
  }

  @Test func `goes on to the server that it was sent to before`() throws {
    let folder = try TemporaryFolder()
    let server = try FakeServer()
    var training = try Training(folder.file("run"), address: server.address, epochs: 40)
    let running = try training.start()
    wait { server.state.runs["run1"]?.metrics.isEmpty == false }
    running.send(SIGINT)
    #expect(try running.end(within: 60).status == 130)
    training.environment["MLFLOW_TRACKING_URI"] = ""
    #expect(try training.resume().status == 0)
    try expectWhole(server, training.run)
  }

  @Test func `fails on the server where it fails`() throws {
    let folder = try TemporaryFolder()
    let server = try FakeServer()
    var training = try Training(folder.file("run"), address: server.address, epochs: 3)
    training.arguments += ["--set", "training.learning_rate=1e30", "--set", "training.max_grad_norm=1e30"]
    let ending = try training()
    #expect(ending.status == 1 && ending.error.contains("not a finite number"), "\(ending.error)")
    #expect(try server.run().run.status == "FAILED")
  }

  @Test func `has failed in the server's eyes also where the server was away`() throws {
    let folder = try TemporaryFolder()
    let server = try FakeServer()
    var training = try Training(folder.file("run"), address: "http://127.0.0.1:1", epochs: 3)
    training.arguments += ["--set", "training.learning_rate=1e30", "--set", "training.max_grad_norm=1e30"]
    #expect(try training().status == 1)
    training.environment["MLFLOW_TRACKING_URI"] = server.address
    let sent = try training.sync()
    #expect(sent.status == 0 && sent.output.contains("failed"), "\(sent.output) \(sent.error)")
    #expect(try server.run().run.status == "FAILED")
  }

  @Test func `writes what TensorBoard reads, each epoch once after a stop`() throws {
    let folder = try TemporaryFolder()
    var training = try Training(folder.file("run"), address: nil, epochs: 40)
    training.arguments.append("--tensorboard")
    let running = try training.start()
    wait { FileManager.default.fileExists(atPath: training.run + "/best.safetensors") }
    running.send(SIGINT)
    #expect(try running.end(within: 60).status == 130)
    #expect(try training.resume().status == 0)
    let name = try FileManager.default.contentsOfDirectory(atPath: training.run).first { $0.contains("tfevents") }
    let bytes = try RunExample.bytes("\(training.run)/\(try #require(name))")
    let steps = EventFile.records(bytes).compactMap { Event(bytes[$0])?.step }
    #expect(steps.dropLast() == Array(0...40)[...])
    // No server, no state.
    #expect(!FileManager.default.fileExists(atPath: training.run + "/mlflow.json"))
  }

  @Test(arguments: ["mlflow.json", "events.out.tfevents.1.grf-train"])
  func `goes on where what was tracked of it is damaged`(name: String) throws {
    let folder = try TemporaryFolder()
    let server = try FakeServer()
    var training = try Training(folder.file("run"), address: server.address, epochs: 40)
    training.arguments.append("--tensorboard")
    let running = try training.start()
    wait { server.state.runs["run1"]?.metrics.isEmpty == false }
    running.send(SIGINT)
    #expect(try running.end(within: 60).status == 130)
    try Data("nonsense".utf8).write(to: URL(filePath: "\(training.run)/\(name)"))
    let resumed = try training.resume()
    #expect(resumed.status == 0 && FileManager.default.fileExists(atPath: training.run + "/test.json"))
    let isState = name == "mlflow.json"
    #expect(resumed.warnings.count == (isState ? 1 : 0) && resumed.errorLines.count == resumed.warnings.count)
    if isState {
      #expect(resumed.error.contains("\(training.run)/mlflow.json: it is not what was written there"))
      try FileManager.default.removeItem(atPath: training.run + "/mlflow.json")
      #expect(try training.sync().status == 0)
    }
    #expect(server.state.runs.values.contains { $0.status == "FINISHED" })
  }

  @Test(arguments: ["file:./mlruns", "databricks", "sqlite:///a.db"])
  func `is not begun where the option's address is none, and not sent where the environment's is none`(
    address: String
  ) throws {
    let folder = try TemporaryFolder()
    var training = try Training(folder.file("run"), address: address)
    training.arguments += ["--mlflow", address]
    let ending = try training()
    #expect(ending.status == 64 && ending.errorLines.count == 1)
    #expect(ending.error.hasPrefix("grf-train: error: --mlflow \(address): runs are sent to a tracking server"))
    #expect(!FileManager.default.fileExists(atPath: folder.file("run")))
    training.arguments.removeLast(2)
    let other = try training()
    #expect(other.status == 0 && other.errorLines.count == 1)
    #expect(
      other.error.hasPrefix(
        "grf-train: warning: MLFLOW_TRACKING_URI \(address): runs are sent to a tracking server"))
  }

  @Test func `is each run of an ablation, in one place`() throws {
    let folder = try TemporaryFolder()
    let server = try FakeServer()
    let ending = try Program.grfTrain.run(
      [
        "ablate", "--shards", try RunExample.dataset(), "--out", folder.file("out"), "--components", "full,no-cross",
        "--seeds", "1", "--epochs", "2", "--quiet", "--tensorboard", "--mlflow",
        server.address.replacing("//", with: "//me:secret@"),
      ] + RunExample.small.dropFirst(4), environment: Environment.none, seconds: 120)
    #expect(ending.status == 0 && ending.error.isEmpty, "\(ending.error)")
    #expect(server.state.runs.count == 2 && server.state.runs.values.allSatisfy { $0.status == "FINISHED" })
    for run in try FileManager.default.contentsOfDirectory(atPath: folder.file("out/runs")) where !run.hasSuffix(".log")
    {
      #expect(EventFile.exists(in: folder.file("out/runs/\(run)")))
    }
    // The logs that lie beside the runs are none.
    let runs = try FileManager.default.contentsOfDirectory(atPath: folder.file("out/runs")).map {
      folder.file("out/runs/\($0)")
    }
    #expect(runs.count == 4)
    let sent = try Program.grfTrain.run(["sync"] + runs, environment: Environment.none)
    #expect(sent.status == 0 && sent.error.isEmpty, "\(sent.error)")
    let logs = try Program.grfTrain.run(["sync"] + runs.filter { $0.hasSuffix(".log") }, environment: Environment.none)
    #expect(logs.status == 64 && logs.error.contains("only logs are named"))
    let page = try Program.grfTrain.run(
      ["report", "--output", folder.file("page.html")] + runs, environment: Environment.none)
    #expect(page.status == 0 && page.error.isEmpty, "\(page.error)")
  }

  /// Waits until something is so, at most a minute.
  private func wait(_ isSo: () -> Bool) {
    let began = ContinuousClock.now
    while !isSo(), ContinuousClock.now - began < .seconds(60) { usleep(500) }
  }
}

@Suite struct `grf-train sync` {
  private func sync(_ arguments: String..., environment: [String: String] = [:]) throws -> Program.Ending {
    try Program.grfTrain.run(["sync"] + arguments, environment: Environment.with(environment))
  }

  @Test func `sends several runs, and goes on after one that is none`() throws {
    let folder = try TemporaryFolder()
    let server = try FakeServer()
    for name in ["a", "b"] { try RunExample.copy(to: folder.file(name)) }
    let ending = try sync(folder.file("a"), folder.path, folder.file("b"), "--mlflow", server.address)
    #expect(ending.status == 1 && ending.errorLines.count == 1 && ending.error.contains("no run is there"))
    #expect(server.state.runs.count == 2 && server.state.runs.values.allSatisfy { $0.status == "FINISHED" })
  }

  @Test func `gives up at once where the server is not there`() throws {
    let folder = try TemporaryFolder()
    for name in ["a", "b"] { try RunExample.copy(to: folder.file(name)) }
    let server = try FakeServer { _ in .answers(LocalServer.Answer(403)) }
    let ending = try sync(folder.file("a"), folder.file("b"), "--mlflow", server.address)
    #expect(ending.status == 1 && ending.errorLines.count == 1 && server.requestCount == 1)
  }

  @Test func `ends at once where it is stopped, and goes on`() throws {
    let folder = try TemporaryFolder()
    try RunExample.copy(to: folder.file("run"))
    let server = try FakeServer { request in
      request < 5 ? .none : .answers(LocalServer.Answer().with { ($0.isSilent, $0.ending) = (true, .stalls) })
    }
    let running = try Program.grfTrain.start(
      ["sync", folder.file("run"), "--mlflow", server.address], environment: Environment.none)
    let began = ContinuousClock.now
    while server.requestCount < 6, ContinuousClock.now - began < .seconds(60) { usleep(500) }
    running.send(SIGINT)
    let ending = try running.end(within: 20)
    #expect(ending.status == 130 && ending.error == "stopped; the same command goes on\n")
    server.become { _ in .none }
    #expect(try sync(folder.file("run"), "--mlflow", server.address).status == 0)
    #expect(try server.run().run.status == "FINISHED")
  }

  @Test func `wants a server`() throws {
    let folder = try TemporaryFolder()
    try RunExample.copy(to: folder.file("run"))
    let ending = try sync(folder.file("run"))
    #expect(ending.status == 64 && ending.errorLines.count == 1)
    #expect(ending.error.contains("give --mlflow URI, or set MLFLOW_TRACKING_URI"))
  }

  @Test func `wants none to write TensorBoard's file`() throws {
    let folder = try TemporaryFolder()
    try RunExample.copy(to: folder.file("run"))
    let ending = try sync(folder.file("run"), "--tensorboard")
    #expect(ending.status == 0 && ending.output.hasPrefix("\(folder.file("run")): 3 epochs written to "))
  }
}
