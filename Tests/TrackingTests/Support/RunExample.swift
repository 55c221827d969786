import Foundation
import JSONValues
import TestSupport
import Testing

@testable import Tracking

/// A small run, trained once for all tests by the programs themselves.
enum RunExample {
  static let small = [
    "--epochs", "3", "--threads", "1", "--set", "model.d_model=8", "--set", "model.num_heads=2", "--set",
    "model.num_layers=1", "--set", "model.d_ffn=16",
  ]

  private static let folder = FileManager.default.temporaryDirectory.appending(path: "grf-track-\(UUID().uuidString)")
    .path(percentEncoded: false)

  struct Failure: Error { let text: String }

  private static let made = Result { () throws -> Void in
    let dataset = folder + "/data"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let converted = try Program.grfData.run(["convert", Project.fixture, dataset])
    guard converted.status == 0 else { throw Failure(text: converted.error) }
    let trained = try Program.grfTrain.run(
      ["--shards", dataset, "--out", folder + "/run", "--quiet"] + small, environment: Environment.none)
    guard trained.status == 0 else { throw Failure(text: trained.error) }
  }

  static func dataset() throws -> String {
    try made.get()
    return folder + "/data"
  }

  /// A copy of the run, in a folder of that name.
  static func copy(to path: String) throws {
    try made.get()
    try FileManager.default.copyItem(atPath: folder + "/run", toPath: path)
    // A copy is younger than what it is of; the times are what the run's are told by.
    for name in try FileManager.default.contentsOfDirectory(atPath: path) {
      let date = try FileManager.default.attributesOfItem(atPath: "\(folder)/run/\(name)")[.modificationDate]
      try FileManager.default.setAttributes(
        [.modificationDate: date ?? Date()], ofItemAtPath: "\(path)/\(name)")
    }
  }

  static func bytes(_ path: String) throws -> [UInt8] { Array(try Data(contentsOf: URL(filePath: path))) }

  /// What a run's metrics must be on a server, computed from its files by other code than the module's: by name and step.
  static func expectedMetrics(_ run: String) throws -> [String: Double] {
    var expected: [String: Double] = [:]
    for line in try String(contentsOfFile: run + "/metrics.jsonl", encoding: .utf8).split(separator: "\n") {
      let object = try JSONValue.parse(String(line))
      let split = try #require(object["split"]?.string)
      let epoch = try #require(object["epoch"]?.integer)
      for (name, value) in object.object?.members ?? [] where name != "epoch" && name != "split" {
        if split == "valid" && name == "learning_rate" { continue }
        if let number = value.number { expected["\(split)/\(name) \(epoch)"] = number }
      }
    }
    guard FileManager.default.fileExists(atPath: run + "/test.json") else { return expected }
    let test = try JSONValue.parse(bytes(run + "/test.json"))
    let best = try #require(test["best_epoch"]?.integer)
    expected["best_epoch \(best)"] = Double(best)
    for (name, value) in test.object?.members ?? [] where !["best_epoch", "samples", "baselines"].contains(name) {
      if let number = value.number { expected["test/\(name) \(best)"] = number }
    }
    return expected
  }
}

/// Variables of the environment.
enum Environment {
  /// Nothing that would send a run anywhere.
  static let none = [
    "MLFLOW_TRACKING_URI": "", "MLFLOW_TRACKING_USERNAME": "", "MLFLOW_TRACKING_PASSWORD": "",
    "MLFLOW_TRACKING_TOKEN": "", "MLFLOW_EXPERIMENT_NAME": "", "MLFLOW_HTTP_REQUEST_TIMEOUT": "",
  ]

  static func with(_ variables: [String: String]) -> [String: String] { none.merging(variables) { $1 } }
}
