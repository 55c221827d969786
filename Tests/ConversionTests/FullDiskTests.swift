import Files
import Shards
import TestSupport
import Testing

/// A disk that is full, or a limit on the size of files: one line names the file and the bytes, nothing is lost.
@Suite struct `A conversion without room` {
  private let bench: Workbench

  init() throws { bench = try Workbench(.opinions, .sounds, .speech) }

  /// The one line that an error is, without what stands before it.
  private func line(_ result: Program.Ending) throws -> String {
    let lines = result.errorLines
    try #require(lines.count == 1, "\(result.error)")
    let start = "grf-data: error: "
    #expect(result.status == 1 && result.output.isEmpty && lines[0].hasPrefix(start))
    return String(lines[0].dropFirst(start.count))
  }

  @Test(
    .disabled(if: MemoryDisk.isMissing, "\(MemoryDisk.skipReason)"), arguments: [128, 300, 700, 1200, 1500],
    [false, true])
  func `on a full disk names the file and the bytes, and keeps the old dataset`(kibibytes: Int, exists: Bool) throws {
    let disk = try MemoryDisk(at: bench.file("disk"), bytes: kibibytes << 10)
    if exists { try bench.convert(to: "disk/out") }
    let before = exists ? try bench.bytes(of: "disk/out") : nil
    // The fixture's shards take 1.4 MB; its scratch files come and go besides.
    let result = try Program.grfData.run(
      ["convert", "--quiet", "--overwrite", Project.fixture, disk.file("out")])
    if kibibytes == 1500 && result.status == 0 { return }
    let line = try line(result)
    #expect(line.hasPrefix(disk.file("out.partial/")), "\(line)")
    #expect(
      line.contains(#/: cannot write [1-9][0-9]* bytes at offset [0-9]+: No space left on device; free space/#),
      "\(line)")
    #expect(try Folder.list(disk.path) == (exists ? ["out"] : []))
    if exists {
      #expect(try bench.bytes(of: "disk/out") == before)
      _ = try bench.sound("disk/out")
    }
  }

  @Test(.disabled(if: MemoryDisk.isMissing, "\(MemoryDisk.skipReason)"))
  func `on a disk that holds not one byte more leaves nothing behind`() throws {
    let disk = try MemoryDisk(at: bench.file("disk"), bytes: 64 << 10)
    let filler = try File(creating: disk.file("filler"))
    try filler.write([UInt8](repeating: 1, count: 64 << 10), at: 0)
    let result = try Program.grfData.run(["convert", "--quiet", bench.file("raw.csd"), disk.file("out")])
    #expect(try line(result).contains("No space left on device"))
    #expect(try Folder.list(disk.path) == ["filler"])
  }

  /// In the shell's blocks of 512 bytes: less than a table, less than a shard.
  @Test(arguments: [1, 8, 64, 500, 1500])
  func `beyond a limit on file sizes names the file and the bytes, and keeps the old dataset`(blocks: Int) throws {
    try bench.convert()
    let before = try bench.bytes()
    let result = try Program.shell.run([
      "-c", "ulimit -f \(blocks); exec \"$0\" convert --quiet --overwrite \"$@\"", Program.grfData.path,
      Project.fixture,
      bench.file("out"),
    ])
    let line = try line(result)
    #expect(line.hasPrefix(bench.file("out.partial/")), "\(line)")
    #expect(
      line.contains(#/: cannot write [1-9][0-9]* bytes at offset [0-9]+: File too large; raise the limit/#), "\(line)")
    #expect(try bench.names() == ["out", "raw.csd"])
    #expect(try bench.bytes() == before)
    _ = try bench.sound()
  }
}
