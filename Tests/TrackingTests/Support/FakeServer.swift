import Foundation
import JSONValues
import Synchronization
import TestSupport

/// As much of an MLflow tracking server as we speak to, in memory. It is stricter than the real one: what is sent twice
/// stands there twice.
final class FakeServer: Sendable {
  struct Run: Sendable {
    var experiment: String
    var name: String
    var tags: [String: String]
    var start: Int
    var status = "RUNNING"
    var end: Int?
    var isDeleted = false
    var parameters: [(String, String)] = []
    var metrics: [Metric] = []
  }

  struct Metric: Sendable, Hashable {
    let key: String
    let value: Double
    let step: Int
    let time: Int
  }

  struct State: Sendable {
    var experiments: [String] = []
    var deletedExperiments: Set<String> = []
    var runs: [String: Run] = [:]
    /// By path below the artifacts' root.
    var artifacts: [String: [UInt8]] = [:]
    var greatestBatch = 0
    var statuses: [String] = []
    var root = "mlflow-artifacts:/"
  }

  /// What goes wrong.
  enum Trouble: Sendable {
    case none
    /// The server does what it was asked for, but its answer is lost.
    case answerLost
    /// Instead of doing anything.
    case answers(LocalServer.Answer)
  }

  private let shared: Shared
  let server: LocalServer

  private final class Shared: Sendable {
    let state = Mutex(State())
    let count = Mutex(0)
    let trouble = Mutex<@Sendable (Int) -> Trouble>({ _ in .none })
  }

  /// - Parameter trouble: by the number of requests that came before.
  init(_ trouble: @escaping @Sendable (Int) -> Trouble = { _ in .none }) throws {
    let shared = Shared()
    shared.trouble.withLock { $0 = trouble }
    self.shared = shared
    server = try LocalServer { request in
      let index = shared.count.withLock { count in
        defer { count += 1 }
        return count
      }
      switch shared.trouble.withLock({ $0 })(index) {
      case .none: return shared.state.withLock { $0.answer(request) }
      case .answerLost:
        _ = shared.state.withLock { $0.answer(request) }
        return LocalServer.Answer().with { ($0.isSilent, $0.ending) = (true, .resets) }
      case .answers(let answer): return answer
      }
    }
  }

  /// From here on everything goes well, or not.
  func become(_ trouble: @escaping @Sendable (Int) -> Trouble) { shared.trouble.withLock { $0 = trouble } }

  var address: String { String(server.url.dropLast()) }
  var state: State { shared.state.withLock { $0 } }
  func change(_ change: (inout State) -> Void) { shared.state.withLock { change(&$0) } }
  var requestCount: Int { server.requests.count }

  /// The only run there.
  func run() throws -> (id: String, run: Run) {
    let runs = state.runs
    guard let (id, run) = runs.first, runs.count == 1 else { throw Unexpected(what: "\(runs.count) runs") }
    return (id, run)
  }

  struct Unexpected: Error { let what: String }
}

extension FakeServer.State {
  fileprivate mutating func answer(_ request: LocalServer.Request) -> LocalServer.Answer {
    let url = URLComponents(string: request.target)
    let path = url?.path ?? ""
    let prefix = "/api/2.0/mlflow-artifacts/artifacts/"
    if request.method == "PUT", path.hasPrefix(prefix) {
      artifacts[String(path.dropFirst(prefix.count))] = request.body
      return json([:])
    }
    let query = Dictionary((url?.queryItems ?? []).map { ($0.name, $0.value ?? "") }) { $1 }
    let body = (try? JSONValue.parse(request.body)) ?? [:]
    switch (request.method, path.replacingOccurrences(of: "/api/2.0/mlflow/", with: "")) {
    case ("GET", "experiments/get-by-name"): return experiment(query["experiment_name"] ?? "")
    case ("POST", "experiments/create"):
      let name = body["name"]?.string ?? ""
      if experiments.contains(name) { return failure(400, "RESOURCE_ALREADY_EXISTS", "already there") }
      experiments.append(name)
      return json(["experiment_id": .string("\(experiments.count)")])
    case ("POST", "runs/create"): return create(body)
    case ("GET", "runs/get"): return one(query["run_id"] ?? "") { ["run": $0.json(query["run_id"] ?? "", root)] }
    case ("POST", "runs/search"):
      let filter = body["filter"]?.string ?? ""
      let found = runs.filter {
        filter == "tags.`grf.run` = '\($0.value.tags["grf.run"] ?? "")'" && !$0.value.isDeleted
      }
      return json(found.isEmpty ? [:] : ["runs": .array(found.map { $0.value.json($0.key, root) })])
    case ("POST", "runs/log-batch"): return log(body)
    case ("POST", "runs/update"):
      let id = body["run_id"]?.string ?? ""
      runs[id]?.status = body["status"]?.string ?? "?"
      runs[id]?.end = body["end_time"]?.integer
      statuses.append(body["status"]?.string ?? "?")
      return one(id) { _ in [:] }
    default: return failure(404, "ENDPOINT_NOT_FOUND", "\(request.method) \(request.target)")
    }
  }

  private func experiment(_ name: String) -> LocalServer.Answer {
    guard let index = experiments.firstIndex(of: name) else {
      return failure(404, "RESOURCE_DOES_NOT_EXIST", "no experiment \(name)")
    }
    let stage = deletedExperiments.contains(name) ? "deleted" : "active"
    return json([
      "experiment": [
        "experiment_id": .string("\(index + 1)"), "name": .string(name), "lifecycle_stage": .string(stage),
      ]
    ])
  }

  private mutating func create(_ body: JSONValue) -> LocalServer.Answer {
    let id = "run\(runs.count + 1)"
    let tags = (body["tags"]?.array ?? []).map { ($0["key"]?.string ?? "", $0["value"]?.string ?? "") }
    runs[id] = .init(
      experiment: body["experiment_id"]?.string ?? "", name: body["run_name"]?.string ?? "",
      tags: Dictionary(tags) { $1 }, start: body["start_time"]?.integer ?? 0)
    return one(id) { ["run": $0.json(id, root)] }
  }

  private mutating func log(_ body: JSONValue) -> LocalServer.Answer {
    let id = body["run_id"]?.string ?? ""
    let metrics = body["metrics"]?.array ?? []
    let parameters = body["params"]?.array ?? []
    greatestBatch = max(greatestBatch, metrics.count)
    guard metrics.count <= 1000, parameters.count <= 100 else {
      return failure(400, "INVALID_PARAMETER_VALUE", "too many")
    }
    runs[id]?.parameters += parameters.map { ($0["key"]?.string ?? "", $0["value"]?.string ?? "") }
    runs[id]?.metrics += metrics.map {
      FakeServer.Metric(
        key: $0["key"]?.string ?? "", value: $0["value"]?.number ?? .nan, step: $0["step"]?.integer ?? -1,
        time: $0["timestamp"]?.integer ?? -1)
    }
    return one(id) { _ in [:] }
  }

  private func one(_ id: String, _ body: (FakeServer.Run) -> JSONValue) -> LocalServer.Answer {
    guard let run = runs[id] else { return failure(404, "RESOURCE_DOES_NOT_EXIST", "Run with id=\(id) not found") }
    return json(body(run))
  }

  private func json(_ value: JSONValue) -> LocalServer.Answer {
    LocalServer.Answer(200, [("Content-Type", "application/json")], body: Array(value.compact().utf8))
  }

  private func failure(_ status: Int, _ code: String, _ message: String) -> LocalServer.Answer {
    let body: JSONValue = ["error_code": .string(code), "message": .string(message)]
    return LocalServer.Answer(status, [("Content-Type", "application/json")], body: Array(body.compact().utf8))
  }
}

extension FakeServer.Run {
  fileprivate func json(_ id: String, _ root: String) -> JSONValue {
    var latest: [String: FakeServer.Metric] = [:]
    for metric in metrics where metric.step >= latest[metric.key]?.step ?? .min { latest[metric.key] = metric }
    return [
      "info": [
        "run_id": .string(id), "experiment_id": .string(experiment), "status": .string(status),
        "artifact_uri": .string("\(root)\(experiment)/\(id)/artifacts"),
        "lifecycle_stage": .string(isDeleted ? "deleted" : "active"),
      ],
      "data": [
        "metrics": .array(
          latest.values.map { ["key": .string($0.key), "value": JSONValue($0.value), "step": JSONValue($0.step)] }),
        "params": .array(parameters.map { ["key": .string($0.0), "value": .string($0.1)] }),
      ],
    ]
  }
}
