import Foundation
import PackedSequences
import TestSupport
import Testing

@Suite struct `grf-train on another processor` {
  private func train(_ folder: borrowing TemporaryFolder, _ name: String, _ environment: [String: String]) throws
    -> Program.Result
  {
    try Program.train.run(
      ["--shards", try Example.dataset(), "--out", folder.file(name), "--threads", "2"] + TrainExample.small,
      environment: ProcessInfo.processInfo.environment.merging(environment) { $1 })
  }

  private func weights(_ folder: borrowing TemporaryFolder, _ name: String) throws -> [Data] {
    try ["best.safetensors", "predictions-test.csv"].map {
      try Data(contentsOf: URL(filePath: folder.file("\(name)/\($0)")))
    }
  }

  @Test func `makes the same files with every instruction set that fuses`() throws {
    let folder = try TemporaryFolder()
    let sets = Kernels.available.filter { $0 != "portable" }
    for set in sets { #expect(try train(folder, set, [Kernels.variable: set]).status == 0) }
    for set in sets.dropFirst() { #expect(try weights(folder, set) == weights(folder, sets[0])) }
  }

  @Test(arguments: ["Prescott", "Haswell", "SkylakeX"])
  func `does not depend on what OpenBLAS is told`(type: String) throws {
    let folder = try TemporaryFolder()
    #expect(try train(folder, "plain", [:]).status == 0)
    #expect(try train(folder, "told", ["OPENBLAS_CORETYPE": type]).status == 0)
    #expect(try weights(folder, "plain") == weights(folder, "told"))
  }

  @Test(.enabled(if: Kernels.available.first == "portable", "no portable kernels on this processor"))
  func `says what portable kernels mean, and takes up what others began`() throws {
    let folder = try TemporaryFolder()
    let portable = try train(folder, "portable", [Kernels.variable: "portable"])
    #expect(portable.status == 0)
    #expect(portable.lines.contains { $0.hasPrefix("  kernels  portable: ") })
    guard Kernels.available.count > 1 else { return }
    let best = Kernels.available[Kernels.available.count - 1]
    let fused = try train(folder, "fused", [Kernels.variable: best])
    #expect(fused.status == 0 && !fused.output.contains("kernels"))
    // Unfinished again.
    try FileManager.default.removeItem(atPath: folder.file("portable/test.json"))
    let resumed = try Program.train.run(
      ["--resume", folder.file("portable")],
      environment: ProcessInfo.processInfo.environment.merging([Kernels.variable: best]) { $1 })
    #expect(resumed.status == 0)
    #expect(resumed.output.contains("begun with portable kernels, going on with \(best)"))
  }

  @Test(arguments: ["sse9", "AVX2", "neon avx2"])
  func `refuses instruction sets that it does not have`(name: String) throws {
    let folder = try TemporaryFolder()
    let result = try train(folder, "run", [Kernels.variable: name])
    #expect(result.status == 64 && result.errorLines.count == 1)
    #expect(
      result.errors.contains(Kernels.variable) && result.errors.contains(Kernels.available.joined(separator: ", ")))
  }

  @Test func `says how many of its threads train`() throws {
    let folder = try TemporaryFolder()
    let result = try Program.train.run(
      [
        "--shards", try Example.dataset(), "--out", folder.file("run"), "--threads", "3", "--set", "training.lanes=2",
      ] + TrainExample.small)
    #expect(result.status == 0 && result.output.contains("3 threads (2 of them train: training.lanes)"))
  }
}
