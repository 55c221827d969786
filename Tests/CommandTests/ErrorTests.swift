import Foundation
import TestSupport
import Testing

@Suite struct `An error` {
  struct Case: CustomTestStringConvertible, Sendable {
    let arguments: [String]
    let status: Int32
    let fragments: [String]

    init(_ arguments: String..., status: Int32, _ fragments: [String]) {
      (self.arguments, self.status, self.fragments) = (arguments, status, fragments)
    }

    var testDescription: String { arguments.joined(separator: " ") }
  }

  static let requests = [
    Case("convert", status: 64, ["convert INPUT... OUT", "see grf-data convert --help"]),
    Case("stats", status: 64, ["<dataset>", "see grf-data stats --help"]),
    Case("convret", status: 64, ["convret"]),
    Case("convert", "--normalise", "none", "a", "b", status: 64, ["--normalise", "Did you mean '--normalize'?"]),
    Case("convert", "--normalize", "zscoer", Example.input, "OUT", status: 64, [#"did you mean "zscore"?"#]),
    Case("convert", "--lag", "-1001", Example.input, "OUT", status: 64, ["--lag -1001", "from -1000 to 1000"]),
    Case("convert", "--lag", "text=late", Example.input, "OUT", status: 64, ["--lag late", "from -1000 to 1000"]),
    Case("convert", "--max-frames", "text=0", Example.input, "OUT", status: 64, ["--max-frames 0", "above 0"]),
    Case("convert", "--rate", "vision=fast", Example.input, "OUT", status: 64, ["--rate fast"]),
    Case("convert", "--dtype", "fp16", Example.input, "OUT", status: 64, ["--dtype fp16", #"did you mean "f16"?"#]),
    Case("convert", "--keep", "lats", Example.input, "OUT", status: 64, [#"did you mean "last"?"#]),
    Case("convert", "--times", "no", Example.input, "OUT", status: 64, ["--times no", "drop, keep"]),
    Case("convert", "--threads", "many", Example.input, "OUT", status: 64, ["--threads many", "1 to 1024"]),
    Case("convert", "--shard-bytes", "big", Example.input, "OUT", status: 64, ["--shard-bytes big", "256MiB"]),
    Case("convert", "--folds", "cmu-mosy", Example.input, "OUT", status: 64, [#"did you mean "cmu-mosi"?"#]),
    Case("convert", "--folds", "ratio:1,2", Example.input, "OUT", status: 64, ["ratio:0.7,0.1,0.2"]),
    Case("convert", "--clip", "audio=0", Example.input, "OUT", status: 64, ["--clip 0", "above 0"]),
    Case(
      "convert", "--clip", "5", "--normalize", "minmax", Example.input, "OUT", status: 64, ["minmax has no deviation"]),
    Case("convert", "--label-columns", "1", Example.input, "OUT", status: 64, ["there are 0 sentiment"]),
    Case("convert", "--preset", "mult", Example.input, "OUT", status: 64, ["mult-mosi, mult-mosei, aligned-50"]),
    Case("presets", "mult-mosy", status: 64, [#"did you mean "mult-mosi"?"#]),
    Case("convert", "--modality", "adio", Example.input, "OUT", status: 64, [#"did you mean "audio"?"#]),
    Case("convert", "--select", "audio=nof", Example.input, "OUT", status: 64, [#"no dimension is named "nof""#]),
    Case("convert", "--dtype", "adio=f16", Example.input, "OUT", status: 64, [#"no modality "adio""#]),
    Case("generate", "OUT", "--like", "tinny", status: 64, [#"did you mean "tiny"?"#]),
    Case("generate", "OUT", "--like", "tiny", "--seed", "x", status: 64, ["--seed"]),
    Case("show", "OUT", status: 64, ["<id>"]),
  ]

  static let data = [
    Case("convert", "missing.csd", "OUT", status: 1, ["missing.csd", "no such file", "check the path"]),
    Case("convert", "Package.swift", "OUT", status: 1, ["Package.swift", "not an HDF5 file"]),
    Case("convert", "Sources", "OUT", status: 1, ["Sources", "no .csd file"]),
    Case("info", "missing.csd", status: 1, ["missing.csd", "no such file"]),
    Case("stats", "OUT/missing", status: 1, ["OUT/missing", "check the path"]),
    Case("stats", "fixtures", status: 1, ["fixtures", "not a dataset"]),
    Case("verify", "fixtures", status: 1, ["fixtures", "not a dataset"]),
    Case("show", "fixtures", "a[0]", status: 1, ["not a dataset"]),
    Case("read-speed", "fixtures", status: 1, ["not a dataset"]),
    Case("convert", "--config", "missing.yaml", Example.input, "OUT", status: 1, ["missing.yaml"]),
  ]

  @Test(arguments: requests + data) func `is one line and a status`(error: Case) throws {
    let folder = try TemporaryFolder()
    func placed(_ text: String) -> String { text.replacingOccurrences(of: "OUT", with: folder.file("out")) }
    let result = try Program.data.run(error.arguments.map(placed))
    #expect(result.status == error.status)
    #expect(result.output.isEmpty)
    // Above it there may be lines of progress.
    let line = try #require(result.errorLines.last)
    #expect(result.errorLines.count { !$0.hasPrefix("[") } == 1)
    #expect(line.hasPrefix("grf-data: error: "))
    for fragment in error.fragments {
      #expect(line.contains(fragment == "convert INPUT... OUT" ? fragment : placed(fragment)))
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
  }

  @Test func `keeps a dataset that is in the way`() throws {
    let dataset = try Example.dataset()
    let result = try Program.data("convert", Example.input, dataset)
    #expect(result.status == 1 && result.errors.contains("--overwrite"))
    #expect(try Program.data("verify", dataset, "--quiet").status == 0)
  }

  @Test(.enabled(if: FileManager.default.fileExists(atPath: "/dev/full")))
  func `tells that the output was lost`() throws {
    let result = try Program.data.run(["stats", try Example.dataset()], output: "/dev/full")
    #expect(result.status == 1 && result.errorLines.count == 1)
    #expect(result.errors.contains("standard output"))
  }
}
