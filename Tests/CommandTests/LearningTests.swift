import Foundation
import TestSupport
import Testing

/// The default configuration on the fixture, whose labels follow from what is planted in its frames.
@Suite struct `The default model` {
  /// The test split's MAE over that of the median.
  private static func ratio(_ arguments: String...) throws -> Double {
    let folder = try TemporaryFolder()
    let result = try Program.train.run(["--out", folder.file("run"), "--json"] + arguments)
    let test = try #require(try result.json()["test"] as? [String: Any])
    let median = try #require((test["baselines"] as? [String: [String: Any]])?["median"])
    return try #require(test["mae"] as? Double) / #require(median["mae"] as? Double)
  }

  @Test func `learns what is planted in the fixture`() throws {
    #expect(try Self.ratio("--shards", try Example.dataset()) <= 0.6)
  }

  @Test func `learns nothing from labels that belong to other samples`() throws {
    let folder = try TemporaryFolder()
    let copy = folder.file("permuted")
    try Example.copy(to: copy)
    for split in ["train", "valid", "test"] { try Self.permuteLabels(Example.shard(split, in: copy)) }
    #expect(try Self.ratio("--shards", copy, "--set", "training.patience=5") > 0.9)
  }

  /// Shuffles the labels of a shard in place; its checksums do not matter to a training.
  private static func permuteLabels(_ file: URL) throws {
    var bytes = try Data(contentsOf: file)
    let length = (0..<8).reduce(0) { $0 | Int(bytes[$1]) << (8 * $1) }
    let header = try JSONSerialization.jsonObject(with: bytes[8..<8 + length]) as? [String: [String: Any]]
    let range = try #require(header?["labels"]?["data_offsets"] as? [Int])
    let start = 8 + length + range[0]
    // A linear congruential generator: the same order everywhere.
    var state: UInt64 = 1
    for last in stride(from: (range[1] - range[0]) / 4 - 1, to: 0, by: -1) {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let other = Int((state >> 33) % UInt64(last + 1))
      for byte in 0..<4 { bytes.swapAt(start + 4 * last + byte, start + 4 * other + byte) }
    }
    try bytes.write(to: file)
  }
}
