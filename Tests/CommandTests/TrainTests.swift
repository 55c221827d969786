import Foundation
import TestSupport
import Testing

@Suite struct `grf-train` {
  @Test func `prints what it trains, a line an epoch, and every metric`() throws {
    let dataset = try Example.dataset()
    let folder = try TemporaryFolder()
    let result = try Program.train.run(
      ["--shards", dataset, "--out", folder.file("run"), "--threads", "1"] + TrainExample.small + ["--epochs", "1"])
    #expect(result.status == 0 && result.errors.isEmpty)
    try expectSnapshot("train", result.output.normalizedTraining((folder.file("run"), "RUN")))
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: folder.file("run")).sorted() == [
        "best.safetensors", "config.yaml", "last.safetensors", "metrics.jsonl", "predictions-test.csv", "profile.json",
        "test.json",
      ])
  }

  @Test func `makes a new folder below runs where none is named`() throws {
    let dataset = try Example.dataset()
    let folder = try TemporaryFolder()
    for number in 1...2 {
      #expect(try Program.train.trainSmall("--shards", dataset, "--seed", "3", folder: folder.path).status == 0)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.file("runs")).count == number)
    }
    #expect(FileManager.default.fileExists(atPath: folder.file("runs/grf-text-vision-audio-seed3-2/test.json")))
  }

  @Test func `prints the end's figures as JSON`() throws {
    let folder = try TemporaryFolder()
    let result = try Program.train.trainSmall("--shards", try Example.dataset(), "--out", folder.file("run"), "--json")
    #expect(result.status == 0 && result.errors.isEmpty)
    let json = try result.json()
    #expect(json["run"] as? String == folder.file("run") && json["epochs"] as? Int == 2)
    #expect(json["stopped_early"] as? Bool == false && (1...2).contains(json["best_epoch"] as? Int ?? 0))
    for (split, samples) in [("valid", 29), ("test", 74)] {
      let figures = try #require(json[split] as? [String: Any])
      let baselines = try #require(figures["baselines"] as? [String: [String: Any]])
      #expect(figures["samples"] as? Int == samples && baselines.keys.sorted() == ["majority", "median"])
      for metrics in [figures] + baselines.values {
        for name in Self.metrics { #expect(metrics[name] is Double, "\(split) \(name)") }
      }
    }
    let test = try #require(
      try JSONSerialization.jsonObject(with: Data(contentsOf: URL(filePath: folder.file("run/test.json"))))
        as? [String: Any])
    #expect(test["mae"] as? Double == (json["test"] as? [String: Any])?["mae"] as? Double)
  }

  static let metrics = [
    "mae", "corr", "acc2_has0", "f1_macro_has0", "f1_weighted_has0", "acc2_non0", "f1_macro_non0", "f1_weighted_non0",
    "acc5", "acc7", "f1_macro_7",
  ]

  @Test(arguments: [["text,audio,vision"], ["text", "audio", "vision"], ["text", ",audio,", "vision"]])
  func `takes an order parted by commas or spaces`(words: [String]) throws {
    let folder = try TemporaryFolder()
    let result = try Program.train.run(
      ["--order"] + words + ["--shards", try Example.dataset(), "--out", folder.file("run")] + TrainExample.small)
    #expect(result.status == 0 && result.output.contains("grf over text, audio, vision"))
  }

  @Test func `takes a run's configuration, and options before it`() throws {
    let folder = try TemporaryFolder()
    let run = try TrainExample.run()
    let config = try String(contentsOfFile: run + "/config.yaml", encoding: .utf8)
    let result = try Program.train(
      "train", "--config", run + "/config.yaml", "--out", folder.file("again"), "--batch-size", "16", "--epochs", "1")
    #expect(result.status == 0 && result.output.contains("15 an epoch, 1 epoch at most"))
    let found = try String(contentsOfFile: folder.file("again/config.yaml"), encoding: .utf8)
    #expect(found != config)
    #expect(
      found.replacing("batch_size: 16", with: "batch_size: 32").replacing("epochs: 1\n", with: "epochs: 2\n") == config)
  }

  @Test func `names the keys of a published file that mean nothing here`() throws {
    let folder = try TemporaryFolder()
    let yaml = "device: cuda\norder: [audio, text]\nnum_classes: 7\ntraining: {epochs: 1}\ndata: {gdrive_id: x}\n"
    try Data(yaml.utf8).write(to: URL(filePath: folder.file("published.yaml")))
    let result = try Program.train(
      "--shards", try Example.dataset(), "--config", folder.file("published.yaml"), "--set", "model.d_model=8", "--out",
      folder.file("run"))
    #expect(result.status == 0)
    #expect(result.errors == "note: \(folder.file("published.yaml")): device, data.gdrive_id mean nothing here\n")
    #expect(result.output.contains("grf over audio, text") && result.output.contains("rounded to whole numbers"))
  }

  @Test func `begins with given weights`() throws {
    let folder = try TemporaryFolder()
    let arguments = [
      "--shards", try Example.dataset(), "--init", try TrainExample.checkpoint(), "--out", folder.file("run"), "--json",
    ]
    let result = try Program.train.run(arguments + TrainExample.small)
    #expect(result.status == 0 && result.errors.isEmpty)
  }

  @Test func `works with names that have spaces, and without a home`() throws {
    let folder = try TemporaryFolder()
    try Example.copy(to: folder.file("my data"))
    let result = try Program.train.run(
      ["--shards", "my data", "--out", "my run/no 1"] + TrainExample.small, folder: folder.path, environment: [:])
    #expect(result.status == 0 && result.errors.isEmpty)
    let evaluated = try Program.train.run(
      ["evaluate", "--shards", "my data", "--checkpoint", "my run/no 1/best.safetensors"], folder: folder.path,
      environment: [:])
    #expect(evaluated.status == 0 && evaluated.output.hasPrefix("my run/no 1/best.safetensors on 74 samples of test"))
  }

  @Test func `goes on where nobody reads what it prints`() throws {
    let folder = try TemporaryFolder()
    let program = try Program.train.path()
    let script = #""$0" --shards "$1" --out "$2" --epochs 6 --set model.d_model=8 2>"$2.err" | head -n 1; wait"#
    let ending = try TestSupport.Program.shell.run(
      ["-c", script, program, try Example.dataset(), folder.file("run")])
    #expect(ending.output.split(separator: "\n").count == 1)
    #expect(FileManager.default.fileExists(atPath: folder.file("run/test.json")))
    let errors = try String(contentsOfFile: folder.file("run.err"), encoding: .utf8)
    #expect(errors.hasPrefix("grf-train: error: standard output: cannot be written"))
  }
}

@Suite struct `A trained model` {
  @Test func `is evaluated`() throws {
    let (dataset, checkpoint) = (try Example.dataset(), try TrainExample.checkpoint())
    let result = try Program.train("evaluate", "--shards", dataset, "--checkpoint", checkpoint)
    #expect(result.status == 0 && result.errors.isEmpty)
    try expectSnapshot("evaluate", result.output.normalizedTraining((checkpoint, "CHECKPOINT")))
  }

  @Test func `is evaluated as JSON on any split`() throws {
    let (dataset, checkpoint) = (try Example.dataset(), try TrainExample.checkpoint())
    for (split, samples) in [("train", 237), ("valid", 29), ("test", 74)] {
      let result = try Program.train(
        "evaluate", "--shards", dataset, "--checkpoint", checkpoint, "--split", split, "--json", "--threads", "2")
      let json = try result.json()
      #expect(result.status == 0 && result.errors.isEmpty && json["samples"] as? Int == samples)
      for name in `grf-train`.metrics { #expect(json[name] is Double) }
      #expect((json["baselines"] as? [String: [String: Any]])?["median"]?["corr"] as? Double == 0)
    }
  }

  /// As `safetensors.torch.save_file` would write the weights: no metadata, names sorted.
  private static func withoutMetadata(_ path: String, to other: String) throws {
    let bytes = try Data(contentsOf: URL(filePath: path))
    let length = (0..<8).reduce(0) { $0 | Int(bytes[$1]) << (8 * $1) }
    var header = try #require(try JSONSerialization.jsonObject(with: bytes[8..<8 + length]) as? [String: Any])
    header["__metadata__"] = nil
    let text = try JSONSerialization.data(withJSONObject: header, options: .sortedKeys)
    let prefix = Data((0..<8).map { UInt8(truncatingIfNeeded: text.count >> (8 * $0)) })
    try (prefix + text + bytes[(8 + length)...]).write(to: URL(filePath: other))
  }

  @Test func `may come from another program`() throws {
    let folder = try TemporaryFolder()
    let file = folder.file("torch.safetensors")
    try Self.withoutMetadata(TrainExample.checkpoint(), to: file)
    let dataset = try Example.dataset()
    let known = try Program.train("evaluate", "--shards", dataset, "--checkpoint", try TrainExample.checkpoint())
    let options = ["evaluate", "--shards", dataset, "--checkpoint", file, "--set", "model.num_heads=2"]
    for order in [[], ["--order", "text,vision,audio"], ["--order", "audio,text,vision"]] {
      let result = try Program.train.run(options + order)
      #expect(result.status == 0)
      #expect(result.errors.hasPrefix("note: \(file) says nothing of heads and order: taking 2 heads, order "))
      // The order decides what the weights mean.
      #expect((result.lines.dropFirst() == known.lines.dropFirst()) == (order.last != "audio,text,vision"))
    }
  }

  @Test func `predicts`() throws {
    let folder = try TemporaryFolder()
    let run = try TrainExample.run()
    let result = try Program.train(
      "predict", "--shards", try Example.dataset(), "--checkpoint", run + "/best.safetensors", "--output",
      folder.file("p.csv"))
    #expect(result.status == 0 && result.output == "\(folder.file("p.csv")): 74 predictions\n")
    #expect(
      FileManager.default.contentsEqual(atPath: folder.file("p.csv"), andPath: run + "/predictions-test.csv"))
  }

  @Test func `embeds`() throws {
    let folder = try TemporaryFolder()
    let arguments = [
      "embed", "--shards", try Example.dataset(), "--checkpoint", try TrainExample.checkpoint(), "--output",
    ]
    let path = folder.file("an embedding")
    let result = try Program.train.run(arguments + [path])
    #expect(result.status == 0 && result.errors.isEmpty)
    #expect(result.output.wholeMatch(of: /.*an embedding: 74 samples, 24 tensors, [0-9.]+ KiB\n/) != nil)
    let smaller = try Program.train.run(arguments + [folder.file("b"), "--no-attention"])
    #expect(smaller.output.contains("74 samples, 15 tensors"))
    // Two at once are each whole.
    let program = TestSupport.Program(path: try Program.train.path())
    let first = try program.start(arguments + [folder.file("c")])
    let second = try program.start(arguments + [folder.file("c")])
    let statuses = [try first.end(within: 120).status, try second.end(within: 120).status]
    #expect(statuses == [0, 0])
    #expect(FileManager.default.contentsEqual(atPath: folder.file("c"), andPath: path))
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == ["an embedding", "b", "c"])
  }

  @Test func `predicts for samples without labels`() throws {
    let folder = try TemporaryFolder()
    let options = ["--labels", "none", "--like", try Example.dataset(), "--quiet"]
    #expect(try Program.data.run(["convert", Example.input, folder.file("out")] + options).status == 0)
    let result = try Program.train(
      "predict", "--shards", folder.file("out"), "--checkpoint", try TrainExample.checkpoint(), "--output",
      folder.file("p.csv"))
    #expect(result.status == 0 && result.errors.isEmpty)
    let rows = try String(contentsOfFile: folder.file("p.csv"), encoding: .utf8).split(separator: "\n")
    #expect(rows[0] == "id,label,prediction" && rows.count > 20)
    for row in rows.dropFirst() {
      let cells = row.split(separator: ",", omittingEmptySubsequences: false)
      #expect(cells.count == 3 && cells[1].isEmpty && Double(cells[2])?.isFinite == true)
    }
    let evaluated = try Program.train(
      "evaluate", "--shards", folder.file("out"), "--checkpoint", try TrainExample.checkpoint())
    #expect(evaluated.status == 1 && evaluated.errors.contains("have no labels"))
  }

  @Test func `trains MulT, and uses its checkpoint like any other`() throws {
    let dataset = try Example.dataset()
    let folder = try TemporaryFolder()
    let arguments = [
      "--shards", dataset, "--model", "mult", "--set", "model.d_model=10", "--set", "model.num_layers=1", "--epochs",
      "1",
    ]
    let whole = try Program.train.run(arguments + ["--out", folder.file("run"), "--json"])
    #expect(whole.status == 0 && whole.errors.isEmpty)
    let test = try #require(try whole.json()["test"] as? [String: Any])
    let config = try String(contentsOfFile: folder.file("run/config.yaml"), encoding: .utf8)
    #expect(config.contains("kind: mult") && config.contains("patience: null") && !config.contains("d_ffn"))
    let checkpoint = folder.file("run/best.safetensors")
    let evaluated = try Program.train("evaluate", "--shards", dataset, "--checkpoint", checkpoint, "--json").json()
    #expect(evaluated["mae"] as? Double == test["mae"] as? Double && evaluated["mae"] is Double)
    let table = folder.file("predictions.csv")
    _ = try Program.train("predict", "--shards", dataset, "--checkpoint", checkpoint, "--output", table)
    #expect(
      try String(contentsOfFile: table, encoding: .utf8)
        == String(contentsOfFile: folder.file("run/predictions-test.csv"), encoding: .utf8))
    // Repeated from its folder.
    let again = try Program.train(
      "--config", folder.file("run/config.yaml"), "--out", folder.file("again"), "--threads", "1", "--json")
    #expect(try again.json()["test"] as? NSDictionary == test as NSDictionary)
    try expectSnapshot("profile-mult", Program.train("profile", "--shards", dataset, "--model", "mult").output)
  }

  @Test func `is profiled`() throws {
    let dataset = try Example.dataset()
    let result = try Program.train("profile", "--shards", dataset)
    #expect(result.status == 0 && result.errors.isEmpty)
    try expectSnapshot("profile", result.output)
    let json = try Program.train("profile", "--shards", dataset, "--preset", "grf-4m", "--split", "test", "--json")
      .json()
    let modules = try #require(json["modules"] as? [[String: Any]])
    let parameters = modules.compactMap { $0["parameters"] as? Int }
    #expect(parameters.count == modules.count && parameters.reduce(0, +) == json["parameters"] as? Int)
    #expect(json["split"] as? String == "test" && json["samples"] as? Int == 74)
    #expect((json["flops"] as? Double ?? 0) > 1e6)
    #expect((json["flops_padded"] as? Double ?? 0) > (json["flops"] as? Double ?? .infinity))
  }
}
