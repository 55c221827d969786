import Foundation
import TestSupport
import Testing

@Suite struct `generate` {
  @Test func `makes the fixture`() throws {
    let folder = try TemporaryFolder()
    let result = try Program.data("generate", folder.file("made"), "--like", "tiny")
    #expect(result.status == 0 && result.output.hasPrefix("1 file in \(folder.file("made"))"))
    #expect(result.errors.contains("raw.csd"))
    let made = try Program.data("info", folder.file("made/raw.csd"))
    #expect(made.lines.dropFirst() == (try Program.data("info", Example.input).lines.dropFirst()))
  }

  @Test func `replaces nothing`() throws {
    let folder = try TemporaryFolder()
    #expect(try Program.data("generate", folder.path, "--like", "tiny", "--quiet").status == 0)
    let made = try Data(contentsOf: URL(filePath: folder.file("raw.csd")))
    let again = try Program.data("generate", folder.path, "--like", "tiny", "--seed", "1", "--quiet")
    #expect(again.status == 1 && again.output.isEmpty && again.errorLines.count == 1)
    #expect(again.errors.contains("raw.csd: exists already"))
    #expect(try Data(contentsOf: URL(filePath: folder.file("raw.csd"))) == made)
  }
}
