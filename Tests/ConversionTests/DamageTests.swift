import ComputationalSequences
import Files
import Foundation
import PackedSequences
import Shards
import TestSupport
import Testing

/// Damaged bytes in a sequence file: at worst one line and status 1, whatever libhdf5 does about them.
@Suite struct `A damaged sequence file` {
  /// A file of every storage that has metadata of its own in HDF5, some ten kilobytes of it.
  private static func write(to path: String) throws {
    let values = (0..<60).map { Float($0) / 4 }
    let storages: [(String, SequenceWriter.Storage)] = [
      ("a", .contiguous), ("b", SequenceWriter.Storage(.chunked(rows: 7), gzip: 4)),
      ("c", SequenceWriter.Storage(.chunked(rows: 8, columns: 2), gzip: 1, shuffle: true)),
      ("d", SequenceWriter.Storage(.oneChunk, gzip: 4, fletcher32: true)),
    ]
    let writer = try SequenceWriter(creating: path)
    try writer.addRoot("COVAREP", metadata: [.init("dimension names", ["x", "y", "z"]), .init("uuid", "1")])
    try writer.addRoot("words", metadata: [])
    try writer.addRoot("Opinion Segment Labels", metadata: [])
    for (id, storage) in storages {
      let intervals = SequenceWriter.Intervals.float64(Recipe.seconds(20).flatMap { [$0.0, $0.1] })
      try writer.addEntry(
        id, to: "COVAREP", features: .float32(values, columns: 3), intervals: intervals, storage: storage)
      try writer.addEntry(
        id, to: "words",
        features: id == "c"
          ? .variableStrings(Array(repeating: "so", count: 20)) : .fixedStrings(Array(repeating: "so", count: 20)),
        intervals: intervals, storage: .init(.oneChunk, gzip: 1))
      try writer.addEntry(
        id, to: "Opinion Segment Labels", features: .float64([1, -1], columns: 1), intervals: .float32([0, 8, 8, 20]))
    }
    try writer.close()
  }

  /// 4 × 75 mutants; GRF_MUTANTS sets another number for each of the four.
  @Test(arguments: 0..<4)
  func `costs one line at most, and leaves nothing behind`(group: Int) throws {
    let bench = try Workbench()
    try Self.write(to: bench.file("sound.csd"))
    let sound = try File.contents(of: bench.file("sound.csd"))
    try expectOneLineAtMost(bench, mutant: nil)
    let draws = CounterGenerator(seed: 5, purpose: .synthesis)
    for mutant in 0..<Self.mutants {
      let index = UInt64(group << 32 | mutant)
      var bytes = sound
      // One byte, or a few side by side.
      let place = draws.integer(below: bytes.count, at: index)
      for k in 0..<[1, 1, 2, 8][draws.integer(below: 4, at: index, lane: 1)] where place + k < bytes.count {
        bytes[place + k] ^= UInt8(1 + draws.integer(below: 255, at: index, lane: UInt32(2 + k)))
      }
      try Folder.removeAll(bench.file("mutant.csd"))
      try File(creating: bench.file("mutant.csd")).write(bytes, at: 0)
      try expectOneLineAtMost(bench, mutant: "\(group)/\(mutant): \(place)")
    }
  }

  @Test(arguments: [0, 1, 7, 8, 9, 96, 511, 512, 2048, 5000])
  func `costs one line where it is cut short`(bytes: Int) throws {
    let bench = try Workbench()
    try Self.write(to: bench.file("whole.csd"))
    let whole = try File.contents(of: bench.file("whole.csd"))
    try File(creating: bench.file("mutant.csd")).write(Array(whole.prefix(bytes)), at: 0)
    let result = try Program.grfData.run(["convert", "--quiet", bench.file("mutant.csd"), bench.file("out")])
    #expect(result.status == 1 && result.errorLines.count == 1, "\(result)")
    #expect(try bench.names() == ["mutant.csd", "whole.csd"])
  }

  /// What a crash of libhdf5 looks like, made at will.
  @Test(
    .enabled(if: FileManager.default.fileExists(atPath: "/proc/self/task")),
    arguments: [SIGSEGV, SIGBUS, SIGFPE, SIGABRT])
  func `costs one line where it brings the reader down`(signal: Int32) throws {
    let bench = try Workbench()
    for _ in 0..<20 {
      let running = try Program.grfData.start(
        ["convert", "--quiet", Project.fixture, bench.file("out")], environment: ["SWIFT_BACKTRACE": "enable=yes"])
      var child: Int32?
      for _ in 0..<2000 where child == nil {
        usleep(100)
        child = running.children.first
      }
      usleep(20_000)
      if let child { kill(child, signal) }
      let result = try running.end(within: 60)
      try Folder.removeAll(bench.file("out"))
      if result.status == 0 { continue }
      #expect(result.status == 1 && result.errorLines.count == 1, "\(result)")
      // Whichever of the two it was doing.
      let isBlamed = result.error.contains("reading it ended the reader (")
      #expect(isBlamed != result.error.contains("this program has a fault ("), "\(result)")
      return
    }
    Issue.record("the reader was always too fast")
  }

  /// A file whose structure takes a while to read, so that it is being read when the signal comes.
  @Test(.enabled(if: FileManager.default.fileExists(atPath: "/proc/self/task")))
  func `is blamed on the file inside libhdf5`() throws {
    let bench = try Workbench(.frames("COVAREP", (0..<8000).map { ("v\($0)", [[1]]) }))
    for _ in 0..<20 {
      let running = try Program.grfData.start(["info", bench.file("raw.csd")])
      var child: Int32?
      for _ in 0..<2000 where child == nil {
        usleep(100)
        child = running.children.first
      }
      usleep(100_000)
      if let child { kill(child, SIGSEGV) }
      let result = try running.end(within: 60)
      if result.status == 0 { continue }
      #expect(
        result.status == 1 && result.error.contains("\(bench.file("raw.csd")): reading it ended the reader ("),
        "\(result)")
      return
    }
    Issue.record("the reader was always too fast")
  }

  @Test func `is nobody's where a pipe is closed, or threads are many`() throws {
    let bench = try Workbench()
    let script = "\"$0\" info --json \"$1\" | true; exit ${PIPESTATUS[0]}"
    let closed = try Program(path: "/bin/bash").run(["-c", script, Program.grfData.path, Project.fixture])
    #expect([0, 141].contains(closed.status) && closed.error.isEmpty, "\(closed)")
    let many = try Program.grfData.run(["convert", "--quiet", "--threads", "512", Project.fixture, bench.file("out")])
    #expect(many.status == 0 && many.error.isEmpty, "\(many)")
  }

  private static let mutants =
    ProcessInfo.processInfo.environment["GRF_MUTANTS"].flatMap { Int($0) } ?? 75

  private func expectOneLineAtMost(_ bench: Workbench, mutant: String?) throws {
    let input = bench.file(mutant == nil ? "sound.csd" : "mutant.csd")
    let began = ContinuousClock.now
    let result = try Program.grfData.run(
      ["convert", "--quiet", "--folds", "none", input, bench.file("out")],
      environment: ["SWIFT_BACKTRACE": "enable=yes"], seconds: 20)
    let name = mutant ?? "the sound file"
    #expect(ContinuousClock.now - began < .seconds(10), "\(name)")
    switch result.status {
    case 0:
      #expect(result.error.isEmpty, "\(name)")
      _ = try bench.sound()
      try Folder.removeAll(bench.file("out"))
    case 1:
      #expect(mutant != nil)
      #expect(result.errorLines.count == 1 && result.error.hasPrefix("grf-data: error: "), "\(name): \(result.error)")
    default: Issue.record("\(name): \(result)")
    }
    // A reader that was brought down could not tidy up; the next one does.
    if result.error.contains("ended the reader") { try Folder.removeAll(bench.file("out.partial")) }
    #expect(try bench.names() == (mutant == nil ? ["sound.csd"] : ["mutant.csd", "sound.csd"]), "\(name)")
  }
}
