import Foundation
import TestSupport
import Testing

@Suite struct `verify` {
  private func damaged(_ file: URL, at offset: Int) throws {
    var bytes = try Data(contentsOf: file)
    bytes[offset] ^= 0x40
    try bytes.write(to: file)
  }

  @Test func `tells what it checked`() throws {
    let dataset = try Example.dataset()
    let result = try Program.data("verify", dataset)
    #expect(result.status == 0)
    try expectSnapshot("verify", result.output.normalized(folder: dataset))
    #expect(result.errorLines.count == 1 && result.errors.contains("verifying"))
  }

  @Test func `says nothing of a good dataset when it shall be quiet`() throws {
    let result = try Program.data("verify", "--quiet", try Example.dataset())
    #expect(result.status == 0 && result.output.isEmpty && result.errors.isEmpty)
  }

  @Test(arguments: [true, false]) func `reports a damaged byte as file, tensor and samples`(isQuiet: Bool) throws {
    let folder = try TemporaryFolder()
    let copy = folder.file("copy")
    try Example.copy(to: copy)
    let shard = Example.shard("test", in: copy)
    try damaged(shard, at: 100_000)
    let result = try Program.data.run(["verify", copy] + (isQuiet ? ["--quiet"] : []))
    #expect(result.status == 1 && result.output.isEmpty)
    let line = try #require(result.errorLines.last)
    #expect(line.hasPrefix("grf-data: error: \(shard.path): "))
    #expect(line.contains("of audio.values is") && line.contains("(samples clip_03[0] to clip_24["))
    #expect(result.errorLines.count { $0.hasPrefix("grf-data: error: ") } == 1)
  }

  @Test func `reports every fault, also in JSON`() throws {
    let folder = try TemporaryFolder()
    let copy = folder.file("copy")
    try Example.copy(to: copy)
    try damaged(Example.shard("test", in: copy), at: 100_000)
    try damaged(Example.shard("train", in: copy), at: 300_000)
    try damaged(URL(filePath: copy).appending(path: "ledger.jsonl"), at: 10)
    let result = try Program.data("verify", copy)
    #expect(result.status == 1 && result.errorLines.count { $0.contains("error") } == 3)
    let json = try Program.data("verify", copy, "--json")
    let findings = try #require(try json.json()["findings"] as? [[String: Any]])
    #expect(json.status == 1 && json.errors.isEmpty)
    #expect(findings.map { $0["tensor"] as? String } == [nil, "audio.values", "audio.values"])
  }

  @Test func `finds a shard that was cut short, as the readers do`() throws {
    let folder = try TemporaryFolder()
    let copy = folder.file("copy")
    try Example.copy(to: copy)
    let shard = Example.shard("test", in: copy)
    try Data(contentsOf: shard).dropLast().write(to: shard)
    for arguments in [["verify", copy], ["stats", copy], ["show", copy, "clip_03[0]"]] {
      let result = try Program.data.run(arguments)
      #expect(result.status == 1 && result.output.isEmpty)
      #expect(try #require(result.errorLines.last).contains("\(shard.path): the file has "))
    }
    #expect(try Program.train("--shards", copy).status == 1)
  }
}
