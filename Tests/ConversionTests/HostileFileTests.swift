import Files
import Foundation
import TestSupport
import Testing

/// Files that libhdf5 itself does not survive: found by `tools/fuzz/mutate_csd.py`, kept as small as they get.
@Suite struct `A hostile sequence file` {
  @Test(arguments: ["info", "doctor", "convert"])
  func `that sends libhdf5 round in circles costs an error line`(command: String) throws {
    let folder = try TemporaryFolder()
    var bytes = try File.contents(of: Project.fixture)
    // Strings lie in heaps: a head of 16 bytes, then objects that say their size after 8 bytes. This one makes the next
    // object begin where the last one did.
    let heaps = bytes.indices.dropLast(32).filter { Array(bytes[$0..<$0 + 4]) == Array("GCOL".utf8) }
    #expect(!heaps.isEmpty)
    for heap in heaps {
      let size = UInt64.max - 15
      for i in 0..<8 { bytes[heap + 24 + i] = UInt8(truncatingIfNeeded: size >> (8 * UInt64(i))) }
    }
    let path = folder.file("a.csd")
    try File(creating: path).write(bytes, at: 0)
    let began = ContinuousClock.now
    let ending = try Program.grfData.run(
      [command, path] + (command == "convert" ? [folder.file("out"), "--quiet"] : []))
    #expect(ending.status == 1 && ending.errorLines.count == 1 && ending.error.contains("does not come to an end"))
    // Less than a second of work; the clock is a busy machine's.
    #expect(ContinuousClock.now - began < .seconds(30))
  }

  /// 60 mutants in every run of the tests, those that once failed among them; the article on hostile files has the
  /// figures of many more.
  @Test(.enabled(if: !Python.isMissing, "\(Python.skipReason)"), arguments: [0, 779, 1021, 1829, 1924])
  func `whatever is damaged costs one line at most, and no second`(first: Int) throws {
    let ending = try Python.run(
      file: "tools/fuzz/mutate_csd.py",
      ["--program", Program.grfData.path, "--first", "\(first)", "--mutants", "12", "--jobs", "1"])
    #expect(ending.status == 0, "\(ending.output)\(ending.error)")
    #expect(ending.output.contains("12 mutants"))
  }
}
