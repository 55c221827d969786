import Conversion
import Files
import Foundation
import PackedSequences
import Shards
import TestSupport
import Testing

/// `convert --resume`: whatever was interrupted, however often, wherever: the result is that of an undisturbed run.
@Suite struct `A conversion that goes on` {
  private let bench: Workbench
  private let draws = CounterGenerator(seed: 5, purpose: .synthesis)

  init() throws { bench = try Workbench() }

  private func arguments(_ options: [String], to name: String = "out") -> [String] {
    ["convert", Project.fixture, bench.file(name), "--quiet"] + options
  }

  private func run(_ options: [String], to name: String = "out") throws -> Program.Ending {
    // Whoever was killed may hold the folder for a moment.
    for _ in 0..<100 {
      let ending = try Program.grfData.run(arguments(options, to: name))
      if !ending.error.contains("another conversion") { return ending }
      usleep(20_000)
    }
    throw Stuck()
  }

  private struct Stuck: Error {}

  private func expectSame(_ name: String = "out", _ text: String = "") throws {
    let (found, whole) = try (bench.bytes(of: name), bench.bytes(of: "whole"))
    #expect(found.keys.sorted() == whole.keys.sorted(), "\(text)")
    for (name, bytes) in whole {
      let isSame = found[name] == bytes
      #expect(isSame, "\(name) \(text)")
    }
  }

  /// Stops a conversion after it has begun to write, and leaves what it had done.
  private func interrupt(_ options: [String] = [], after seconds: Double = 0) throws {
    for attempt in 0..<50 {
      let running = try Program.grfData.start(arguments(options))
      while try FileStatus.of(bench.file("out.partial/journal"))?.size ?? 0 < 4000
        && FileStatus.of(bench.file("out")) == nil
      {
        usleep(200)
      }
      usleep(UInt32(seconds * 1e6))
      running.send(SIGKILL)
      _ = try running.end(within: 60)
      if try FileStatus.of(bench.file("out")) == nil { return }
      try Folder.removeAll(bench.file("out"))
      if attempt == 49 { throw Stuck() }
    }
  }

  private static let optionSets: [[String]] = [
    [], ["--rate", "vision=5", "--nonfinite", "mask", "--dtype", "f16", "--threads", "1"],
    ["--normalize", "none", "--shard-bytes", "60KiB"], ["--part", "2/2", "--drop-zero-frames", "words"],
    ["--clip", "1", "--shard-bytes", "60KiB"],
    ["--normalize", "robust", "--clip", "0.5,text=none", "--rate", "audio=4", "--nonfinite", "mask"],
  ]

  @Test(arguments: optionSets)
  func `becomes the same after kills at any moment`(options: [String]) throws {
    let began = ContinuousClock.now
    try #require(try run(options, to: "whole").status == 0)
    let seconds = (ContinuousClock.now - began) / .seconds(1)
    for round in 0..<8 {
      try Folder.removeAll(bench.file("out"))
      for kill in 0..<3 {
        _ = try Program.grfData.run(
          arguments(options + ["--resume"]), signal: SIGKILL,
          after: seconds * 1.2 * draws.uniform(at: UInt64(round * 3 + kill), lane: UInt32(options.count)))
      }
      let ending = try run(options + ["--resume"])
      #expect(ending.status == 0, "\(ending)")
      try expectSame("out", "round \(round)")
      #expect(try bench.names() == ["out", "whole"])
    }
  }

  @Test func `begins where there is nothing to go on from`() throws {
    try #require(try run([], to: "whole").status == 0)
    let ending = try run(["--resume"])
    #expect(ending.status == 0 && ending.error.isEmpty)
    try expectSame()
  }

  @Test func `goes on with what a conversion left that was not asked to`() throws {
    try #require(try run([], to: "whole").status == 0)
    try interrupt()
    let report = try bench.convert([.resume: "true"], from: [Project.fixture])
    #expect(report.notes.contains { $0.contains("went on where an interrupted conversion stopped") })
    try expectSame()
  }

  @Test func `counts what was clipped before it was interrupted`() throws {
    try #require(try run(["--clip", "1"], to: "whole").status == 0)
    let whole = try Dataset.open(bench.file("whole")).manifest
    #expect(whole.modalities.contains { ($0.clip?.values ?? 0) > 0 })
    // All blocks are there, or some of them, or only strips: in the last case those of other datasets' statistics count.
    for like in [[], ["--like", bench.file("whole")]] {
      let options = like.isEmpty ? ["--clip", "1"] : like
      try Folder.removeAll(bench.file("whole2"))
      try #require(try run(options, to: "whole2").status == 0)
      let expected = try Dataset.open(bench.file("whole2")).manifest
      for round in 0..<4 {
        try Folder.removeAll(bench.file("out"))
        try interrupt(options, after: 0.004 * Double(round))
        #expect(try run(options + ["--resume"]).status == 0)
        #expect(try Dataset.open(bench.file("out")).manifest == expected)
      }
    }
  }

  @Test func `is cleared where nobody asks to go on`() throws {
    try #require(try run([], to: "whole").status == 0)
    try interrupt()
    let report = try bench.convert(from: [Project.fixture])
    #expect(report.notes == ["\(bench.file("out.partial")): cleared what an interrupted conversion left there"])
    try expectSame()
  }

  @Test func `says so where it is finished, and leaves it alone`() throws {
    try #require(try run([]).status == 0)
    let before = try FileStatus.of(bench.file("out/manifest.json"))?.modified
    let ending = try Program.grfData.run(["convert", Project.fixture, bench.file("out"), "--resume"])
    #expect(ending.status == 0 && ending.output.contains("finished before"), "\(ending)")
    #expect(try FileStatus.of(bench.file("out/manifest.json"))?.modified == before)
    #expect(try bench.names() == ["out"])
  }

  @Test func `gives a finished dataset its name that was killed before it could`() throws {
    try #require(try run([], to: "whole").status == 0)
    try #require(try run([]).status == 0)
    try Folder.rename(bench.file("out"), to: bench.file("out.partial"))
    let before = try FileStatus.of(bench.file("out.partial/manifest.json"))?.modified
    let ending = try Program.grfData.run(["convert", Project.fixture, bench.file("out"), "--resume"])
    let words = ending.output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    #expect(ending.status == 0 && words.contains("only its name was still to be given"), "\(ending)")
    #expect(try FileStatus.of(bench.file("out/manifest.json"))?.modified == before)
    try expectSame()
    #expect(try bench.names() == ["out", "whole"])
  }

  @Test func `makes a dataset anew that was damaged before it had its name`() throws {
    try #require(try run([], to: "whole").status == 0)
    try #require(try run([]).status == 0)
    try Folder.rename(bench.file("out"), to: bench.file("out.partial"))
    try File(updating: bench.file("out.partial/train-00000-of-00001.safetensors")).write([0xEE, 0xEE], at: 9000)
    #expect(try run(["--resume"]).status == 0)
    try expectSame()
  }

  @Test(.disabled(if: MemoryDisk.isMissing, "\(MemoryDisk.skipReason)"))
  func `goes on once a full disk has room`() throws {
    try #require(try run([], to: "whole").status == 0)
    let disk = try MemoryDisk(at: bench.file("disk"), bytes: 4 << 20)
    do {
      let filler = try File(creating: disk.file("filler"))
      try filler.write([UInt8](repeating: 1, count: 3 << 20), at: 0)
    }
    let arguments = ["convert", Project.fixture, disk.file("out"), "--resume", "--quiet"]
    let full = try Program.grfData.run(arguments)
    #expect(full.status == 1 && full.error.contains("No space left on device"), "\(full)")
    #expect(try Folder.list(disk.path) == ["filler", "out.partial"])
    try Folder.removeAll(disk.file("filler"))
    let ending = try Program.grfData.run(arguments)
    #expect(ending.status == 0, "\(ending)")
    try expectSame("disk/out")
  }

  @Test func `is refused where another dataset is there`() throws {
    try #require(try run([]).status == 0)
    let ending = try run(["--resume", "--normalize", "none"])
    #expect(ending.status == 1 && ending.error.contains("exists already"))
    #expect(try bench.names() == ["out"])
    #expect(try run(["--resume", "--normalize", "none", "--overwrite"]).status == 0)
  }

  @Test func `is told apart from one of other options, which stays as it is`() throws {
    try interrupt()
    let before = try bench.bytes(of: "out.partial")
    let other = try run(["--resume", "--normalize", "none"])
    #expect(other.status == 1 && other.error.contains("holds a conversion with other options, interrupted"), "\(other)")
    let part = try run(["--resume", "--part", "1/2"])
    #expect(part.status == 1 && part.error.contains("holds another part, interrupted"), "\(part)")
    let missing = try Program.grfData.run(["convert", "nothing.csd", bench.file("out"), "--resume"])
    #expect(missing.status == 1)
    var after = try bench.bytes(of: "out.partial")
    after["owner"] = before["owner"]
    let isSame = before == after
    #expect(isSame)
  }

  @Test func `is told apart from one of files that have changed since`() throws {
    let input = bench.file("input.csd")
    try FileManager.default.copyItem(atPath: Project.fixture, toPath: input)
    try interrupt()
    // As if it had been made of this file, an hour ago.
    let ending = try Program.grfData.run(["convert", input, bench.file("out"), "--resume"])
    #expect(ending.status == 1 && ending.error.contains("interrupted"), "\(ending)")
  }

  // MARK: Damage

  /// Kinds of damage to what an interrupted conversion left.
  private static let damages = [
    "torn", "garbled", "empty", "headless", "scratch", "shards", "short", "gone", "endless",
  ]

  @Test(arguments: damages, [[], ["--threads", "1", "--rate", "audio=4"], ["--normalize", "robust", "--clip", "1"]])
  func `believes nothing that is not there`(damage: String, options: [String]) throws {
    try #require(try run(options, to: "whole").status == 0)
    for round in 0..<3 {
      try Folder.removeAll(bench.file("out"))
      try interrupt(options, after: 0.005 * Double(round))
      try self.damage(damage, round)
      let ending = try run(options + ["--resume"])
      #expect(ending.status == 0, "\(ending)")
      try expectSame("out", damage)
    }
  }

  private func damage(_ kind: String, _ round: Int) throws {
    let folder = bench.file("out.partial")
    let journal = try File(updating: folder + "/journal")
    let size = try journal.size
    switch kind {
    case "torn": try journal.resize(to: size - 1 - Int(draws.uniform(at: UInt64(round), lane: 9) * Double(size - 2)))
    case "garbled": try journal.write([0x55, 0xAA], at: size / 2)
    case "empty": try journal.resize(to: 0)
    case "headless": try journal.write([0xFF], at: 20)
    case "endless": try journal.write([UInt8](repeating: 0x7F, count: 64), at: size)
    default:
      for name in try Folder.list(folder) {
        let isScratch = name.hasPrefix("scratch.")
        let path = folder + "/" + name
        guard isScratch || name.hasSuffix(".safetensors") else { continue }
        let bytes = try File(reading: path).size
        switch kind {
        case "scratch" where isScratch && bytes > 0: try File(updating: path).write([0xEE], at: bytes / 2)
        case "shards" where !isScratch:
          for place in stride(from: 9000, to: bytes, by: 50_000) { try File(updating: path).write([0xEE], at: place) }
        case "short": try File(updating: path).resize(to: bytes / 2)
        case "gone": try Folder.removeAll(path)
        default: break
        }
      }
    }
  }
}
