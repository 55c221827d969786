import Foundation
import TestSupport
import Testing

@Suite struct `Presets` {
  @Test func `are listed`() throws {
    let result = try Program.data("presets")
    #expect(result.status == 0 && result.errors.isEmpty)
    try expectSnapshot("presets", result.output)
  }

  @Test(arguments: ["mult-mosi", "mult-mosei", "aligned-50"])
  func `are shown as a configuration that means the same`(name: String) throws {
    let result = try Program.data("presets", name)
    #expect(result.status == 0 && result.errors.isEmpty)
    try expectSnapshot("presets-\(name)", result.output)
    let folder = try TemporaryFolder()
    let config = folder.file("config.yaml")
    try Data(result.output.utf8).write(to: URL(filePath: config))
    let fromFile = try Program.data("convert", "--config", config, "--print-config")
    let fromName = try Program.data("convert", "--preset", name, "--print-config")
    #expect(fromFile.status == 0 && fromName.status == 0)
    // All but the name itself.
    #expect(fromFile.lines.filter { !$0.contains("preset") } == fromName.lines.filter { !$0.contains("preset") })
    #expect(fromName.lines.contains("preset: \(name)"))
  }

  @Test func `are there in JSON, with what they expect`() throws {
    let result = try Program.data("presets", "aligned-50", "--json")
    let presets = try #require(JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [[String: Any]])
    let options = try #require(presets.first?["options"] as? [String: [String]])
    #expect(options["align"] == ["text"] && options["modality"] == ["text", "audio", "vision"])
    let modalities = try #require(presets.first?["modalities"] as? [[String: Any]])
    #expect(modalities.map { $0["dimensions"] as? [Int] } == [[300], [74], [47, 35]])
  }
}
