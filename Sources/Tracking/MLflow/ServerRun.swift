internal import JSONValues
internal import Retrieval

/// A run as the server knows it.
struct ServerRun: Sendable {
  let id: String
  let experiment: String
  /// Where its artifacts go, as the server says it.
  let artifacts: String
  var status: String
  /// Whether it was not deleted.
  let isActive: Bool
  /// The last epoch that it has; 0 where it has none.
  var epoch: Int
  /// Whether it has figures of the test split.
  var hasTest: Bool
  /// Their names.
  var parameters: Set<String>

  /// - Returns: nil where that is no run.
  init?(_ json: JSONValue?) {
    guard let info = json?["info"], let id = info["run_id"]?.string, !id.isEmpty,
      let experiment = info["experiment_id"]?.string, let artifacts = info["artifact_uri"]?.string
    else { return nil }
    self.id = id
    self.experiment = experiment
    self.artifacts = artifacts
    status = info["status"]?.string ?? ""
    isActive = info["lifecycle_stage"]?.string != "deleted"
    let metrics = json?["data"]?["metrics"]?.array ?? []
    // Of a metric's values the one of the last step is told.
    epoch = metrics.filter { Self.isOfEpochs($0) }.compactMap { $0["step"].flatMap(Self.integer) }.max() ?? 0
    hasTest = metrics.contains { $0["key"]?.string?.hasPrefix("test/") == true }
    parameters = Set((json?["data"]?["params"]?.array ?? []).compactMap { $0["key"]?.string })
  }

  private static func isOfEpochs(_ metric: JSONValue) -> Bool {
    metric["key"]?.string.map { $0.hasPrefix("train/") || $0.hasPrefix("valid/") } ?? false
  }

  /// Some servers spell long integers as text.
  private static func integer(_ value: JSONValue) -> Int? { value.integer ?? value.string.flatMap { Int($0) } }
}

/// A folder of artifacts that the server hands on to wherever it keeps them.
struct ArtifactPlace: Equatable {
  let path: [String]

  /// - Parameter uri: such as `mlflow-artifacts:/1/RUN/artifacts`.
  /// - Returns: nil where that is not the server's to hand on.
  init?(_ uri: String, server: String) {
    let scheme = "mlflow-artifacts:"
    guard uri.hasPrefix(scheme) else { return nil }
    var rest = uri.dropFirst(scheme.count)
    if rest.hasPrefix("//") {
      rest = rest.dropFirst(2)
      let authority = rest.prefix { $0 != "/" }
      // Anybody else's server is not given our credentials.
      let ours = server.split(separator: "/", omittingEmptySubsequences: false).dropFirst(2).first ?? ""
      guard authority.isEmpty || authority == ours else { return nil }
      rest = rest.dropFirst(authority.count)
    }
    path = rest.split(separator: "/").map(String.init)
    if path.contains("..") || path.contains(".") { return nil }
  }
}

/// Experiments by their names.
enum Experiment {
  /// The id of an experiment, which is made where there is none.
  static func id(_ name: String, _ client: borrowing MLflowClient) throws(TrackingError) -> String {
    if let found = try find(name, client) { return found }
    do throws(MLflowClient.Refusal) {
      if let made = try client.post("experiments/create", ["name": .string(name)])["experiment_id"]?.string {
        return made
      }
    } catch {
      // Another process was faster.
      guard error.code == "RESOURCE_ALREADY_EXISTS" else { throw error.error }
    }
    guard let found = try find(name, client) else { throw .notMLflow(server: client.server.address) }
    return found
  }

  private static func find(_ name: String, _ client: borrowing MLflowClient) throws(TrackingError) -> String? {
    let answer: JSONValue
    do throws(MLflowClient.Refusal) {
      answer = try client.get("experiments/get-by-name", [("experiment_name", name)])
    } catch {
      if error.code == "RESOURCE_DOES_NOT_EXIST" { return nil }
      throw error.error
    }
    guard let id = answer["experiment"]?["experiment_id"]?.string else {
      throw .notMLflow(server: client.server.address)
    }
    guard answer["experiment"]?["lifecycle_stage"]?.string != "deleted" else {
      throw .experimentDeleted(server: client.server.address, name: name)
    }
    return id
  }
}
