import Files
import Foundation
import TestDatasets
import Testing

@testable import Shards

/// Damaged datasets by the thousand, the same ones in every run. `tools/fuzz/shards` runs a million.
struct FuzzTests {
  private static let environment = ProcessInfo.processInfo.environment
  private static let inputs = environment["GRF_FUZZ_INPUTS"].flatMap { Int($0) } ?? 4000
  private static let first = environment["GRF_FUZZ_FIRST"].flatMap { Int($0) } ?? 0

  @Test func `damage is noticed or harmless, and never crashes, hangs or fills the memory`() throws {
    var datasets = [
      try FuzzedDataset(.tiny(), isPacked: false), try FuzzedDataset(.random(seed: 3), isPacked: false),
      try FuzzedDataset(.random(seed: 5), isPacked: false, limit: 3000),
      try FuzzedDataset(.tiny(), isPacked: true), try FuzzedDataset(.random(seed: 11), isPacked: true),
    ]
    // One whose packed shards have several frames.
    datasets.append(try FuzzedDataset(Self.large, isPacked: true))
    var tally: [String: Int] = [:]
    var slowest = 0.0
    let begun = ContinuousClock.now
    for number in Self.first..<Self.first + Self.inputs {
      // The large one takes longest.
      let place = number % 41 == 0 ? 5 : number % 5
      if let note = Self.environment["GRF_FUZZ_NOTE"] {
        try "\(number)".write(toFile: note, atomically: false, encoding: .utf8)
      }
      let clock = clock()
      let (outcome, duty) = try datasets[place].run(number)
      let seconds = Double(Self.clock() - clock) / Double(CLOCKS_PER_SEC)
      slowest = max(slowest, seconds)
      #expect(outcome != .missed, "input \(number)")
      #expect(seconds < 1, "input \(number) took \(seconds) s")
      tally["\(datasets[place].isPacked ? "packed" : "plain"), \(duty): \(outcome)", default: 0] += 1
    }
    let memory = Self.peakBytes()
    #expect(memory < 512 << 20, "\(memory >> 20) MB")
    #expect(Set(tally.keys.map { $0.split(separator: " ").last }).count >= 3, "every way to end occurs")
    if Self.environment["GRF_FUZZ_INPUTS"] != nil {
      let seconds = (ContinuousClock.now - begun) / .seconds(1)
      print("\(Self.inputs) inputs from number \(Self.first) in \(Int(seconds)) s")
      for (what, count) in tally.sorted(by: { $0.key < $1.key }) { print("  \(what) \(count)") }
      print("  slowest \(slowest) s of processor time, most memory \(memory >> 20) MB")
    }
  }

  private static func clock() -> Int { Int(Foundation.clock()) }
  private func clock() -> Int { Self.clock() }

  /// The most memory that this process ever had.
  private static func peakBytes() -> Int {
    let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM") }
    return (line?.split(separator: " ").compactMap { Int($0) }.first ?? 0) << 10
  }

  /// A shard of more than three MiB, of values that hardly compress.
  private static let large: RaggedDataset = {
    let schema = ShardSchema(
      labels: [], modalities: [ModalitySchema(name: "audio", content: .values(.f32, dimension: 512))],
      keepsTimes: false)
    var draw = SplitMix(seed: 1)
    let frames = (0..<1700).map { _ in (0..<256).flatMap { _ in TensorBytes.of([draw.next() & 0x3FFF_FFFF_3FFF_FFFF]) }
    }
    let sample = RaggedDataset.Sample(
      id: "v[0]", modalities: [RaggedDataset.Frames(frames: frames, valid: Array(repeating: true, count: 1700))])
    return RaggedDataset(schema: schema, splits: [("all", [sample])])
  }()
}
