import Files
import Foundation
import JSONValues
import TestSupport
import Testing

@testable import Training

@Suite struct `The folder of a run` {
  private static func text(_ path: String) throws -> String {
    String(decoding: try File.contents(of: path), as: UTF8.self)
  }

  @Test func `is made with those above it, and can be taken up again`() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("a/b/run")
    var configuration = RunConfiguration()
    configuration.training.epochs = 3
    func begin() throws {
      let run = try RunDirectory.create(path + "/")
      #expect(run.path == path && run.bestPath == path + "/best.safetensors")
      try run.write(configuration)
    }
    try begin()
    let run = try RunDirectory.open(path)
    #expect(try run.configuration() == configuration)
    #expect(try !run.isFinished)
  }

  @Test func `takes the first name that is free`() throws {
    let folder = try TemporaryFolder()
    func next() throws -> String {
      let run = try RunDirectory.create(named: "grf", in: folder.file("runs"))
      try run.write(RunConfiguration())
      return run.path
    }
    #expect(try [next(), next(), next()] == ["grf", "grf-2", "grf-3"].map { folder.file("runs/\($0)") })
    try Folder.removeAll(folder.file("runs/grf-2"))
    #expect(try next() == folder.file("runs/grf-2"))
  }

  @Test func `is refused where a run is, or other files`() throws {
    let folder = try TemporaryFolder()
    func begin(_ path: String) throws { try RunDirectory.create(path).write(RunConfiguration()) }
    let path = folder.file("run")
    try begin(path)
    let error = try #require(throws: TrainingError.self) { try begin(path) }
    #expect(error == .runExists(path: path) && error.description.contains("--resume \(path)"))
    try Folder.create(folder.file("other"))
    try File(creating: folder.file("other/notes.txt")).write("x", at: 0)
    #expect(throws: TrainingError.folderInUse(path: folder.file("other"))) { try begin(folder.file("other")) }
    #expect(throws: TrainingError.self) { try begin(folder.file("other/notes.txt")) }
    #expect(try Self.text(folder.file("other/notes.txt")) == "x")
  }

  @Test func `may be there already where it is empty, or reached by a link`() throws {
    let folder = try TemporaryFolder()
    try Folder.create(folder.file("run"))
    try File(creating: folder.file("run/config.yaml.partial")).write("left by a killed process", at: 0)
    try FileManager.default.createSymbolicLink(atPath: folder.file("link"), withDestinationPath: "run")
    func begin() throws { try RunDirectory.create(folder.file("link")).write(RunConfiguration()) }
    try begin()
    #expect(try Folder.list(folder.file("run")) == ["config.yaml"])
  }

  @Test func `is had by one process at a time`() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("run")
    let run = try RunDirectory.create(path)
    #expect(throws: TrainingError.runLocked(path: path)) { _ = try RunDirectory.create(path) }
    try run.write(RunConfiguration())
    #expect(throws: TrainingError.runLocked(path: path)) { _ = try RunDirectory.open(path) }
    _ = consume run
    #expect(throws: Never.self) { _ = try RunDirectory.open(path) }
  }

  @Test func `is not taken up where there is none`() throws {
    let folder = try TemporaryFolder()
    #expect(throws: TrainingError.notARun(path: folder.path)) { _ = try RunDirectory.open(folder.path) }
    #expect(throws: TrainingError.notARun(path: folder.file("none"))) { _ = try RunDirectory.open(folder.file("none")) }
    #expect(try Folder.list(folder.path) == [])
  }

  // MARK: Results

  @Test func `is finished when the test split is evaluated`() throws {
    let folder = try TemporaryFolder()
    let run = try RunDirectory.create(folder.file("run"))
    let metrics: Measures = [("mae", 1.25), ("corr", nil), ("acc7", .nan)]
    try run.write(
      TestReport(metrics: metrics, samples: 12, bestEpoch: 3, baselines: [("majority", [("mae", 2)]), ("median", [])]))
    #expect(try run.isFinished)
    #expect(
      try Self.text(run.testPath) == """
        {
          "mae": 1.25,
          "corr": null,
          "acc7": null,
          "samples": 12,
          "best_epoch": 3,
          "baselines": {
            "majority": {
              "mae": 2.0
            },
            "median": {}
          }
        }

        """)
  }

  @Test func `holds predictions that every reader of tables understands`() throws {
    let folder = try TemporaryFolder()
    let run = try RunDirectory.create(folder.file("run"))
    try run.write([
      Prediction(id: "a[0]", label: 0.1, prediction: -1), Prediction(id: "b,\"c\"", label: nil, prediction: 1e-8),
      Prediction(id: "two\nlines", label: -3, prediction: 0.333_333_34), Prediction(id: " d ", label: 0, prediction: 2),
    ])
    #expect(
      try Self.text(run.predictionsPath)
        == "id,label,prediction\na[0],0.1,-1.0\n\"b,\"\"c\"\"\",,1e-08\n\"two\nlines\",-3.0,0.33333334\n\" d \",0.0,2.0\n"
    )
  }

  @Test func `holds the profile as it is given`() throws {
    let folder = try TemporaryFolder()
    let run = try RunDirectory.create(folder.file("run"))
    try run.write(profile: ["parameters": .integer(12)])
    #expect(try Self.text(run.profilePath) == "{\n  \"parameters\": 12\n}\n")
  }
}

@Suite struct `The log of metrics` {
  private static func lines(_ path: String) throws -> [Substring] {
    String(decoding: try File.contents(of: path), as: UTF8.self).split(
      separator: "\n", omittingEmptySubsequences: false)
  }

  private static func epoch(_ epoch: Int) -> [MetricsLog.Line] {
    [
      .init(epoch: epoch, split: "train", [("loss", 1 / Double(epoch)), ("train_seconds", 0.5)]),
      .init(epoch: epoch, split: "valid", [("loss", .infinity), ("mae", nil)]),
    ]
  }

  @Test func `has a line an epoch and split`() throws {
    let folder = try TemporaryFolder()
    var log = MetricsLog(folder.file("metrics.jsonl"))
    try log.append(Self.epoch(1))
    try log.append(Self.epoch(2))
    #expect(
      try Self.lines(log.path) == [
        #"{"epoch":1,"split":"train","loss":1.0,"train_seconds":0.5}"#,
        #"{"epoch":1,"split":"valid","loss":null,"mae":null}"#,
        #"{"epoch":2,"split":"train","loss":0.5,"train_seconds":0.5}"#,
        #"{"epoch":2,"split":"valid","loss":null,"mae":null}"#,
        "",
      ])
  }

  @Test(arguments: 0...4) func `goes on after the epochs that are complete`(complete: Int) throws {
    let folder = try TemporaryFolder()
    var whole = MetricsLog(folder.file("whole"))
    for epoch in 1...5 { try whole.append(Self.epoch(epoch)) }
    // The log is ahead of the checkpoint by one epoch.
    var first = MetricsLog(folder.file("a"))
    for epoch in 1...complete + 1 { try first.append(Self.epoch(epoch)) }
    var second = try MetricsLog(resuming: folder.file("a"), after: complete)
    for epoch in complete + 1...5 { try second.append(Self.epoch(epoch)) }
    #expect(try Self.lines(folder.file("a")) == Self.lines(folder.file("whole")))
  }

  @Test func `begins anew where there is none`() throws {
    let folder = try TemporaryFolder()
    var log = try MetricsLog(resuming: folder.file("a"), after: 0)
    try log.append(Self.epoch(1))
    #expect(try Self.lines(folder.file("a")).count == 3)
  }

  @Test(arguments: ["{\"epoch\":1}\n{\"epo", "{\"epoch\":1}\n[]\n", "{\"epoch\":1}\n{\"epoch\":\"2\"}\n"])
  func `is refused where a line is not one of metrics`(text: String) throws {
    let folder = try TemporaryFolder()
    try File(creating: folder.file("a")).write(text, at: 0)
    #expect(throws: TrainingError.metricsLine(path: folder.file("a"), line: 2)) {
      try MetricsLog(resuming: folder.file("a"), after: 1)
    }
  }
}
