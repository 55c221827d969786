import Files
import Foundation
import PackedSequences
import Shards
import TestSupport
import Testing

/// `grf-data convert`, killed at any moment: no reader ever accepts the half.
@Suite struct `A conversion that is killed` {
  private let bench: Workbench
  private let draws = CounterGenerator(seed: 11, purpose: .synthesis)

  init() throws { bench = try Workbench() }

  /// Two datasets of the same data, told apart by their fingerprints.
  private static let normalizations = ["zscore", "none"]

  private func arguments(_ normalization: String, isQuiet: Bool = true) -> [String] {
    ["convert", "--overwrite", "--normalize", normalization, Project.fixture, bench.file("out")]
      + (isQuiet ? ["--quiet"] : [])
  }

  private func convert(_ normalization: String, _ signal: Int32 = SIGKILL, after seconds: Double) throws {
    _ = try Program.grfData.run(arguments(normalization), signal: signal, after: seconds)
  }

  /// Runs to the end, once whoever was killed has let go of the folder.
  private func finish(_ normalization: String) throws {
    for _ in 0..<100 {
      let result = try Program.grfData.run(arguments(normalization))
      if result.status == 0 { return }
      try #require(result.error.contains("another conversion"), "\(result.error)")
      usleep(20_000)
    }
    Issue.record("the folder stays locked")
  }

  /// The fingerprint of the dataset that is there, after every byte of it was checked.
  private func found() throws -> String? {
    try FileStatus.of(bench.file("out")) == nil ? nil : bench.sound().manifest.fingerprint
  }

  /// How long an undisturbed run takes, and the fingerprints of both datasets.
  private func rehearse() throws -> (seconds: Double, fingerprints: [String]) {
    try finish(Self.normalizations[0])
    let began = ContinuousClock.now
    let fingerprints = try Self.normalizations.map { normalization in
      try finish(normalization)
      return try #require(try found())
    }
    return ((ContinuousClock.now - began) / .seconds(2), fingerprints)
  }

  @Test func `leaves the old dataset or the new one`() throws {
    let (seconds, fingerprints) = try rehearse()
    var present = 1
    var kept = 0
    for run in 0..<40 {
      let wanted = 1 - present
      try convert(Self.normalizations[wanted], after: seconds * 1.3 * draws.uniform(at: UInt64(run)))
      let found = try #require(try found())
      try #require(fingerprints.contains(found))
      if found == fingerprints[present] { kept += 1 }
      present = fingerprints.firstIndex(of: found) ?? present
    }
    #expect(kept > 0, "none was killed in time")
    try finish(Self.normalizations[1 - present])
    #expect(try found() == fingerprints[1 - present])
    #expect(try bench.names() == ["out"], "what was left behind is cleared")
  }

  @Test func `leaves nothing or the whole where nothing was`() throws {
    let (seconds, fingerprints) = try rehearse()
    for run in 0..<20 {
      try Folder.removeAll(bench.file("out"))
      try convert("zscore", after: seconds * 1.3 * draws.uniform(at: UInt64(run), lane: 1))
      #expect(try [nil, fingerprints[0]].contains(found()))
    }
    try finish("none")
    #expect(try found() == fingerprints[1] && bench.names() == ["out"])
  }

  @Test(arguments: [SIGTERM, SIGINT, SIGHUP])
  func `by a polite signal ends just so`(signal: Int32) throws {
    let (seconds, fingerprints) = try rehearse()
    for run in 0..<5 {
      let result = try Program.grfData.run(
        arguments("none"), signal: signal, after: seconds * draws.uniform(at: UInt64(run), lane: UInt32(signal)))
      #expect([0, 128 + signal, -signal].contains(result.status), "\(result)")
      #expect(result.error.isEmpty)
      let found = try #require(try found())
      #expect(fingerprints.contains(found))
    }
  }

  /// Two at a time, over and over: one is told that the other is there, or both succeed, one after the other.
  @Test func `or meets another one never spoils the dataset`() throws {
    let (seconds, fingerprints) = try rehearse()
    for run in 0..<12 {
      let first = try Program.grfData.start(arguments("none", isQuiet: false))
      usleep(UInt32(1.2e6 * seconds * draws.uniform(at: UInt64(run), lane: 2)))
      let second = try Program.grfData.run(arguments("zscore", isQuiet: false))
      let endings = [try first.end(within: 60), second]
      #expect(endings.contains { $0.status == 0 })
      for ending in endings where ending.status != 0 {
        let errors = ending.errorLines.filter { $0.contains("error: ") }
        #expect(errors.count == 1 && errors[0].contains("another conversion is writing"), "\(ending)")
      }
      #expect(endings.allSatisfy { !$0.output.contains("could not be removed") })
      let found = try #require(try found())
      #expect(fingerprints.contains(found))
    }
    #expect(try bench.names() == ["out"])
  }
}

@Suite struct `A shard that is cut short while it is mapped` {
  @Test func `ends the program with one line`() async throws {
    let bench = try Workbench()
    try bench.convert([.folds: "none"], from: [Project.fixture])
    let path = bench.file("out")
    let shard = bench.file("out/all-00000-of-00001.safetensors")
    let result = await #expect(processExitsWith: .exitCode(1), observing: [\.standardErrorContent]) {
      [path = path as String, shard = shard as String] in
      let dataset = try Dataset.open(path)
      let isCut = unsafe truncate(shard, 8192) == 0
      let count = dataset.samples.count
      exit(isCut && count > 0 ? 0 : 2)
    }
    let lines = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self).split(separator: "\n")
    #expect(lines.count == 1 && lines.first?.contains("error: \(shard): the file was cut short") == true, "\(lines)")
  }
}
