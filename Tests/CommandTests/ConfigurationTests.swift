import Foundation
import TestSupport
import Testing

@Suite struct `A configuration file` {
  /// Runs `convert --print-config` on a file of these lines.
  private func printed(_ yaml: String, _ arguments: String...) throws -> Program.Result {
    let folder = try TemporaryFolder()
    let file = folder.file("config.yaml")
    try Data(yaml.utf8).write(to: URL(filePath: file))
    return try Program.data.run(["convert", "--config", file, "--print-config"] + arguments)
  }

  private static func settings(_ result: Program.Result) -> [String] {
    result.lines.filter { !$0.isEmpty && !$0.hasPrefix("#") }
  }

  @Test(arguments: [
    "normalize: none", "normalize: [none, text=zscore]", "normalize: {text: none, audio: minmax}",
    "select: {audio: [0, 2, 5-7], text: 1}", "select: [0, 1, 2]", "select: vector 1", "modality: [text, audio]",
    "modality: {text: glove_vectors, \"a\": \"OpenSMILE utterance\"}", "labels: none",
    "labels: 'Opinion Segment Labels'",
    "folds: \"ratio:0.6,0.2,0.2\"", "drop-zero-frames: [text, audio]", "drop-zero-frames: text, audio",
    "rate: {vision: 15, audio: 12.5}", "max-frames: {audio: 375}\nkeep: last", "nonfinite: mask", "dtype: {text: f16}",
    "lag: {text: 1, words: 1}", "lag: -1", "normalize: robust\nclip: {audio: 5, text: none}", "clip: 2.5",
    "label-columns: [sentiment, happy]", "label-columns: 0-2", "preset: mult-mosi\nmax-frames: 20",
    "times: drop\ndrop-incomplete: true\noverwrite: false", "shard-bytes: 64 MiB\nthreads: 2", "like: some/folder",
    "quiet: true\njson: True", "", "# nothing",
  ]) func `is printed so that it reads back the same`(yaml: String) throws {
    let first = try printed(yaml)
    #expect(first.status == 0 && first.errors.isEmpty)
    let second = try printed(first.output)
    #expect(second.output == first.output)
    #expect(Self.settings(first).isEmpty == (yaml.isEmpty || yaml.hasPrefix("#")))
  }

  @Test func `is printed whole, defaults in comments`() throws {
    let result = try Program.data(
      "convert", "--print-config", "--modality", "text=glove_vectors", "--modality", "COVAREP", "--labels",
      "Opinion Segment Labels", "--folds", "ratio:0.6,0.2,0.2", "--normalize", "none,text=zscore", "--max-frames",
      "text=50,audio=375", "--max-frames", "text=20", "--select", "audio=1,3,6-9", "--drop-incomplete", "--threads", "2"
    )
    #expect(result.status == 0)
    try expectSnapshot("print-config", result.output)
  }

  @Test func `makes the dataset that the same options make`() throws {
    let folder = try TemporaryFolder()
    let config = folder.file("config.yaml")
    let options = [
      "--modality", "text", "--modality", "a=COVAREP", "--select", "a=0,2,5-7", "--normalize", "none,text=minmax",
      "--max-frames", "text=10", "--keep", "last", "--dtype", "f16", "--drop-zero-frames", "text", "--folds",
      "ratio:0.5,0.25,0.25", "--nonfinite", "mask", "--rate", "a=2",
    ]
    let printed = try Program.data.run(["convert", "--print-config"] + options)
    try Data(printed.output.utf8).write(to: URL(filePath: config))
    #expect(try Program.data.run(["convert", Example.input, folder.file("a")] + options).status == 0)
    #expect(try Program.data("convert", Example.input, folder.file("b"), "--config", config).status == 0)
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.file("a"))
    #expect(files.count > 2)
    for file in files {
      #expect(FileManager.default.contentsEqual(atPath: folder.file("a/\(file)"), andPath: folder.file("b/\(file)")))
    }
  }

  @Test func `comes before the command line`() throws {
    let yaml = "normalize: {text: none, audio: none}\nmodality: [text, audio]\nfolds: auto\nkeep: last"
    let result = try printed(
      yaml, "--normalize", "text=zscore", "--modality", "vision", "--folds", "none", "--keep", "first")
    #expect(
      Self.settings(result) == [
        "modality:", "  - vision", "folds: none", "keep: first", "normalize:", "  audio: none", "  text: zscore",
      ])
  }

  @Test(arguments: [
    ("normalise: none", #"line 1: unknown option "normalise" (did you mean "normalize"?)"#),
    ("folds: none\nmax_frames: 3", #"line 2: unknown option "max_frames" (did you mean "max-frames"?)"#),
    ("config: other.yaml", #"unknown option "config""#), ("- normalize", "write a line NAME: VALUE"),
    ("normalize: [", "not YAML (line"), ("normalize: none\nnormalize: zscore", "there twice"),
    ("folds: [a, b]", "line 1: folds wants a single value"), ("folds:", "folds wants a single value"),
    ("overwrite: maybe", "overwrite wants true or false"),
    ("normalize: {text: {a: b}}", "normalize wants a single value"),
    ("normalize: {text: zscoer}", #"did you mean "zscore"?"#), ("threads: 0", "1 to 1024"),
    ("max-frames: {text: few}", "above 0"), ("modality: {1a: x}", "--modality 1a"),
  ]) func `that is wrong is refused in one line`(yaml: String, fragment: String) throws {
    let result = try printed(yaml)
    #expect(result.status == 64 && result.output.isEmpty)
    #expect(result.errorLines.count == 1 && result.errors.contains("config.yaml"))
    #expect(result.errors.contains(fragment))
  }
}
