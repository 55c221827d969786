import Foundation
import TestSupport
import Testing

@Suite struct `convert` {
  @Test func `ends with a table`() throws {
    let folder = try TemporaryFolder()
    let result = try Program.data("convert", Example.input, folder.file("out"))
    #expect(result.status == 0)
    try expectSnapshot("convert", result.output.normalized(folder: folder.file("out")))
  }

  @Test func `tells what was dropped and why`() throws {
    let folder = try TemporaryFolder()
    let result = try Program.data(
      "convert", Example.input, folder.file("out"), "--nonfinite", "mask", "--drop-incomplete", "--max-frames", "20",
      "--drop-zero-frames", "vision", "--drop-zero-frames", "words", "--folds", "none", "--labels", "none")
    #expect(result.status == 0)
    try expectSnapshot("convert-losses", result.output.normalized(folder: folder.file("out")))
  }

  @Test func `shows a line a stage where there is no terminal`() throws {
    let folder = try TemporaryFolder()
    let result = try Program.data("convert", Example.input, folder.file("out"))
    let stages = result.errorLines.map { $0.split(separator: "] ").last?.prefix { $0 != " " } ?? "" }
    #expect(stages == ["sizing", "converting", "syncing"])
    #expect(!result.errors.contains("\r"))
  }

  @Test func `says nothing when it shall be quiet`() throws {
    let folder = try TemporaryFolder()
    let result = try Program.data("convert", "--quiet", Example.input, folder.file("out"))
    #expect(result.status == 0 && result.output.isEmpty && result.errors.isEmpty)
  }

  @Test func `prints its result as JSON`() throws {
    let folder = try TemporaryFolder()
    let result = try Program.data("convert", "--quiet", "--json", Example.input, folder.file("out"))
    #expect(result.errors.isEmpty)
    let json = try result.json()
    #expect(json["samples"] as? Int == 340 && json["path"] as? String == folder.file("out"))
    let splits = try #require(json["splits"] as? [[String: Any]])
    #expect(splits.map { $0["name"] as? String } == ["train", "valid", "test"])
    #expect(splits.compactMap { $0["samples"] as? Int }.reduce(0, +) == 340)
    let modalities = try #require(json["modalities"] as? [[String: Any]])
    #expect(modalities.map { $0["name"] as? String } == ["text", "audio", "vision", "words"])
    let nonfinite = modalities.map { ($0["nonfinite"] as? [String: Int])?["nan"] }
    #expect(nonfinite == [0, 0, 112, nil])
    #expect((json["ledger"] as? [String: Int])?["unlabelled"] == 1)
  }

  @Test func `replaces a dataset only when told`() throws {
    let folder = try TemporaryFolder()
    let out = folder.file("out")
    #expect(try Program.data("convert", Example.input, out).status == 0)
    #expect(try Program.data("convert", Example.input, out).status == 1)
    #expect(try Program.data("convert", Example.input, out, "--overwrite", "--dtype", "bf16").status == 0)
    #expect(try Program.data("stats", out).output.contains("bf16"))
  }
}
