import Foundation
import TestDatasets
import TestSupport
import Testing

@testable import Experiments

@Suite struct `grf-train ablate` {
  static let impossible: [([String], Int32)] = [
    (["--components", "ful"], 64), (["--seeds", "x"], 64), (["--classes", "3"], 64), (["--orders", "text"], 64),
    (["--preset", "grp"], 64), (["--preset", "mult"], 64), (["--threads", "0"], 64), (["--set", "model.d_mode=1"], 64),
    (["--set", "model.d_model=7"], 64), (["--set", "model.d_model=128"], 64), (["--config", "/nowhere.yaml"], 1),
    (["--label", "joy"], 64),
  ]

  @Test func `leaves a folder a run, and a table of means and deviations`() throws {
    let bench = try Bench(in: "a b,\nü")
    let result = try bench.ablate("out, of\nhere", "--components", "full,single-text,mult", "--seeds", "0,3")
    #expect(result.status == 0 && result.error.isEmpty, "\(result.error)")
    let table = try bench.table("out, of\nhere/ablation.csv")
    #expect(table.map { $0["setting"] } == ["full", "single-text", "mult"])
    #expect(table.map { $0["model"] } == ["grf", "grf", "mult"])
    #expect(table.map { $0["component"] } == ["full", "single", ""])
    #expect(table.map { $0["order"] } == ["text+vision+audio", "text", "text+vision+audio"])
    #expect(table.allSatisfy { $0["seeds"] == "2" && $0["classes"] == "2" && $0["masks"] == "true" })
    // Computed once more, from the runs' own files.
    for (row, stem) in zip(table, ["full-text-vision-audio-c2", "single-text-c2", "mult-text-vision-audio-c2"]) {
      let runs = ["0", "3"].map { "out, of\nhere/runs/\(stem)-seed\($0)" }
      let profile = try bench.json(runs[0] + "/profile.json")
      #expect(row["parameters"] == "\(try #require(profile["parameters"] as? Int))")
      for metric in ["mae", "corr", "acc7"] {
        let values = try runs.map { try #require(bench.json($0 + "/test.json")[metric] as? Double) }
        let mean = (values[0] + values[1]) / 2
        // Of two values the sample deviation is their distance over the root of 2.
        let deviation = abs(values[0] - values[1]) / 2.0.squareRoot()
        #expect(abs(try #require(row["\(metric)_mean"].flatMap(Double.init)) - mean) < 1e-12)
        #expect(abs(try #require(row["\(metric)_std"].flatMap(Double.init)) - deviation) < 1e-12)
      }
    }
    #expect(result.output.contains("single-text") && result.output.contains("±"))
    #expect(!bench.exists("out, of\nhere/.owner"))
  }

  @Test func `has no deviation of one seed`() throws {
    let bench = try Bench()
    #expect(try bench.ablate("out", "--components", "one-way", "--seeds", "5,").status == 0)
    let row = try #require(try bench.table("out/ablation.csv").first)
    #expect(row["seeds"] == "1" && row["mae_std"] == "" && row["seconds_std"] == "" && row["mae_mean"] != "")
  }

  @Test func `gives the same figures on any number of threads`() throws {
    let bench = try Bench()
    for threads in ["1", "3"] {
      #expect(
        try bench.ablate(threads, "--components", "full,one-way", "--seeds", "2", "--threads", threads).status == 0)
    }
    #expect(try bench.timeless("1/ablation.csv") == bench.timeless("3/ablation.csv"))
  }

  @Test func `leaves alone what is done, and runs what is new`() throws {
    let bench = try Bench()
    #expect(try bench.ablate("out", "--components", "full", "--seeds", "1").status == 0)
    let before = try bench.text("out/ablation.csv")
    let run = "out/runs/full-text-vision-audio-c2-seed0"
    let date = try FileManager.default.attributesOfItem(atPath: bench.file(run + "/last.safetensors"))[
      .modificationDate]
    #expect(try bench.ablate("out", "--components", "full", "--seeds", "1").status == 0)
    #expect(try bench.text("out/ablation.csv") == before)
    #expect(try bench.ablate("out", "--components", "full,no-cross", "--seeds", "2").status == 0)
    let after = try FileManager.default.attributesOfItem(atPath: bench.file(run + "/last.safetensors"))[
      .modificationDate]
    #expect(date as? Date == after as? Date)
    #expect(try bench.table("out/ablation.csv").map { $0["seeds"] } == ["2", "2"])
  }

  @Test func `refuses a folder whose runs were begun otherwise`() throws {
    let bench = try Bench()
    #expect(try bench.ablate("out", "--components", "full", "--seeds", "1").status == 0)
    let result = try bench.ablate("out", "--components", "full", "--seeds", "1", "--epochs", "3")
    #expect(result.status == 1 && result.errorLines.count == 1)
    #expect(
      result.error.contains(
        "full-text-vision-audio-c2-seed0: a run is there that was begun with training.epochs 2, not 3"))
  }

  @Test func `refuses a folder whose runs saw other data`() throws {
    let bench = try Bench()
    let other = try Bench(.trainable(seed: 9))
    #expect(try bench.ablate("out", "--components", "full", "--seeds", "1").status == 0)
    let result = try Program.grfTrain.run(
      ["ablate", "--shards", other.shards, "--out", bench.file("out"), "--components", "full", "--seeds", "1"]
        + Bench.options)
    #expect(result.status == 1 && result.errorLines.count == 1 && result.error.contains("trained on other data"))
  }

  @Test func `goes on where a run was begun and never took a step`() throws {
    let bench = try Bench()
    #expect(try bench.ablate("out", "--components", "full", "--seeds", "1").status == 0)
    let run = "out/runs/full-text-vision-audio-c2-seed0"
    let table = try bench.timeless("out/ablation.csv")
    for name in ["last.safetensors", "best.safetensors", "metrics.jsonl", "test.json", "predictions-test.csv"] {
      try FileManager.default.removeItem(atPath: bench.file("\(run)/\(name)"))
    }
    try bench.write("half a fi", to: "\(run)/last.safetensors.partial")
    #expect(try bench.ablate("out", "--components", "full", "--seeds", "1").status == 0)
    #expect(try bench.timeless("out/ablation.csv") == table)
  }

  @Test(arguments: ["test.json", "profile.json", "metrics.jsonl", "config.yaml", "last.safetensors"])
  func `names a file of a finished run that is garbage`(name: String) throws {
    let bench = try Bench()
    #expect(try bench.ablate("out", "--components", "full", "--seeds", "1").status == 0)
    try bench.write("[garbage", to: "out/runs/full-text-vision-audio-c2-seed0/\(name)")
    let result = try bench.ablate("out", "--components", "full", "--seeds", "1")
    #expect(result.status == 1 || result.status == 64)
    #expect(result.errorLines.count == 1 && result.error.contains("seed0/\(name)"), "\(result.error)")
  }

  @Test func `goes on beside a run that fails, and says what it said`() throws {
    let bench = try Bench()
    // A rate that makes the second step's numbers infinite.
    let result = try bench.ablate(
      "out", "--components", "full,mult", "--seeds", "1", "--set", "training.learning_rate=1e30", "--set",
      "training.warmup_epochs=0")
    #expect(result.status == 1)
    #expect(result.output.contains("failed") && result.output.contains("is not a finite number"), "\(result.output)")
    let table = try bench.table("out/ablation.csv")
    #expect(
      table.map { $0["setting"] } == ["full", "mult"] && table.allSatisfy { $0["seeds"] == "0" && $0["mae_mean"] == "" }
    )
  }

  @Test func `prints JSON`() throws {
    let bench = try Bench()
    let result = try bench.ablate("out", "--components", "full", "--seeds", "2", "--json")
    #expect(result.status == 0 && result.error.isEmpty)
    let rows = try #require(try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [[String: Any]])
    #expect(rows.count == 1 && rows[0]["seeds"] as? Int == 2)
    #expect(((rows[0]["test"] as? [String: Any])?["mae"] as? [String: Any])?["std"] is Double)
  }

  @Test(arguments: Self.impossible)
  func `says in one line what cannot be`(arguments: [String], status: Int32) throws {
    let bench = try Bench()
    let result = try Program.grfTrain.run(["ablate", "--shards", bench.shards, "--out", bench.file("out")] + arguments)
    #expect(result.status == status && result.errorLines.count == 1 && result.output.isEmpty, "\(result.error)")
    #expect(!bench.exists("out/runs"))
  }

  @Test func `says that there is no dataset`() throws {
    let bench = try Bench()
    let result = try Program.grfTrain.run(["ablate", "--shards", bench.file("none"), "--out", bench.file("out")])
    #expect(result.status == 1 && result.errorLines.count == 1 && !bench.exists("out"))
  }
}

@Suite(.serialized) struct `An ablation that is stopped` {
  /// Long enough to be stopped within.
  private static let long = [
    "--components", "full,one-way", "--seeds", "2", "--set", "training.patience=null", "--epochs", "150", "--threads",
    "2",
  ]

  private func arguments(_ bench: Bench, _ out: String) -> [String] {
    ["ablate", "--shards", bench.shards, "--out", bench.file(out)] + Bench.options + Self.long
  }

  @Test(arguments: [SIGTERM, SIGINT]) func `saves, says how to go on, and comes to the same end`(signal: Int32) throws {
    let bench = try Bench()
    #expect(try Program.grfTrain.run(arguments(bench, "whole")).status == 0)
    let running = try Program.grfTrain.start(arguments(bench, "parts"))
    running.wait(1)
    running.send(signal)
    let stopped = try running.end(within: 60)
    if stopped.status == 130 {
      #expect(stopped.error.contains("the same command goes on") && stopped.errorLines.count == 1, "\(stopped.error)")
      #expect(!bench.exists("parts/.owner"))
    } else {
      // It was faster.
      #expect(stopped.status == 0)
    }
    #expect(try Program.grfTrain.run(arguments(bench, "parts")).status == 0)
    #expect(try bench.timeless("parts/ablation.csv") == bench.timeless("whole/ablation.csv"))
  }

  @Test func `by SIGKILL leaves no process behind, and comes to the same end`() throws {
    let bench = try Bench()
    #expect(try Program.grfTrain.run(arguments(bench, "whole")).status == 0)
    for moment in [0.1, 0.4, 0.9, 1.5] {
      let running = try Program.grfTrain.start(arguments(bench, "parts"))
      running.wait(moment)
      let children = running.children
      running.send(SIGKILL)
      _ = try running.end(within: 10)
      // The next one waits for those that are still saving.
      let again = try Program.grfTrain.start(arguments(bench, "parts"))
      again.wait(0.2)
      for child in children { #expect(kill(child, 0) != 0 || waitsToEnd(child)) }
      again.send(SIGKILL)
      _ = try again.end(within: 10)
    }
    let ending = try Program.grfTrain.run(arguments(bench, "parts"))
    #expect(ending.status == 0, "\(ending.error)\(ending.output)")
    #expect(try bench.timeless("parts/ablation.csv") == bench.timeless("whole/ablation.csv"))
    // What is there gives the same bytes again.
    let table = try bench.text("parts/ablation.csv")
    #expect(try Program.grfTrain.run(arguments(bench, "parts")).status == 0)
    #expect(try bench.text("parts/ablation.csv") == table)
  }

  /// A process that was asked to stop ends within a step.
  private func waitsToEnd(_ child: Int32) -> Bool {
    for _ in 0..<500 where kill(child, 0) == 0 { usleep(10_000) }
    return kill(child, 0) != 0
  }

  @Test func `holds its folder against another, and says who has it`() throws {
    let bench = try Bench()
    let running = try Program.grfTrain.start(arguments(bench, "out"))
    for _ in 0..<500 where !bench.exists("out/.owner") { usleep(10_000) }
    let second = try Program.grfTrain.run(arguments(bench, "out"))
    #expect(second.status == 1 && second.errorLines.count == 1, "\(second.error)")
    #expect(second.error.contains("process ") && second.error.contains("works there"), "\(second.error)")
    running.send(SIGTERM)
    #expect([130, 0].contains(try running.end(within: 60).status))
  }
}
