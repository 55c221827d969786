import Files
import Foundation
import JSONValues
import Retrieval
import TestSupport
import Testing

@testable import Tracking

/// Sends a run with little patience.
private func send(
  _ run: String, to server: FakeServer, _ variables: [String: String] = [:], includesLast: Bool = false,
  attempts: Int = 1
) throws -> RunSync.Report {
  var sync = RunSync(
    server: try MLflowServer(server.address, source: "--mlflow", variables), environment: variables,
    includesLast: includesLast)
  sync.patience.attempts = attempts
  sync.patience.firstDelay = 0.01
  sync.patience.stalling = 2
  return try sync.send(run)
}

extension FakeServer.Run {
  /// By name and step; a metric that came twice has no place here.
  fileprivate func values() throws -> [String: Double] {
    try #require(Set(metrics.map { "\($0.key) \($0.step)" }).count == metrics.count, "a metric was sent twice")
    return Dictionary(uniqueKeysWithValues: metrics.map { ("\($0.key) \($0.step)", $0.value) })
  }
}

/// Holds all that a server has of a run against the run's files.
private func expectWhole(_ server: FakeServer, _ run: String, _ files: [String] = finishedFiles) throws {
  let (id, found) = try server.run()
  #expect(try found.values() == RunExample.expectedMetrics(run))
  #expect(found.parameters.count == Set(found.parameters.map(\.0)).count)
  for name in files {
    #expect(
      server.state.artifacts["\(found.experiment)/\(id)/artifacts/\(name)"] == (try RunExample.bytes("\(run)/\(name)")))
  }
  #expect(server.state.artifacts.count == files.count)
}

private let finishedFiles = [
  "config.yaml", "profile.json", "metrics.jsonl", "test.json", "predictions-test.csv", "best.safetensors",
]

@Suite struct `Sending a run` {
  @Test(arguments: ["run", "a run, with\nall \"kinds\" of 'signs' %41 ä"])
  func `brings all of it to the server`(name: String) throws {
    let folder = try TemporaryFolder()
    let run = folder.file(name)
    try RunExample.copy(to: run)
    let server = try FakeServer()
    let report = try send(run + "/", to: server)
    try expectWhole(server, run)
    let (id, found) = try server.run()
    #expect(report.epochs == 3 && report.files == 6 && report.status == .finished && report.note == nil)
    #expect(report.page == "\(server.address)/#/experiments/1/runs/\(id)")
    #expect(server.state.experiments == ["grf"] && found.name == name && found.status == "FINISHED")
    let parameters = Dictionary(uniqueKeysWithValues: found.parameters)
    #expect(parameters["model.d_model"] == "8" && parameters["data.order"] == "text,vision,audio")
    #expect(parameters["training.learning_rate"] == "0.001" && parameters["training.shuffle"] == "true")
    #expect(found.tags["mlflow.runName"] == name && found.tags["mlflow.source.name"] == "grf-train")
    #expect(found.tags["grf.dataset"] == (try RunExample.dataset()))
    let manifest = try JSONValue.parse(RunExample.bytes(try RunExample.dataset() + "/manifest.json"))
    #expect(found.tags["grf.fingerprint"] == manifest["fingerprint"]?.string)
    #expect(found.tags["grf.content"] == manifest["content"]?.string)
    // Times go forward: the run's start, its epochs, its end.
    let times = found.metrics.filter { $0.key == "valid/mae" }.sorted { $0.step < $1.step }.map(\.time)
    #expect(times == times.sorted() && found.start < times[0] && times[2] <= found.end ?? 0)
  }

  @Test func `again sends nothing`() throws {
    let folder = try TemporaryFolder()
    let run = folder.file("run")
    try RunExample.copy(to: run)
    let server = try FakeServer()
    _ = try send(run, to: server)
    let before = server.requestCount
    let state = try RunExample.bytes(run + "/mlflow.json")
    let report = try send(run, to: server)
    #expect(report.epochs == 0 && report.files == 0)
    #expect(server.requestCount == before + 1 && server.server.requests.last?.method == "GET")
    #expect(try RunExample.bytes(run + "/mlflow.json") == state)
  }

  @Test func `sends a file again that is another one, and last.safetensors where it is wanted`() throws {
    let folder = try TemporaryFolder()
    let run = folder.file("run")
    try RunExample.copy(to: run)
    let server = try FakeServer()
    _ = try send(run, to: server)
    try Data("<html>".utf8).write(to: URL(filePath: run + "/report.html"))
    try Data("new".utf8).write(to: URL(filePath: run + "/predictions-test.csv"))
    #expect(try send(run, to: server, includesLast: true).files == 3)
    try expectWhole(server, run, finishedFiles + ["report.html", "last.safetensors"])
  }

  static let requests = 13

  /// Whatever the last request was: it did not come, or its answer did not.
  @Test(arguments: 0..<requests, [true, false])
  func `goes on where it was cut off, and sends nothing twice`(index: Int, isDone: Bool) throws {
    let folder = try TemporaryFolder()
    let run = folder.file("run")
    try RunExample.copy(to: run)
    let server = try FakeServer { request in
      guard request >= index else { return .none }
      return isDone && request == index
        ? .answerLost : .answers(LocalServer.Answer().with { ($0.isSilent, $0.ending) = (true, .resets) })
    }
    #expect(throws: TrackingError.self) { try send(run, to: server) }
    server.become { _ in .none }
    _ = try send(run, to: server)
    try expectWhole(server, run)
    #expect(try server.run().run.status == "FINISHED")
  }

  /// Every answer is lost once or more, and the same sending goes on.
  @Test(arguments: [1, 2]) func `makes one run, however often an answer is lost`(losses: Int) throws {
    let folder = try TemporaryFolder()
    let run = folder.file("run")
    try RunExample.copy(to: run)
    let server = try FakeServer { request in request % (losses + 1) < losses ? .answerLost : .none }
    _ = try send(run, to: server, attempts: 4)
    #expect(try server.run().run.status == "FINISHED")
  }

  @Test func `takes as many requests as that test cuts off`() throws {
    let folder = try TemporaryFolder()
    try RunExample.copy(to: folder.file("run"))
    let server = try FakeServer()
    _ = try send(folder.file("run"), to: server)
    #expect(server.requestCount == Self.requests)
  }

  @Test(arguments: [0, 1, 35, 120]) func `takes any number of epochs, within the server's limits`(count: Int) throws {
    let folder = try TemporaryFolder()
    let run = folder.file("run")
    try RunExample.copy(to: run)
    let lines = try String(contentsOfFile: run + "/metrics.jsonl", encoding: .utf8).split(separator: "\n").prefix(2)
    let text = (0..<count).flatMap { epoch in
      lines.map { $0.replacing("\"epoch\":1,", with: "\"epoch\":\(epoch + 1),") + "\n" }
    }
    try Data(text.joined().utf8).write(to: URL(filePath: run + "/metrics.jsonl"))
    let server = try FakeServer()
    #expect(try send(run, to: server).epochs == count)
    try expectWhole(server, run)
    #expect(server.state.greatestBatch <= 1000)
  }

  @Test func `of a run that was stopped calls it killed, and goes on with it`() throws {
    let folder = try TemporaryFolder()
    let run = folder.file("run")
    try RunExample.copy(to: run)
    let whole = try String(contentsOfFile: run + "/metrics.jsonl", encoding: .utf8)
    try Data((whole.split(separator: "\n").prefix(2).joined(separator: "\n") + "\n").utf8)
      .write(to: URL(filePath: run + "/metrics.jsonl"))
    try FileManager.default.moveItem(atPath: run + "/test.json", toPath: run + "/later")
    let server = try FakeServer()
    #expect(try send(run, to: server).status == .killed)
    #expect(try server.run().run.status == "KILLED")
    try Data(whole.utf8).write(to: URL(filePath: run + "/metrics.jsonl"))
    try FileManager.default.moveItem(atPath: run + "/later", toPath: run + "/test.json")
    let report = try send(run, to: server)
    #expect(report.epochs == 2 && report.status == .finished)
    try expectWhole(server, run)
    #expect(server.state.statuses == ["KILLED", "FINISHED"])
  }

  @Test func `to another server begins there, and finds itself when it comes back`() throws {
    let folder = try TemporaryFolder()
    let run = folder.file("run")
    try RunExample.copy(to: run)
    let servers = [try FakeServer(), try FakeServer()]
    for index in [0, 1, 0, 1] { _ = try send(run, to: servers[index]) }
    for server in servers { try expectWhole(server, run) }
  }

  @Test func `by two at once is refused to the second`() throws {
    let folder = try TemporaryFolder()
    let run = folder.file("run")
    try RunExample.copy(to: run)
    let server = try FakeServer()
    let first = try RunUpload(run, try MLflowServer(server.address, source: "", [:]))
    #expect(throws: TrackingError.inUse(path: run)) { try send(run, to: server) }
    withExtendedLifetime(first) {}
  }

  @Test func `says where artifacts cannot be sent, and sends the rest`() throws {
    let folder = try TemporaryFolder()
    let run = folder.file("run")
    try RunExample.copy(to: run)
    let server = try FakeServer()
    server.change { $0.root = "s3://bucket/" }
    let note = try send(run, to: server).note
    #expect(note?.contains("keeps artifacts at s3://bucket/1/run1/artifacts") == true)
    #expect(try server.state.artifacts.isEmpty && server.run().run.status == "FINISHED")
  }
}

@Suite struct `A run that cannot be sent` {
  @Test func `is not there`() throws {
    let folder = try TemporaryFolder()
    let server = try FakeServer()
    for path in [folder.path, folder.file("nowhere")] {
      #expect(throws: TrackingError.notARun(path: path)) { try send(path, to: server) }
    }
  }

  @Test func `was deleted on the server`() throws {
    let folder = try TemporaryFolder()
    let run = folder.file("run")
    try RunExample.copy(to: run)
    let server = try FakeServer()
    _ = try send(run, to: server)
    let gone = TrackingError.runGone(server: server.address, run: "run1", state: run + "/mlflow.json")
    server.change { $0.runs["run1"]?.isDeleted = true }
    #expect(throws: gone) { try send(run, to: server) }
    server.change { $0.runs = [:] }
    #expect(throws: gone) { try send(run, to: server) }
    try FileManager.default.removeItem(atPath: run + "/mlflow.json")
    _ = try send(run, to: server)
    try expectWhole(server, run)
  }

  @Test func `belongs to an experiment that was deleted`() throws {
    let folder = try TemporaryFolder()
    let run = folder.file("run")
    try RunExample.copy(to: run)
    let server = try FakeServer()
    server.change { ($0.experiments, $0.deletedExperiments) = (["grf"], ["grf"]) }
    #expect(throws: TrackingError.experimentDeleted(server: server.address, name: "grf")) { try send(run, to: server) }
    _ = try send(run, to: server, ["MLFLOW_EXPERIMENT_NAME": "an other/one"])
    #expect(server.state.experiments == ["grf", "an other/one"])
  }

  @Test func `has numbers that no training writes, and is sent`() throws {
    let folder = try TemporaryFolder()
    let run = folder.file("run")
    try RunExample.copy(to: run)
    let lines = ["-1e300", "1e300", "null"].enumerated().map {
      "{\"epoch\":\($0.offset + 1),\"split\":\"train\",\"mae\":1,\"train_seconds\":\($0.element)}\n"
    }
    try Data(lines.joined().utf8).write(to: URL(filePath: "\(run)/metrics.jsonl"))
    try Data("{\"mae\": 1, \"best_epoch\": -1}".utf8).write(to: URL(filePath: "\(run)/test.json"))
    let server = try FakeServer()
    #expect(try send(run, to: server).epochs == 3)
    let record = try RunRecord(run)
    #expect(record.bestEpoch == nil)
    var file = try EventFile(in: run, start: record.start)
    #expect(try file.add(record) == 3)
  }

  @Test(arguments: [
    ("metrics.jsonl", "{\"epoch\":9223372036854775807,\"split\":\"train\"}"),
    ("metrics.jsonl", "{\"epoch\":1"), ("metrics.jsonl", "{\"epoch\":0,\"split\":\"train\"}"), ("metrics.jsonl", "1"),
    ("test.json", ""), ("test.json", "<html>"), ("mlflow.json", "{}"), ("mlflow.json", "nonsense"),
    ("config.yaml", "a: [1"),
  ])
  func `has a damaged file, which is named`(name: String, text: String) throws {
    let folder = try TemporaryFolder()
    let run = folder.file("run")
    try RunExample.copy(to: run)
    try Data(text.utf8).write(to: URL(filePath: "\(run)/\(name)"))
    let server = try FakeServer()
    do {
      _ = try send(run, to: server)
      Issue.record("it was sent")
    } catch {
      guard case TrackingError.damaged(let path, _) = error else { throw error }
      #expect(path == "\(run)/\(name)" && "\(error)".hasSuffix("; correct or remove it"))
    }
    #expect(server.requestCount == 0)
  }

  static let html = LocalServer.Answer(200, [("Content-Type", "text/html")], body: Array("<html>log in</html>".utf8))

  @Test(arguments: [
    (LocalServer.Answer(401), "answers 401, a login is wanted; set MLFLOW_TRACKING_USERNAME and"),
    (LocalServer.Answer(403), "answers 403, forbidden; ask for the right"),
    (LocalServer.Answer(404), "answers 404, not found; check the address"),
    (LocalServer.Answer(500, body: Array("{\"error_code\":\"X\",\"message\":\"a\\nb\"}".utf8)), "has trouble (a b)"),
    (html, "no MLflow tracking server"), (LocalServer.Answer(body: Array("{\"a\":".utf8)), "no MLflow tracking server"),
    (LocalServer.Answer(body: Array("[]".utf8)), "no MLflow tracking server"),
    (LocalServer.Answer(body: Array("{}".utf8)), "no MLflow tracking server"),
    (LocalServer.Answer.redirection(to: "https://u:p@x/y"), "sends us on to https://x/y; give that address"),
    (LocalServer.Answer(body: Array("{}".utf8)).cut(after: 1), "cut off"),
  ])
  func `meets a server that is none, or refuses`(answer: LocalServer.Answer, message: String) throws {
    let folder = try TemporaryFolder()
    let run = folder.file("run")
    try RunExample.copy(to: run)
    let server = try FakeServer { _ in .answers(answer) }
    do {
      _ = try send(run, to: server)
      Issue.record("it was sent")
    } catch {
      #expect("\(error)".contains(message) && "\(error)".hasPrefix("MLflow at \(server.address): "))
      #expect(!"\(error)".contains("\n") && (error as? TrackingError)?.isOfServer == true)
    }
  }
}

@Suite struct `Credentials` {
  private static func fields(
    _ run: String, _ variables: [String: String], userinfo: String = ""
  ) throws -> Set<String?> {
    let server = try FakeServer()
    let address = server.address.replacing("http://", with: "http://" + userinfo)
    var sync = RunSync(server: try MLflowServer(address, source: "--mlflow", variables), environment: variables)
    sync.patience.attempts = 1
    _ = try sync.send(run)
    #expect(try !String(contentsOfFile: run + "/mlflow.json", encoding: .utf8).contains("secret"))
    return Set(server.server.requests.map { $0.fields["authorization"] })
  }

  private static let basic = ["MLFLOW_TRACKING_USERNAME": "me", "MLFLOW_TRACKING_PASSWORD": "secret"]
  private static let token = ["MLFLOW_TRACKING_TOKEN": "secrettoken"]

  @Test func `are MLflow's own, or the address's, and stand in no file`() throws {
    let folder = try TemporaryFolder()
    func run(_ name: String) throws -> String {
      try RunExample.copy(to: folder.file(name))
      return folder.file(name)
    }
    // "me:secret" in base 64, as `printf me:secret | base64` prints it.
    #expect(try Self.fields(run("a"), Self.basic) == ["Basic bWU6c2VjcmV0"])
    #expect(try Self.fields(run("b"), Self.token) == ["Bearer secrettoken"])
    #expect(
      try Self.fields(run("c"), Self.basic.merging(Self.token) { $1 }, userinfo: "x:y@") == ["Basic bWU6c2VjcmV0"])
    #expect(try Self.fields(run("d"), [:], userinfo: "me:secre%74@") == ["Basic bWU6c2VjcmV0"])
    #expect(try Self.fields(run("e"), ["MLFLOW_TRACKING_USERNAME": "me"]) == [nil])
  }

  @Test func `of the environment are not given to a server that only a file names`() throws {
    let folder = try TemporaryFolder()
    let run = folder.file("run")
    try RunExample.copy(to: run)
    let server = try FakeServer()
    _ = try send(run, to: server)
    let before = server.requestCount
    _ = try RunSync(server: nil, environment: Self.basic.merging(Self.token) { $1 }).send(run)
    #expect(server.server.requests.dropFirst(before).map { $0.fields["authorization"] } == [nil])
  }
}
