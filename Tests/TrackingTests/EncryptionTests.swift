import Foundation
import TestSupport
import Testing

@testable import Tracking

/// A server of this machine whose certificate nobody knows; it answers 501 to everything.
private struct EncryptedServer: ~Copyable {
  let folder: TemporaryFolder
  let process: Program.Running
  let address: String

  var certificate: String { folder.file("certificate") }

  private init(_ folder: consuming TemporaryFolder, _ process: consuming Program.Running, _ address: String) {
    self.folder = folder
    self.process = process
    self.address = address
  }

  deinit { process.send(SIGKILL) }

  static func started() throws -> EncryptedServer {
    let folder = try TemporaryFolder()
    // Made for these tests alone: openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -days 36500.
    try Data(Self.certificate.utf8).write(to: URL(filePath: folder.file("certificate")))
    try Data((Self.certificate + Self.key).utf8).write(to: URL(filePath: folder.file("both")))
    let script = """
      import http.server, os, ssl, sys
      server = http.server.HTTPServer(("127.0.0.1", 0), http.server.BaseHTTPRequestHandler)
      context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
      context.load_cert_chain(sys.argv[1] + "/both")
      server.socket = context.wrap_socket(server.socket, server_side=True)
      open(sys.argv[1] + "/partial", "w").write(str(server.server_port))
      os.rename(sys.argv[1] + "/partial", sys.argv[1] + "/port")
      server.serve_forever()
      """
    guard let python = Python.path else { throw TrackingPython.Missing() }
    let process = try Program(path: python).start(["-c", script, folder.path])
    let began = ContinuousClock.now
    while !FileManager.default.fileExists(atPath: folder.file("port")), ContinuousClock.now - began < .seconds(60) {
      usleep(5000)
    }
    let port = try String(contentsOfFile: folder.file("port"), encoding: .utf8)
    return EncryptedServer(folder, process, "https://127.0.0.1:\(port)")
  }

  private static let certificate = """
    -----BEGIN CERTIFICATE-----
    MIIBmzCCAUGgAwIBAgIUYCw/oTW5nGUSxhgm3/oet0mvD7owCgYIKoZIzj0EAwIw
    FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyODAyMzkyNloYDzIxMjYxMTA0
    MDIzOTI2WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
    PQMBBwNCAASrWpUv00RfCMdWJh0LDyOwFR4V+Qktc2vyMGMnbk26rwYxqpT6wA/a
    jWQ+epytV+o7Juygp4Onhr4NLM2ZoNDEo28wbTAdBgNVHQ4EFgQUuTH9mmBUxlHq
    FFDszhiVfp9tEx4wHwYDVR0jBBgwFoAUuTH9mmBUxlHqFFDszhiVfp9tEx4wDwYD
    VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZI
    zj0EAwIDSAAwRQIhAJUKR54cCt02j77C6a57UApiLE69oITG5kw34K5hR28IAiAG
    XZ5LBtuLC1e2Jo8VFiz7HfjQazQAY/txlBCNTkDXWw==
    -----END CERTIFICATE-----

    """

  // A key that protects nothing.
  private static let key = """
    -----BEGIN PRIVATE KEY-----
    MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgJtKydx7amsH3w8qU
    z1OdsCzNCAIvS1yY3eujigDGyJ+hRANCAASrWpUv00RfCMdWJh0LDyOwFR4V+Qkt
    c2vyMGMnbk26rwYxqpT6wA/ajWQ+epytV+o7Juygp4Onhr4NLM2ZoNDE
    -----END PRIVATE KEY-----

    """
}

@Suite(.disabled(if: Python.isMissing, "\(Python.skipReason)")) struct `An encrypted connection` {
  @Test func `is had with a server whose certificate is known, or need not be`() throws {
    let server = try EncryptedServer.started()
    let folder = try TemporaryFolder()
    let run = folder.file("run")
    try RunExample.copy(to: run)
    func error(_ variables: [String: String]) -> String {
      do {
        var sync = RunSync(
          server: try MLflowServer(server.address, source: "--mlflow", variables), environment: variables)
        sync.patience.attempts = 1
        _ = try sync.send(run)
        return "none"
      } catch { return "\(error)" }
    }
    let unknown = error([:])
    #expect(unknown.hasPrefix("MLflow at \(server.address): ") && unknown.contains("certificate"))
    #expect(unknown.hasSuffix("name it with MLFLOW_TRACKING_SERVER_CERT_PATH"))
    #expect(error(["MLFLOW_TRACKING_SERVER_CERT_PATH": run + "/config.yaml"]).contains("certificate"))
    // Who is refused has spoken to the server.
    #expect(error(["MLFLOW_TRACKING_SERVER_CERT_PATH": server.certificate]).contains("answers 501"))
    #expect(error(["MLFLOW_TRACKING_INSECURE_TLS": "true"]).contains("answers 501"))
  }
}
