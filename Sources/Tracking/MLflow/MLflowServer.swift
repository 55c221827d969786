internal import Files
internal import Foundation
internal import Retrieval

/// An MLflow tracking server: where it is, and with which rights it is spoken to.
///
/// The variables of the environment are MLflow's own. Credentials are kept apart from the address, which alone is
/// printed and written to files.
package struct MLflowServer: Sendable {
  /// Without credentials, and without a slash at its end.
  package let address: String
  /// The value of the `Authorization` field.
  let authorization: String?
  let trust: HTTPTrust
  /// How long a request may wait, in seconds.
  let seconds: Double
  /// What experiments are filed under instead of the configuration's project.
  let experiment: String?

  package static let addressVariable = "MLFLOW_TRACKING_URI"

  /// The server that an option or the environment names; nil where neither does.
  ///
  /// - Throws: ``TrackingError/unusableAddress(source:address:reason:)``,
  ///   ``TrackingError/unusableSetting(name:reason:)``.
  package static func find(
    option: String?, environment: [String: String]
  ) throws(TrackingError) -> MLflowServer? {
    if let option { return try MLflowServer(option, source: "--mlflow", environment) }
    guard let address = environment[addressVariable], !address.isEmpty else { return nil }
    return try MLflowServer(address, source: addressVariable, environment)
  }

  /// The server that a run was sent to before; nil where it was sent to none.
  ///
  /// Its address comes from a file, so it gets no credentials of the environment: whoever made the file could have them
  /// sent anywhere.
  package static func remembered(
    by run: String, _ environment: [String: String]
  ) throws(TrackingError) -> MLflowServer? {
    guard let address = try StateFile.read(in: run)?.server else { return nil }
    var environment = environment
    for name in ["MLFLOW_TRACKING_USERNAME", "MLFLOW_TRACKING_PASSWORD", "MLFLOW_TRACKING_TOKEN"] {
      environment[name] = nil
    }
    return try MLflowServer(address, source: Path.join(run, StateFile.name), environment)
  }

  /// - Parameter source: where the address comes from, for messages.
  package init(_ text: String, source: String, _ environment: [String: String]) throws(TrackingError) {
    let shown = URLText.withoutCredentials(text)
    func unusable(_ reason: String) -> TrackingError {
      // Whatever stands before an @ may be a password, also where it makes no URL.
      let rest = shown.lastIndex(of: "@").map { "…" + shown[$0...] } ?? shown
      return .unusableAddress(source: source, address: rest.isEmpty ? "\"\"" : rest, reason: reason)
    }
    guard let scheme = URLText.scheme(of: text), scheme == "http" || scheme == "https" else {
      throw unusable(
        "runs are sent to a tracking server; start one (mlflow server --backend-store-uri sqlite:///mlflow.db) and give "
          + "its http address")
    }
    guard !shown.contains("@") else {
      throw unusable(
        "the name and the password before the @ hold what means something else in an address; write it as %XX there, or "
          + "set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD")
    }
    guard shown.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }), !shown.contains(where: { "?#".contains($0) }),
      URLComponents(string: shown)?.host?.isEmpty == false
    else { throw unusable("it is not a server's address; write http://SERVER:PORT") }
    address = Path.trimmed(shown)
    authorization = try Self.authorization(text, environment)
    trust = try Self.trust(environment)
    seconds = try Self.seconds(environment)
    experiment = environment["MLFLOW_EXPERIMENT_NAME"].flatMap { $0.isEmpty ? nil : $0 }
  }

  /// Name and password, or else the token; those of the address where the environment has neither.
  private static func authorization(
    _ text: String, _ environment: [String: String]
  ) throws(TrackingError) -> String? {
    func value(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
    func basic(_ name: String, _ password: String) -> String {
      "Basic " + Data("\(name):\(password)".utf8).base64EncodedString()
    }
    if let name = value("MLFLOW_TRACKING_USERNAME"), let password = value("MLFLOW_TRACKING_PASSWORD") {
      return basic(name, password)
    }
    if let token = value("MLFLOW_TRACKING_TOKEN") {
      guard token.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
        throw .unusableSetting(
          name: "MLFLOW_TRACKING_TOKEN", reason: "a token has neither spaces nor line breaks; set it anew")
      }
      return "Bearer \(token)"
    }
    guard let credentials = URLText.credentials(of: text) else { return nil }
    return basic(credentials.name, credentials.password)
  }

  private static func trust(_ environment: [String: String]) throws(TrackingError) -> HTTPTrust {
    let insecure = environment["MLFLOW_TRACKING_INSECURE_TLS"] ?? ""
    let isInsecure = ["true", "1"].contains(insecure.lowercased())
    guard let path = environment["MLFLOW_TRACKING_SERVER_CERT_PATH"], !path.isEmpty else {
      return isInsecure ? .anyone : .system
    }
    let name = "MLFLOW_TRACKING_SERVER_CERT_PATH"
    if isInsecure {
      throw .unusableSetting(
        name: name, reason: "it cannot stand beside MLFLOW_TRACKING_INSECURE_TLS; unset one of them")
    }
    let status = try TrackingError.files { () throws(FileError) in try FileStatus.of(path) }
    guard let status else { throw .unusableSetting(name: name, reason: "\(path) is not there; correct the path") }
    return .authorities(path, isFolder: status.isFolder)
  }

  private static func seconds(_ environment: [String: String]) throws(TrackingError) -> Double {
    let name = "MLFLOW_HTTP_REQUEST_TIMEOUT"
    guard let text = environment[name], !text.isEmpty else { return 120 }
    guard let seconds = Double(text), seconds > 0, seconds <= 86_400 else {
      throw .unusableSetting(name: name, reason: "\"\(text)\" is no number of seconds; set it anew")
    }
    return seconds
  }
}
