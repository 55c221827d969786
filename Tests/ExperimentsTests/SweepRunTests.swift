import Foundation
import TestDatasets
import TestSupport
import Testing

@testable import Experiments

@Suite struct `grf-train sweep` {
  /// Three rates: two of which anything comes, and one of which nothing can.
  private static let space = """
    base:
      model: {d_model: 8, num_heads: 2, num_layers: 1, d_ffn: 16}
      training: {epochs: 8, warmup_epochs: 0, batch_size: 12, patience: null}
    space:
      training.learning_rate: {choice: [3.0e-3, 1.0e-2, 2.0]}
      model.dropout: {uniform: [0.0, 0.2]}
    trials: 14
    seed: 2
    """

  private func sweep(
    _ bench: Bench, _ out: String, space: String = `grf-train sweep`.space, _ arguments: String...
  ) throws -> Program.Ending {
    try bench.write(space, to: "space.yaml")
    return try Program.grfTrain.run(
      ["sweep", "--shards", bench.shards, "--config", bench.file("space.yaml"), "--out", bench.file(out)] + arguments)
  }

  @Test func `stops a learning rate early of which nothing can come`() throws {
    let bench = try Bench.fixture()
    let result = try sweep(bench, "out", space: Self.space, "--threads", "1")
    #expect(result.status == 0, "\(result.error)")
    let table = try bench.table("out/sweep.csv")
    #expect(table.count == 14 && table.map { $0["trial"] } == (0..<14).map { "\($0)" })
    let finished = table.indices.filter { table[$0]["status"] == "finished" }
    try #require(finished.count > 5)
    let planted = table.indices.filter { table[$0]["training.learning_rate"] == "2.0" && $0 > finished[4] }
    try #require(!planted.isEmpty)
    for trial in planted {
      #expect(table[trial]["status"] == "stopped" && (5...7).contains(table[trial]["epochs"].flatMap { Int($0) } ?? 0))
    }
    // Held once more against the rule, with what the runs' own files say.
    func maes(_ trial: Int) throws -> [Double?] {
      try RunRecord.epochs(of: bench.file("out/runs/\(Sweep.name(trial))")).map { $0.valid[.mae] }
    }
    var rule = MedianStopping()
    for trial in table.indices {
      let stop = rule.stop(try maes(trial))
      #expect(table[trial]["status"] == (stop == nil ? "finished" : "stopped"))
      if let stop { #expect(table[trial]["epochs"] == "\(stop)") } else { rule.add(try maes(trial)) }
    }
    // The best is the one with the lowest valid MAE, and its configuration trains again.
    let best = try #require(
      finished.min { (Double(table[$0]["valid_mae"] ?? "") ?? 9) < (Double(table[$1]["valid_mae"] ?? "") ?? 9) })
    let yaml = try bench.text("out/config.yaml")
    #expect(try yaml == bench.text("out/runs/\(Sweep.name(best))/config.yaml"))
    #expect(!(try bench.text("out/sweep.csv")).contains("test"))
    #expect(result.output.contains("trial \(best); on the test split"))
  }

  @Test func `with one thread gives the same bytes again, stopped or not`() throws {
    let bench = try Bench(.trainable(40, 12, 12))
    #expect(try sweep(bench, "whole", space: Self.space, "--threads", "1").status == 0)
    let table = try bench.text("whole/sweep.csv")
    for moment in [0.3, 0.8, 1.4] {
      let running = try Program.grfTrain.start([
        "sweep", "--shards", bench.shards, "--config", bench.file("space.yaml"), "--out", bench.file("parts"),
        "--threads", "1",
      ])
      running.wait(moment)
      running.send(moment == 0.8 ? SIGTERM : SIGKILL)
      #expect([130, 0, -9].contains(try running.end(within: 60).status))
    }
    #expect(try sweep(bench, "parts", space: Self.space, "--threads", "1").status == 0)
    #expect(try bench.text("parts/sweep.csv") == table)
    #expect(
      try bench.text("parts/config.yaml").replacing("/parts/", with: "/whole/") == bench.text("whole/config.yaml"))
    // More trials are added to those that there are.
    #expect(try sweep(bench, "parts", space: Self.space, "--threads", "1", "--trials", "16").status == 0)
    #expect(try bench.text("parts/sweep.csv").hasPrefix(table))
    #expect(try bench.table("parts/sweep.csv").count == 16)
  }

  @Test func `shows trials that fail, and those whose values do not go together`() throws {
    let bench = try Bench()
    let space = """
      base: {model: {d_model: 8, num_layers: 1, d_ffn: 16}, training: {epochs: 1, warmup_epochs: 0, batch_size: 6}}
      space:
        model.num_heads: {choice: [2, 3]}
        training.learning_rate: {choice: [1.0e-3, 1.0e+30]}
      trials: 12
      """
    let result = try sweep(bench, "out", space: space)
    #expect(result.status == 0)
    for row in try bench.table("out/sweep.csv") {
      let status =
        row["model.num_heads"] == "3" ? "invalid" : row["training.learning_rate"] == "0.001" ? "finished" : "failed"
      #expect(row["status"] == status)
    }
    #expect(
      result.output.contains("cannot be shared among 3 heads") && result.output.contains("is not a finite number"))
  }

  @Test func `in which nothing comes to its end has no best`() throws {
    let bench = try Bench()
    let space = """
      base: {model: {d_model: 8, num_heads: 2, num_layers: 1}, training: {epochs: 1, warmup_epochs: 0, batch_size: 6}}
      space: {training.learning_rate: {choice: [1.0e+30]}}
      trials: 2
      """
    let result = try sweep(bench, "out", space: space)
    #expect(result.status == 1 && result.errorLines.count == 1 && result.error.contains("no trial has come to its end"))
  }

  @Test func `searches over families, and drops what one has no use for`() throws {
    let bench = try Bench()
    let space = """
      base: {model: {d_model: 8, num_heads: 2, num_layers: 1}, training: {epochs: 1, batch_size: 32}}
      space:
        model.d_ffn: {choice: [8, 16]}
        model.kind: {choice: [grf, mult]}
        data.order: {choice: [[text, audio], [audio, vision, text]]}
      trials: 8
      """
    let result = try sweep(bench, "out", space: space)
    #expect(result.status == 0, "\(result.output)")
    let table = try bench.table("out/sweep.csv")
    #expect(table.allSatisfy { $0["status"] == "finished" })
    #expect(Set(table.compactMap { $0["model.kind"] }) == ["grf", "mult"])
    // What the base says holds for every family, also where it is what GRF has anyway.
    for row in table {
      let number = try #require(row["trial"].flatMap(Int.init))
      #expect(try bench.text("out/runs/\(Sweep.name(number))/config.yaml").contains("batch_size: 32"))
    }
    #expect(Set(table.compactMap { $0["data.order"] }) == ["text+audio", "audio+vision+text"])
  }

  @Test func `says in one line what cannot be`() throws {
    let bench = try Bench()
    let wrong = try sweep(bench, "out", space: "space: {model.dropou: {uniform: [0, 0.5]}}")
    #expect(
      wrong.status == 64 && wrong.errorLines.count == 1 && wrong.error.contains("did you mean \"model.dropout\"?"))
    #expect(try sweep(bench, "out", space: Self.space, "--trials", "0").status == 64)
    let missing = try Program.grfTrain.run(["sweep", "--shards", bench.shards, "--config", bench.file("none.yaml")])
    #expect(missing.status == 1 && missing.errorLines.count == 1)
    #expect(!bench.exists("out"))
  }
}
