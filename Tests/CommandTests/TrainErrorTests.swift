import Foundation
import TestDatasets
import TestSupport
import Testing

@Suite struct `An error of grf-train` {
  struct Case: CustomTestStringConvertible, Sendable {
    let arguments: [String]
    let status: Int32
    let fragments: [String]

    init(_ arguments: String..., status: Int32, _ fragments: String...) {
      (self.arguments, self.status, self.fragments) = (arguments, status, fragments)
    }

    var testDescription: String { arguments.joined(separator: " ") }
  }

  /// `DATA` is the dataset, `RUN` a finished run, `BEST` its checkpoint, `OUT` a new folder's name.
  static let requests = [
    Case("--shard", "DATA", status: 64, "--shard", "see grf-train --help"),
    Case(status: 64, "no dataset is named", "--shards"),
    Case("tarin", "--shards", "DATA", status: 64, #"did you mean "train"?"#),
    Case("--shards", "DATA", "--order", "text", status: 64, "two or more different modalities"),
    Case("--shards", "DATA", "--order", "text,text", status: 64, "different modalities"),
    Case("--shards", "DATA", "--order", "text,adio", status: 64, "DATA", #"did you mean "audio"?"#),
    Case("--shards", "DATA", "--order", "text,words", status: 64, "words", "tokens", "text, audio, vision"),
    Case("--shards", "DATA", "--preset", "grf-4M", status: 64, "--preset grf-4M", #"did you mean "grf-4m"?"#),
    Case("--shards", "DATA", "--model", "mulT", status: 64, #"did you mean "mult"?"#),
    Case(
      "--shards", "DATA", "--model", "mult", "--set", "model.d_ffn=3", status: 64, "means nothing with model.kind mult"),
    Case("--shards", "DATA", "--set", "model.component=single", status: 64, "name it, as in --order text"),
    Case("--shards", "DATA", "--set", "model.dmodel=3", status: 64, #"did you mean "model.d_model"?"#),
    Case("--shards", "DATA", "--set", "model.d_model", status: 64, "NAME=VALUE"),
    Case("--shards", "DATA", "--set", "model.d_model=7", status: 64, "odd, and grf needs an even one"),
    Case("--shards", "DATA", "--set", "model.num_heads=3", status: 64, "cannot be shared among 3 heads"),
    Case("--shards", "DATA", "--num-classes", "3", status: 64, "--num-classes", "2 or 7"),
    Case("--shards", "DATA", "--label", "sentimant", status: 64, #"did you mean "sentiment"?"#),
    Case("--shards", "DATA", "--epochs", "0", status: 64, "--epochs", "from 1"),
    Case("--shards", "DATA", "--batch-size", "many", status: 64, "--batch-size"),
    Case("--shards", "DATA", "--seed=-1", status: 64, "--seed", "from 0"),
    Case("--shards", "DATA", "--threads", "0", status: 64, "--threads", "from 1 to 1024"),
    Case("--shards", "DATA", "--threads", "some", status: 64, "--threads", "all, or a whole number"),
    Case("--resume", "RUN", "--epochs", "3", status: 64, "--epochs cannot stand beside --resume"),
    Case("--resume", "RUN", "--out", "OUT", status: 64, "--out cannot stand beside --resume"),
    Case("evaluate", "--shards", "DATA", status: 64, "--checkpoint", "see grf-train evaluate --help"),
    Case(
      "evaluate", "--shards", "DATA", "--checkpoint", "BEST", "--split", "tset", status: 64, #"did you mean "test"?"#),
    Case("predict", "--shards", "DATA", "--checkpoint", "BEST", status: 64, "--output"),
    Case("embed", "--shards", "DATA", "--checkpoint", "BEST", status: 64, "--output"),
    Case(
      "embed", "--shards", "DATA", "--checkpoint", "BEST", "--output", "OUT", "--split", "tset", status: 64,
      #"did you mean "test"?"#),
    Case("--shards", "DATA", "--set", "data.masks=no way", status: 64, "data.masks wants true or false"),
    Case("profile", status: 64, "--shards", "see grf-train profile --help"),
    Case("profile", "--shards", "DATA", "--order", "a,b", status: 64, #"no modality "a""#),
  ]

  static let data = [
    Case("--shards", "missing", status: 1, "missing", "check the path"),
    Case("--shards", "fixtures", status: 1, "fixtures", "not a dataset"),
    Case("--shards", "DATA", "--config", "missing.yaml", status: 1, "missing.yaml", "check the path"),
    Case("--shards", "DATA", "--init", "missing", "--out", "OUT", status: 1, "missing", "check the path"),
    Case(
      "--shards", "DATA", "--init", "BEST", "--out", "OUT", status: 1, "BEST", "misshapen",
      "[8, 24] instead of [64, 24]"),
    Case("--shards", "DATA", "--init", "Package.swift", "--out", "OUT", status: 1, "not a usable safetensors file"),
    Case("--shards", "DATA", "--out", "RUN", status: 1, "there is a run already", "--resume RUN"),
    Case("--shards", "DATA", "--out", "DATA", status: 1, "holds other files"),
    Case("--resume", "missing", status: 1, "no run is there"),
    Case("--resume", "DATA", status: 1, "no run is there"),
    Case("evaluate", "--shards", "DATA", "--checkpoint", "missing", status: 1, "missing", "check the path"),
    Case("evaluate", "--shards", "missing", "--checkpoint", "BEST", status: 1, "missing", "check the path"),
    Case("predict", "--shards", "DATA", "--checkpoint", "BEST", "--output", "OUT/p.csv", status: 1, "OUT/p.csv"),
    Case(
      "embed", "--shards", "DATA", "--checkpoint", "BEST", "--output", "OUT/e", status: 1, "OUT/e", "check the path"),
    Case("embed", "--shards", "DATA", "--checkpoint", "BEST", "--output", "RUN", status: 1, "RUN", "this is a folder"),
    Case("embed", "--shards", "DATA", "--checkpoint", "BEST", "--output", "BEST", status: 1, "this is the checkpoint"),
    Case("embed", "--shards", "DATA", "--checkpoint", "missing", "--output", "OUT", status: 1, "missing"),
    Case(
      "embed", "--shards", "DATA", "--checkpoint", "Package.swift", "--output", "OUT", status: 1, "Package.swift",
      "not a usable safetensors file"),
  ]

  @Test(arguments: requests + data) func `is one line and a status`(error: Case) throws {
    let folder = try TemporaryFolder()
    let names = [
      ("DATA", try Example.dataset()), ("RUN", try TrainExample.run()), ("BEST", try TrainExample.checkpoint()),
      ("OUT", folder.file("out")),
    ]
    func placed(_ text: String) -> String {
      names.reduce(text) { $0.replacingOccurrences(of: $1.0, with: $1.1) }
    }
    let result = try Program.train.run(error.arguments.map(placed))
    try Self.expect(result, status: error.status, error.fragments.map(placed))
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
  }

  private static func expect(
    _ result: Program.Result, status: Int32, _ fragments: [String], sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    #expect(result.status == status && result.output.isEmpty, sourceLocation: sourceLocation)
    #expect(result.errorLines.count == 1, sourceLocation: sourceLocation)
    #expect(result.errors.hasPrefix("grf-train: error: "), sourceLocation: sourceLocation)
    for fragment in fragments {
      #expect(result.errors.contains(fragment), "\(result.errors)", sourceLocation: sourceLocation)
    }
  }

  /// The fixture, converted with these options.
  private static func convert(_ folder: String, _ options: String...) throws -> String {
    let result = try Program.data.run(["convert", Example.input, folder, "--quiet"] + options)
    guard result.status == 0 else { throw Program.Missing(what: result.errors) }
    return folder
  }

  @Test func `tells what a dataset lacks`() throws {
    let folder = try TemporaryFolder()
    let unlabelled = try Self.convert(folder.file("unlabelled"), "--labels", "none")
    try Self.expect(
      Program.train("--shards", unlabelled), status: 1, [unlabelled, "have no labels", "grf-data convert", "--labels"])
    let alone = try Self.convert(folder.file("alone"), "--modality", "text", "--modality", "words")
    try Self.expect(Program.train("--shards", alone), status: 1, [alone, "only text holds numbers", "convert more"])
    let unsplit = try Self.convert(folder.file("unsplit"), "--folds", "none")
    try Self.expect(Program.train("--shards", unsplit), status: 1, [unsplit, "no split train", "--folds"])
  }

  @Test func `names an empty split`() throws {
    let folder = try TemporaryFolder()
    var ragged = RaggedDataset.trainable()
    ragged.splits[1].samples = []
    try ragged.write(to: folder.path)
    try Self.expect(
      Program.train("--shards", folder.path), status: 1, [folder.path, "the split valid has no samples", "--folds"])
  }

  @Test func `names a label that is not a number`() throws {
    let folder = try TemporaryFolder()
    var ragged = RaggedDataset.trainable()
    ragged.splits[0].samples[3].labels = [.nan]
    try ragged.write(to: folder.path)
    try Self.expect(
      Program.train("--shards", folder.path), status: 1, [folder.path, "sentiment of sample train[3] in train is nan"])
  }

  @Test func `names an unknown key of a configuration`() throws {
    let folder = try TemporaryFolder()
    let file = folder.file("c.yaml")
    try Data("training:\n  epoch: 3\n".utf8).write(to: URL(filePath: file))
    try Self.expect(
      Program.train("--shards", try Example.dataset(), "--config", file), status: 64,
      [file, #"no setting "training.epoch" (did you mean "training.epochs"?)"#])
  }

  @Test(arguments: [10, 1000, 20_000]) func `names a checkpoint that was cut short`(length: Int) throws {
    let folder = try TemporaryFolder()
    let file = folder.file("cut.safetensors")
    try Data(contentsOf: URL(filePath: try TrainExample.checkpoint())).prefix(length).write(to: URL(filePath: file))
    try Self.expect(
      Program.train("evaluate", "--shards", try Example.dataset(), "--checkpoint", file), status: 1, [file])
  }

  @Test func `tells of other dimensions`() throws {
    let folder = try TemporaryFolder()
    let other = try Self.convert(folder.file("other"), "--select", "text=0-9")
    for arguments in [
      ["evaluate"], ["evaluate", "--force"], ["predict", "--output", folder.file("p.csv")],
      ["embed", "--output", folder.file("e")],
    ] {
      let result = try Program.train.run(
        arguments + ["--shards", other, "--checkpoint", try TrainExample.checkpoint()])
      try Self.expect(result, status: 1, ["trained on 24 dimensions of text", "has 10", "--like"])
    }
    let without = try Self.convert(folder.file("without"), "--modality", "text", "--modality", "audio")
    let result = try Program.train("evaluate", "--shards", without, "--checkpoint", try TrainExample.checkpoint())
    try Self.expect(result, status: 1, ["the modality vision, which \(without) lacks"])
  }

  @Test func `tells of another normalization, unless forced`() throws {
    let folder = try TemporaryFolder()
    let other = try Self.convert(folder.file("other"), "--normalize", "none")
    let arguments = ["evaluate", "--shards", other, "--checkpoint", try TrainExample.checkpoint()]
    try Self.expect(Program.train.run(arguments), status: 1, [other, "other statistics", "--like", "--force"])
    let forced = try Program.train.run(arguments + ["--force"])
    #expect(forced.status == 0 && forced.errors.isEmpty)
    let first = ["--shards", other, "--init", try TrainExample.checkpoint(), "--out", folder.file("run")]
    try Self.expect(
      Program.train.run(first + TrainExample.small), status: 1, [other, "other statistics", "--force"])
    #expect(try Program.train.run(first + TrainExample.small + ["--force"]).status == 0)
  }

  @Test func `is none where a finished run is resumed`() throws {
    let run = try TrainExample.run()
    let result = try Program.train("--resume", run)
    #expect(result.status == 0 && result.output.isEmpty)
    #expect(result.errors == "\(run): the training has come to its end already; test.json there holds its figures\n")
  }
}

@Suite struct `A training under way` {
  @Test(arguments: [SIGINT, SIGTERM]) func `has its folder for itself, and is stopped and resumed`(signal: Int32) throws
  {
    let folder = try TemporaryFolder()
    let run = folder.file("my run")
    let running = try TestSupport.Program(path: Program.train.path()).start(
      ["--shards", try Example.dataset(), "--out", run, "--set", "model.d_model=8", "--set", "training.patience=1000"]
        + ["--epochs", "1000"])
    while !FileManager.default.fileExists(atPath: run + "/last.safetensors") { running.wait(0.01) }
    for arguments in [["--resume", run], ["--shards", try Example.dataset(), "--out", run]] {
      let second = try Program.train.run(arguments)
      #expect(second.status == 1 && second.output.isEmpty && second.errorLines.count == 1)
      #expect(second.errors.hasPrefix("grf-train: error: \(run): another process trains there"))
    }
    running.send(signal)
    let ending = try running.end(within: 60)
    #expect(ending.status == 130)
    let hint = try #require(ending.errorLines.last)
    #expect(hint.hasPrefix("stopped after ") && hint.hasSuffix("go on with: grf-train --resume '\(run)'"))
    let resumed = try TestSupport.Program(path: Program.train.path()).run(
      ["--resume", run], signal: signal, after: 0.5)
    #expect(resumed.status == 130 && resumed.output.contains("  resumed  after "))
  }
}
