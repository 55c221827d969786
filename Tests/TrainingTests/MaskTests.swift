import Foundation
import JSONValues
import Shards
import TestDatasets
import Testing

@testable import Batches
@testable import Training

extension RaggedDataset {
  /// The same with every sample of numbers filled up in the file to the greatest length of its modality in all splits, and
  /// nothing masked.
  fileprivate func filled() -> RaggedDataset {
    var result = self
    for (place, modality) in schema.modalities.enumerated() where modality.content != .tokens {
      let greatest = splits.flatMap(\.samples).map { $0.modalities[place].frames.count }.max() ?? 0
      for split in splits.indices {
        for sample in splits[split].samples.indices {
          var frames = splits[split].samples[sample].modalities[place]
          while frames.frames.count < greatest {
            frames.frames.append(Array(repeating: 0, count: modality.frameBytes))
          }
          frames.valid = frames.frames.map { _ in true }
          result.splits[split].samples[sample].modalities[place] = frames
        }
      }
    }
    return result
  }
}

@Suite struct `A training without masks` {
  private static func without(_ kind: String, _ bench: borrowing TrainingBench) -> RunConfiguration {
    bench.configuration(kind == "single" ? "grf" : kind) {
      $0.data.masks = false
      guard kind == "single" else { return }
      $0.model.component = kind
      $0.data.order = ["vision"]
    }
  }

  @Test(arguments: ["grf", "mult", "single"], [ElementType.f32, .f16])
  func `is one on a dataset that is filled up with zeros`(kind: String, type: ElementType) throws {
    let bench = try TrainingBench(.trainable(type: type))
    let real = try TrainingBench(RaggedDataset.trainable(type: type).filled())
    try bench.train("run", Self.without(kind, bench))
    var configuration = Self.without(kind, real)
    configuration.data.masks = true
    try real.train("run", configuration)
    let (found, expected) = (try bench.contents("run"), try real.contents("run"))
    #expect(found.best.tensors == expected.best.tensors && found.last.tensors == expected.last.tensors)
    #expect(found.predictions == expected.predictions && found.metrics == expected.metrics)
    // It would be another one with masks.
    configuration.data.shards = bench.shards
    try bench.train("masks", configuration)
    #expect(try bench.contents("masks").best.tensors != found.best.tensors)
    let (plan, padded) = (
      try TrainingPlan(bench.dataset, Self.without(kind, bench)), try TrainingPlan(real.dataset, configuration)
    )
    let costs = (ModelProfile(plan.model, plan.train), ModelProfile(padded.model, padded.train))
    #expect(costs.0.modules == costs.1.modules && costs.0.operations == costs.0.paddedOperations)
    #expect(plan.train.frameStatistics() == padded.train.frameStatistics())
  }

  @Test(arguments: ["grf", "mult", "single"])
  func `goes on after a stop to the same end`(kind: String) throws {
    let bench = try TrainingBench()
    let configuration = Self.without(kind, bench)
    try bench.train("whole", configuration)
    for place in [0, 5, 8] {
      try bench.train("\(place)", configuration) { $0 == place }
      #expect(try bench.resume("\(place)", threads: 1)?.result != nil)
      #expect(try bench.contents("\(place)") == bench.contents("whole"))
    }
  }

  @Test func `stands in its folder and in its checkpoint`() throws {
    let bench = try TrainingBench()
    var start: TrainingStart?
    try bench.train("run", Self.without("grf", bench), emit: { if case .started(let found) = $0 { start = found } })
    var read = RunConfiguration()
    _ = try read.apply(file: bench.file("run/config.yaml"))
    #expect(!read.data.masks)
    let checkpoint = try Checkpoint(bench.file("run/best.safetensors"))
    #expect(checkpoint.metadata?.fill == [9, 9, 9] && checkpoint.metadata?.configuration.data.masks == false)
    #expect(start?.fill?.map(\.frames) == [9, 9, 9] && start?.fill?.map(\.modality) == ["text", "vision", "audio"])
    #expect(start?.framesPerEpoch.map(\.frames) == [153, 153, 153])
    // With masks there are no lengths to keep.
    try bench.train("masks", bench.configuration())
    #expect(try Checkpoint(bench.file("masks/best.safetensors")).metadata?.fill == nil)
  }

  @Test func `is used on other datasets with the lengths that it had`() throws {
    let bench = try TrainingBench()
    try bench.train("run", Self.without("grf", bench))
    let path = bench.file("run/best.safetensors")
    func predictions(_ dataset: Dataset) throws -> [Float] {
      try TrainedModel(
        Checkpoint(path), on: dataset, split: "test", fallback: RunConfiguration(), needsLabels: false, isForced: false
      ).predictions().map(\.prediction)
    }
    let expected = try predictions(bench.dataset)
    // The same test samples beside others that are all shorter: filled up to that dataset's own lengths they would differ.
    var shorter = RaggedDataset.trainable()
    for place in shorter.schema.modalities.indices {
      for split in 0..<3 {
        for sample in shorter.splits[split].samples.indices {
          let frames = shorter.splits[split].samples[sample].modalities[place]
          shorter.splits[split].samples[sample].modalities[place] =
            split == 2 && frames.frames.count < 9 ? frames : RaggedDataset.Frames()
        }
      }
    }
    let other = try TrainingBench(shorter)
    #expect(other.dataset.greatestLengths(["text", "vision", "audio"]).contains { $0 < 9 })
    let samples = RaggedDataset.trainable().splits[2].samples
    let same = samples.indices.filter { place in samples[place].modalities.allSatisfy { $0.frames.count < 9 } }
    #expect(!same.isEmpty)
    let found = try predictions(other.dataset)
    for place in same { #expect(found[place] == expected[place]) }
    // And a longer sample keeps all its frames.
    var longer = RaggedDataset.trainable()
    let frame = [UInt8](repeating: 0, count: 12)
    longer.splits[2].samples[0].modalities[0] = RaggedDataset.Frames(
      frames: Array(repeating: frame, count: 12), valid: Array(repeating: true, count: 12))
    #expect(try predictions(TrainingBench(longer).dataset).allSatisfy(\.isFinite))
  }

  @Test(arguments: ["", "[9,9]", "[9,9,-1]", "[9,9,1e9]", "[9,9,16777217]", "9"])
  func `whose lengths are damaged in the checkpoint is refused`(fill: String) throws {
    let bench = try TrainingBench()
    try bench.train("run", Self.without("grf", bench))
    let metadata = try #require(Checkpoint(bench.file("run/best.safetensors")).metadata)
    var strings = Dictionary(uniqueKeysWithValues: metadata.strings.map { ($0.key, $0.value) })
    strings["fill"] = fill.isEmpty ? nil : fill
    #expect(throws: TrainingError.checkpointMetadata(path: "file", key: "fill")) {
      try CheckpointMetadata(strings, path: "file")
    }
  }
}
