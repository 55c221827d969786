import Foundation
import TestSupport
import Testing

@Suite struct `The doctor` {
  @Test func `says what is wrong with files`() throws {
    let result = try Program.data("doctor", Example.input)
    #expect(result.status == 0 && result.errors.isEmpty)
    try expectSnapshot("doctor", result.output)
  }

  @Test func `in JSON has rules, counts, places and advice`() throws {
    let json = try Program.data("doctor", "fixtures", "--json").json()
    let sequences = try #require(json["sequences"] as? [[String: Any]])
    #expect(sequences.map { $0["modality"] as? String } == ["audio", "vision", "labels", "text", "words"])
    let findings = try #require(sequences[0]["findings"] as? [[String: Any]])
    #expect(findings.map { $0["rule"] as? String }.prefix(3) == ["posinf", "neginf", "f32-overflow"])
    #expect(findings[1]["count"] as? Int == 9 && findings[1]["unit"] as? String == "value")
    #expect((findings[1]["advice"] as? String)?.hasPrefix("--nonfinite") == true)
    let places = try #require(findings[1]["places"] as? [[String: Any]])
    #expect(places.count == 5 && places[3]["entry"] as? String == "clip_01" && places[3]["row"] as? Int == 202)
    #expect(places[3]["column"] as? Int == 8 && abs((places[3]["time"] as? Double ?? 0) - 20.2) < 1e-6)
  }

  @Test func `that is quiet leaves out sequences without findings, and what convert does`() throws {
    let result = try Program.data("doctor", Example.input, "--quiet")
    #expect(result.status == 0 && result.output.contains("neginf: 9 values") && !result.output.contains("convert"))
  }

  @Test func `measures words against transcripts`() throws {
    let folder = try TemporaryFolder()
    let transcripts = folder.file("transcripts.csv")
    try Data("video,row,text\nclip_01,0,the nice enjoyed in\n".utf8).write(to: URL(filePath: transcripts))
    let result = try Program.data("doctor", Example.input, "--transcripts", transcripts, "--quiet")
    #expect(result.status == 0)
    let tail = result.output.split(separator: "\n").drop { !$0.contains("against") }.joined(separator: "\n")
    try expectSnapshot("doctor-lag", tail.replacingOccurrences(of: transcripts, with: "FILE.csv") + "\n")
    let json = try Program.data("doctor", Example.input, "--transcripts", transcripts, "--json").json()
    let lag = try #require(json["word_lag"] as? [String: Any])
    #expect(lag["best"] as? Int == 1 && lag["segments"] as? Int == 1 && (lag["videos"] as? [Any])?.count == 1)
    #expect((lag["agreements"] as? [[String: Any]])?.map { $0["lag"] as? Int } == [-3, -2, -1, 0, 1, 2, 3])
  }

  @Test func `ends with 1 where a file cannot be read, and never with a finding`() throws {
    let result = try Program.data("doctor", "README.md")
    #expect(result.status == 1 && result.output.isEmpty && result.errorLines.count == 1)
    #expect(result.errors.contains("not an HDF5 file"))
  }
}
