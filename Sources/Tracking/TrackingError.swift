package import Files
internal import PackedSequences
package import Retrieval

/// What can keep a run from being tracked. Cases carry the facts; ``description`` says what, where, and what to do.
///
/// `server` is a tracking server's address without credentials, `path` a run's folder or a file in it.
package enum TrackingError: Error, Equatable, Sendable {
  // What was asked for.
  /// `source` is where the address came from: an option, or a variable of the environment.
  case unusableAddress(source: String, address: String, reason: String)
  /// A variable of MLflow's.
  case unusableSetting(name: String, reason: String)
  case noServer(path: String)

  // The run's folder.
  case file(FileError)
  case notARun(path: String)
  case damaged(path: String, problem: String)
  /// Another process sends the run.
  case inUse(path: String)

  // The server.
  case noAnswer(server: String, RetrievalError)
  /// `message` is the server's, cut; empty where it gave none.
  case refused(server: String, status: Int, message: String)
  case notMLflow(server: String)
  /// The run was deleted there, or is not known; `state` is the file that remembers it.
  case runGone(server: String, run: String, state: String)
  case experimentDeleted(server: String, name: String)
}

extension TrackingError {
  /// Runs what may fail in the file system; its errors become ``file(_:)``.
  static func files<Result: ~Copyable>(_ body: () throws(FileError) -> Result) throws(TrackingError) -> Result {
    do throws(FileError) { return try body() } catch { throw .file(error) }
  }

  /// Whether it was ended from this side.
  package var isStop: Bool { if case .noAnswer(_, .stopped) = self { true } else { false } }

  /// Whether it is the server that keeps runs from being sent, and not one run's folder.
  package var isOfServer: Bool {
    switch self {
    case .noAnswer, .notMLflow: true
    case .refused(_, let status, _): [401, 403, 404, 407].contains(status) || status >= 500
    default: false
    }
  }
}

extension TrackingError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .unusableAddress(let source, let address, let reason): "\(source) \(address): \(reason)"
    case .unusableSetting(let name, let reason): "\(name): \(reason)"
    case .noServer(let path):
      "\(path): it was never sent to a server, and none is named; give --mlflow URI, or set MLFLOW_TRACKING_URI"
    case .file(let error): error.description
    case .notARun(let path): "\(path): no run is there (no config.yaml in it); give the folder of a run"
    case .damaged(let path, let problem): "\(path): \(problem); correct or remove it"
    case .inUse(let path): "\(path): another process sends it already; wait for it to end"
    case .noAnswer(let server, let error): "MLflow at \(server): \(error)\(Self.remedy(error, server))"
    case .refused(let server, let status, let message):
      "MLflow at \(server): \(RetrievalError.status(status, retryAfter: nil))"
        + (message.isEmpty ? "" : " (\(message))") + Self.remedy(status)
    case .notMLflow(let server):
      "MLflow at \(server): what answers there is no MLflow tracking server; check the address"
    case .runGone(let server, let run, let state):
      "MLflow at \(server): the run \(run) is no longer there; remove \(state) to send it anew"
    case .experimentDeleted(let server, let name):
      "MLflow at \(server): the experiment \"\(name)\" was deleted; restore it (mlflow experiments restore), or name "
        + "another with MLFLOW_EXPERIMENT_NAME"
    }
  }

  private static func remedy(_ error: RetrievalError, _ server: String) -> String {
    switch error {
    case .unreachable: "; start it, or check the address"
    case .transfer where server.lowercased().hasPrefix("https:"):
      "; if its certificate is not known here, name it with MLFLOW_TRACKING_SERVER_CERT_PATH"
    default: ""
    }
  }

  private static func remedy(_ status: Int) -> String {
    switch status {
    case 401: "; set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN"
    case 403: "; ask for the right to write there"
    case 404: "; check the address"
    default: ""
    }
  }
}

extension TrackingError: RequestError {
  package var isRequestAtFault: Bool {
    switch self {
    case .unusableAddress, .unusableSetting, .noServer: true
    default: false
    }
  }
}
