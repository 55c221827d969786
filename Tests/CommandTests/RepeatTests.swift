import Foundation
import TestSupport
import Testing

@Suite struct `A run of grf-train` {
  @Test(arguments: [["--model", "grf"], ["--model", "mult"]])
  func `is repeated from its configuration to the bit`(model: [String]) throws {
    let folder = try TemporaryFolder()
    let first = try Program.train.run(
      ["--shards", try Example.dataset(), "--out", folder.file("first"), "--seed", "5", "--threads", "2"] + model
        + (model[1] == "grf" ? TrainExample.small : ["--epochs", "1", "--set", "model.num_layers=1"]))
    #expect(first.status == 0, "\(first.errors)")
    let second = try Program.train.run(
      ["--config", folder.file("first/config.yaml"), "--out", folder.file("second"), "--threads", "1"])
    #expect(second.status == 0, "\(second.errors)")
    for name in ["best.safetensors", "last.safetensors", "test.json", "predictions-test.csv", "profile.json"] {
      let files = try ["first", "second"].map { try Data(contentsOf: URL(filePath: folder.file("\($0)/\(name)"))) }
      #expect(files[0] == files[1], "\(name)")
    }
  }

  @Test func `that began with given weights is repeated with them`() throws {
    let folder = try TemporaryFolder()
    let first = try Program.train.run(
      [
        "--shards", try Example.dataset(), "--init", try TrainExample.checkpoint(), "--out", folder.file("first"),
        "--threads", "1",
      ] + TrainExample.small)
    #expect(first.status == 0, "\(first.errors)")
    #expect(
      try Program.train("--config", folder.file("first/config.yaml"), "--out", folder.file("second")).status == 0)
    #expect(
      try Program.train(
        "--config", folder.file("first/config.yaml"), "--set", "training.init=null", "--out", folder.file("third")
      )
      .status == 0)
    let files = try ["first", "second", "third"].map {
      try Data(contentsOf: URL(filePath: folder.file("\($0)/best.safetensors")))
    }
    #expect(files[0] == files[1] && files[0] != files[2])
  }

  @Test func `is shown before it is begun, without a dataset`() throws {
    let folder = try TemporaryFolder()
    let arguments = ["--order", "audio,text", "--set", "model.dropout=0.3", "--seed", "2", "--num-classes", "7"]
    let printed = try Program.train.run(["--print-config"] + arguments, folder: folder.path)
    #expect(printed.status == 0 && printed.errors.isEmpty)
    try expectSnapshot("train-print-config", printed.output)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
    // It reads back to the same.
    try Data(printed.output.utf8).write(to: URL(filePath: folder.file("c.yaml")))
    #expect(try Program.train("--print-config", "--config", folder.file("c.yaml")).output == printed.output)
  }

  @Test(arguments: [
    (["--print-config", "--set", "model.d_model=7"], "is odd"),
    (["--print-config", "--preset", "grp"], "no such preset"),
    (["--print-config", "--resume", "runs/x"], "--print-config cannot stand beside --resume"),
  ])
  func `that cannot be is not shown`(arguments: [String], message: String) throws {
    let result = try Program.train.run(arguments)
    #expect(result.status == 64 && result.output.isEmpty && result.errorLines.count == 1)
    #expect(result.errors.contains(message), "\(result.errors)")
  }
}

@Suite struct `grf-train presets` {
  @Test func `lists them, and shows each as a configuration that reads back the same`() throws {
    let folder = try TemporaryFolder()
    let list = try Program.train("presets")
    #expect(list.status == 0)
    try expectSnapshot("train-presets", list.output)
    for name in ["grf", "grf-4m", "mult"] {
      let shown = try Program.train("presets", name)
      #expect(shown.status == 0 && shown.errors.isEmpty)
      #expect(try Program.train("--print-config", "--preset", name).output == shown.output)
      try Data(shown.output.utf8).write(to: URL(filePath: folder.file("c.yaml")))
      #expect(try Program.train("--print-config", "--config", folder.file("c.yaml")).output == shown.output)
      let json = try Program.train("presets", name, "--json").json()
      #expect((json["model"] as? [String: Any])?["kind"] as? String == (name == "mult" ? "mult" : "grf"))
    }
    #expect(try Program.train("presets", "--json").output.contains("\"grf-4m\""))
  }

  @Test func `knows no others`() throws {
    let result = try Program.train("presets", "grf-5m")
    #expect(result.status == 64 && result.errorLines.count == 1 && result.errors.contains("did you mean"))
  }
}
