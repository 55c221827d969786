import Foundation
import Retrieval
import Testing

@testable import Tracking

@Suite struct `A tracking server's address` {
  @Test(arguments: [
    ("http://h", "http://h"), ("https://h:5000/", "https://h:5000"), ("http://u:p@h/mlflow//", "http://h/mlflow"),
    ("HTTP://h", "HTTP://h"),
  ])
  func `is kept without credentials`(text: String, address: String) throws {
    #expect(try MLflowServer(text, source: "", [:]).address == address)
  }

  @Test(arguments: [
    "file:./mlruns", "file:///x", "sqlite:///mlflow.db", "./mlruns", "databricks", "s3://b", "mlruns", "",
  ])
  func `is refused where no server is named, with what to start`(text: String) throws {
    do {
      _ = try MLflowServer(text, source: "--mlflow", [:])
      Issue.record("it was taken")
    } catch {
      #expect(error.description.contains("mlflow server --backend-store-uri sqlite:///mlflow.db"))
      #expect(error.isRequestAtFault && !error.description.contains("\n"))
    }
  }

  @Test(arguments: ["http://", "http:///x", "http://h?a=b", "http://h#a", "http://h/a b", "http://ä", "http://h\n"])
  func `is refused where it is none`(text: String) {
    #expect(throws: TrackingError.self) { try MLflowServer(text, source: "--mlflow", [:]) }
  }

  @Test(arguments: [
    "ftp://me:secret@h", "me:secret@h:5000", "http:/me:secret@h", "http://me:se/secret@h:5000", "http://me:se?secret@h",
    "http://me:se#secret@h", "http://me:12/secret@h", "secret@h", "http://h/a@secret@b",
  ]) func `never shows credentials, and is refused where they are not clear`(text: String) {
    let error = #expect(throws: TrackingError.self) { try MLflowServer(text, source: "--mlflow", [:]) }
    #expect(error.map { "\($0)".contains("secret") } == false, "\(String(describing: error))")
  }

  @Test func `takes a password in which everything is spelled out`() throws {
    #expect(try MLflowServer("http://me:a%2Fb%40c@h:5000", source: "", [:]).address == "http://h:5000")
  }

  @Test func `comes from the option, else from the environment`() throws {
    let environment = ["MLFLOW_TRACKING_URI": "http://b"]
    #expect(try MLflowServer.find(option: "http://a", environment: environment)?.address == "http://a")
    #expect(try MLflowServer.find(option: nil, environment: environment)?.address == "http://b")
    #expect(try MLflowServer.find(option: nil, environment: ["MLFLOW_TRACKING_URI": ""]) == nil)
    #expect(try MLflowServer.find(option: nil, environment: [:]) == nil)
  }
}

@Suite struct `MLflow's variables` {
  @Test func `say whose certificates are believed`() throws {
    func trust(_ variables: [String: String]) throws -> HTTPTrust {
      try MLflowServer("https://h", source: "", variables).trust
    }
    #expect(try trust([:]) == .system)
    #expect(try trust(["MLFLOW_TRACKING_INSECURE_TLS": "false"]) == .system)
    #expect(try trust(["MLFLOW_TRACKING_INSECURE_TLS": "true"]) == .anyone)
    let (path, folder) = (#filePath, URL(filePath: #filePath).deletingLastPathComponent().path(percentEncoded: false))
    #expect(try trust(["MLFLOW_TRACKING_SERVER_CERT_PATH": path]) == .authorities(path, isFolder: false))
    #expect(try trust(["MLFLOW_TRACKING_SERVER_CERT_PATH": folder]) == .authorities(folder, isFolder: true))
  }

  @Test(arguments: [
    ["MLFLOW_TRACKING_SERVER_CERT_PATH": "/nowhere/at all"],
    ["MLFLOW_TRACKING_SERVER_CERT_PATH": #filePath, "MLFLOW_TRACKING_INSECURE_TLS": "true"],
    ["MLFLOW_TRACKING_TOKEN": "a\r\nX-Other: b"], ["MLFLOW_HTTP_REQUEST_TIMEOUT": "soon"],
    ["MLFLOW_HTTP_REQUEST_TIMEOUT": "0"], ["MLFLOW_HTTP_REQUEST_TIMEOUT": "-1"], ["MLFLOW_HTTP_REQUEST_TIMEOUT": "nan"],
  ])
  func `that cannot be used are refused`(variables: [String: String]) {
    #expect(throws: TrackingError.self) { try MLflowServer("https://h", source: "", variables) }
  }
}

@Suite struct `A place for artifacts` {
  @Test(arguments: [
    ("mlflow-artifacts:/1/r/artifacts", ["1", "r", "artifacts"]), ("mlflow-artifacts:///1/r", ["1", "r"]),
    ("mlflow-artifacts://h:5/1/r", ["1", "r"]),
  ])
  func `is below the server's own`(uri: String, path: [String]) {
    #expect(ArtifactPlace(uri, server: "http://h:5/x")?.path == path)
  }

  @Test(arguments: [
    "", "file:///x", "s3://b/x", "/x", "mlflow-artifacts://other/1/r", "mlflow-artifacts:/1/../r",
    "mlflow-artifacts://h/1",
  ])
  func `is not anywhere else`(uri: String) { #expect(ArtifactPlace(uri, server: "http://h:5") == nil) }
}
