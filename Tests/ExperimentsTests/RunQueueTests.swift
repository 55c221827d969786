import Foundation
import TestSupport
import Testing

@testable import Experiments

@Suite struct `A queue of runs` {
  /// A program in grf-train's place.
  private static func program(_ script: String, in bench: Bench) throws -> String {
    let path = bench.file("program")
    try "#!/bin/sh\n\(script)\n".write(toFile: path, atomically: true, encoding: .utf8)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
    return path
  }

  private static func runs(_ bench: Bench, _ count: Int) throws -> [PlannedRun] {
    let configuration = try bench.laboratory().configuration()
    return (0..<count).map { PlannedRun(name: "run\($0)", configuration: configuration) }
  }

  @Test func `counts no run as failed that was stopped before it listened`() throws {
    let bench = try Bench()
    let queue = RunQueue(
      folder: bench.file(""), content: "", slots: 2, program: try Self.program("exec sleep 60", in: bench))
    var asked = 0
    var ended: [RunOutcome] = []
    let observer = QueueObserver(
      isStopRequested: {
        asked += 1
        return asked > 3
      }, ended: { ended.append($1) })
    #expect(try queue.run(Self.runs(bench, 3), observer) == .interrupted)
    #expect(ended.isEmpty)
  }

  @Test func `goes on after a run that leaves nothing, or that cannot be looked at`() throws {
    let bench = try Bench()
    let queue = RunQueue(
      folder: bench.file(""), content: "", slots: 1, options: ["--tensorboard"],
      program: try Self.program("sleep 0.3; echo \"$*\"", in: bench))
    var ended: [RunOutcome] = []
    var looks = 0
    let observer = QueueObserver(
      ended: { ended.append($1) },
      isHopeless: { _, path in
        looks += 1
        throw ExperimentError.unreadableRun(path: path)
      })
    #expect(try queue.run(Self.runs(bench, 2), observer) == .done)
    #expect(ended.count == 2 && looks > 0)
    for outcome in ended {
      guard case .failed(let message) = outcome else { return #expect(Bool(false), "\(outcome)") }
      #expect(message.contains("test.json"))
    }
    #expect(try bench.text("run0.log").hasSuffix("--tensorboard\n"))
  }
}
