import Files
import Foundation
import FusionModels
import Shards
import TestDatasets
import TestSupport
import Testing

@testable import Training

@Suite struct `An embedding file` {
  static let kinds = ["grf", "mult", "single"]

  private static func configuration(_ kind: String, _ bench: borrowing TrainingBench) -> RunConfiguration {
    bench.configuration(kind == "single" ? "grf" : kind) {
      $0.training.epochs = 1
      guard kind == "single" else { return }
      $0.model.component = kind
      $0.data.order = ["vision"]
    }
  }

  private static func model(
    _ bench: borrowing TrainingBench, _ configuration: RunConfiguration, split: String = "test"
  ) throws -> TrainedModel {
    try bench.train("run", configuration)
    return try TrainedModel(
      Checkpoint(bench.file("run/best.safetensors")), on: bench.dataset, split: split, fallback: RunConfiguration(),
      needsLabels: false, isForced: false)
  }

  /// By the definition: the places of a sample's valid frames, or the one of a frame of zeros.
  private static func positions(_ samples: [RaggedDataset.Sample], modality: Int) -> [[Int32]] {
    samples.map { sample in
      let valid = sample.modalities[modality].valid
      let places = valid.indices.filter { valid[$0] }.map { Int32($0) }
      return places.isEmpty ? [0] : places
    }
  }

  @Test(arguments: kinds, ["test", "train"])
  func `holds every sample in the split's order`(kind: String, split: String) throws {
    let ragged = RaggedDataset.trainable()
    let bench = try TrainingBench(ragged)
    let trained = try Self.model(bench, Self.configuration(kind, bench), split: split)
    let path = bench.file("an embedding,\nof two lines.safetensors")
    let summary = try #require(try trained.embed(to: path))
    let (file, expected) = (try EmbeddingFile(path), try trained.predictions())
    #expect(summary.samples == expected.count && summary.tensors == file.names.count)
    #expect(try summary.bytes == File.contents(of: path).count)
    #expect(try file.ids == expected.map(\.id) && file.floats("label") == expected.compactMap(\.label))
    #expect(try file.floats("prediction") == expected.map(\.prediction))
    #expect(file.metadata["kind"] == (kind == "mult" ? "mult" : "grf") && file.metadata["split"] == split)
    #expect(file.metadata["format"] == "grf-embedding" && file.metadata["version"] == "1")
    #expect(file.metadata["order"] == (kind == "single" ? "vision" : "text,vision,audio"))
    #expect(file.metadata["content"] == bench.dataset.manifest.content && file.metadata["label"] == "sentiment")
    #expect(file.metadata["heads"] == "2" && file.metadata["layers"] == "1")

    let samples = try #require(ragged.splits.first { $0.name == split }).samples
    let places = ["text": 0, "audio": 2, "vision": 3].mapValues { Self.positions(samples, modality: $0) }
    #expect(places.values.contains { $0.contains([0]) })
    let stacks = file.names.filter { $0.hasSuffix(".positions") }.map { $0.dropFirst(10).dropLast(10) }
    #expect(stacks.count == ["grf": 3, "mult": 6, "single": 1][kind])
    for stack in stacks {
      let modality = try #require(file.metadata["attention.\(stack).modality"])
      let rows = try #require(places[modality])
      #expect(try file.positions("attention.\(stack).positions") == rows.flatMap(\.self))
      let offsets = try file.offsets("attention.\(stack).offsets")
      #expect(offsets == rows.reduce(into: [0]) { $0.append(($0.last ?? 0) + $1.count) })
      #expect(file.shapes["attention.\(stack).0"] == [offsets[rows.count], 2])
      let weights = try file.floats("attention.\(stack).0")
      for (first, end) in zip(offsets, offsets.dropFirst()) {
        for head in 0..<2 {
          let sum = (first..<end).reduce(Float(0)) { $0 + weights[2 * $1 + head] }
          // MulT's first queries may see nothing at all where the first frames are masked.
          #expect(abs(sum - 1) < 1e-5 || kind == "mult" && sum == 0, "\(stack), rows \(first) ..< \(end): \(sum)")
        }
      }
    }
  }

  @Test(arguments: kinds) func `of several splits holds one after another what each alone has`(kind: String) throws {
    let bench = try TrainingBench()
    let splits = ["train", "valid", "test"]
    let first = try Self.model(bench, Self.configuration(kind, bench), split: splits[0])
    let others = try splits.dropFirst().map {
      try TrainedModel(
        Checkpoint(bench.file("run/best.safetensors")), on: bench.dataset, split: $0, fallback: RunConfiguration(),
        needsLabels: false, isForced: false)
    }
    for (model, split) in zip([first] + others, splits) { _ = try model.embed(to: bench.file(split)) }
    let summary = try #require(try first.embed(to: bench.file("all"), and: others))
    let parts = try splits.map { try EmbeddingFile(bench.file($0)) }
    let all = try EmbeddingFile(bench.file("all"))
    let counts = try parts.map { try $0.floats("prediction").count }
    #expect(summary.samples == counts.reduce(0, +) && summary.tensors == all.names.count)
    #expect(all.metadata["split"] == "train,valid,test" && all.names == parts[0].names.union(["sample.split"]))
    let places = counts.enumerated().flatMap { [Int32](repeating: Int32($0), count: $1) }
    #expect(try all.positions("sample.split") == places)
    for name in parts[0].names where !name.hasSuffix("offsets") {
      #expect(all.bytes(name) == parts.flatMap { $0.bytes(name) }, "\(name)")
    }
    for name in parts[0].names where name.hasSuffix("offsets") {
      let lengths = try parts.flatMap { part in
        let offsets = try part.offsets(name)
        return zip(offsets.dropFirst(), offsets).map { $0 - $1 }
      }
      #expect(try all.offsets(name) == lengths.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1) }, "\(name)")
    }
  }

  @Test func `holds what the first projection makes of the frames`() throws {
    let ragged = RaggedDataset.trainable()
    let bench = try TrainingBench(ragged)
    let trained = try Self.model(bench, Self.configuration("grf", bench))
    _ = try trained.embed(to: bench.file("e"))
    let checkpoint = try Checkpoint(bench.file("run/best.safetensors"))
    let (weight, bias) = (
      try checkpoint.values("projectors.text.weight"), try checkpoint.values("projectors.text.bias")
    )
    let found = try EmbeddingFile(bench.file("e")).floats("stage.first")
    for (index, sample) in ragged.splits[2].samples.enumerated() {
      let text = sample.modalities[0]
      let frames = text.frames.indices.filter { text.valid[$0] }.map { frame in
        (0..<3).map { column in
          let bytes = text.frames[frame][4 * column..<4 * column + 4]
          return Double(Float(bitPattern: bytes.reversed().reduce(0) { $0 << 8 | UInt32($1) }))
        }
      }
      for row in 0..<8 {
        let sum = frames.reduce(0.0) { sum, frame in
          sum + (0..<3).reduce(0.0) { $0 + Double(weight[3 * row + $1]) * frame[$1] }
        }
        let expected = Double(bias[row]) + sum / Double(max(1, frames.count))
        #expect(abs(Double(found[8 * index + row]) - expected) < 1e-5, "sample \(index), row \(row)")
      }
    }
  }

  @Test(arguments: GRFComponent.allCases) func `holds what the component has`(component: GRFComponent) throws {
    let bench = try TrainingBench()
    var configuration = Self.configuration("grf", bench)
    configuration.model.component = component.rawValue
    let trained = try Self.model(bench, configuration)
    _ = try trained.embed(to: bench.file("e"))
    let file = try EmbeddingFile(bench.file("e"))
    let hasGate = ![.meanForGate, .sumForGate, .linearForGate].contains(component)
    for stage in 0..<2 {
      for part in ["h", "n", "state"] { #expect(file.shapes["stage.\(stage).\(part)"] == [5, 8]) }
      for part in ["gate", "candidate"] { #expect(file.names.contains("stage.\(stage).\(part)") == hasGate) }
      #expect(file.metadata["stage.\(stage).modality"] == ["vision", "audio"][stage])
      #expect(file.names.contains("attention.\(stage).decoder_1.0") == (component != .noCross))
    }
    #expect(file.names.contains("attention.0.decoder_2.0") == (component != .noCross && component != .oneWay))
    #expect(!file.names.contains("attention.1.decoder_2.0") && file.metadata["component"] == component.rawValue)
  }

  @Test(arguments: kinds) func `is the same on any number of threads, and leaves attention out`(kind: String) throws {
    let bench = try TrainingBench()
    let trained = try Self.model(bench, Self.configuration(kind, bench), split: "train")
    for threads in [1, 2, 5] { _ = try trained.embed(to: bench.file("\(threads)"), threads: .count(threads)) }
    let bytes = try File.contents(of: bench.file("1"))
    #expect(try File.contents(of: bench.file("2")) == bytes && File.contents(of: bench.file("5")) == bytes)
    _ = try trained.embed(to: bench.file("none"), wantsAttention: false)
    let (all, none) = (try EmbeddingFile(bench.file("1")), try EmbeddingFile(bench.file("none")))
    #expect(none.names == all.names.filter { !$0.hasPrefix("attention.") })
    for name in none.names where !name.hasPrefix("sample.") { #expect(try none.floats(name) == all.floats(name)) }
  }

  @Test func `of samples that are filled up has a row for every frame of zeros`() throws {
    let bench = try TrainingBench()
    var configuration = Self.configuration("grf", bench)
    configuration.data.masks = false
    _ = try Self.model(bench, configuration).embed(to: bench.file("e"))
    let file = try EmbeddingFile(bench.file("e"))
    for stack in ["0.decoder_1", "0.decoder_2", "1.decoder_1"] {
      #expect(try file.positions("attention.\(stack).positions") == (0..<45).map { $0 % 9 })
      #expect(try file.offsets("attention.\(stack).offsets") == [0, 9, 18, 27, 36, 45])
    }
  }

  @Test func `of samples without labels has none`() throws {
    let bench = try TrainingBench()
    try bench.train("run", Self.configuration("grf", bench))
    var ragged = RaggedDataset.trainable()
    ragged.schema = ShardSchema(labels: [], modalities: ragged.schema.modalities, keepsTimes: false)
    for split in ragged.splits.indices {
      for sample in ragged.splits[split].samples.indices { ragged.splits[split].samples[sample].labels = [] }
    }
    let other = try TrainingBench(ragged)
    let trained = try TrainedModel(
      Checkpoint(bench.file("run/best.safetensors")), on: other.dataset, split: "test", fallback: RunConfiguration(),
      needsLabels: false, isForced: false)
    _ = try trained.embed(to: bench.file("e"))
    let file = try EmbeddingFile(bench.file("e"))
    #expect(!file.names.contains("label") && file.metadata["label"] == nil && file.shapes["prediction"] == [5])
  }

  @Test func `takes its place only when it is complete`() throws {
    let bench = try TrainingBench()
    let trained = try Self.model(bench, Self.configuration("grf", bench), split: "train")
    try Data("before".utf8).write(to: URL(filePath: bench.file("e")))
    var asked = 0
    let stopped = try trained.embed(to: bench.file("e")) {
      asked += 1
      return asked == 3
    }
    #expect(stopped == nil && asked == 3)
    #expect(try String(contentsOfFile: bench.file("e"), encoding: .utf8) == "before")
    #expect(try FileManager.default.contentsOfDirectory(atPath: bench.file("")).allSatisfy { !$0.contains("partial") })
    #expect(try trained.embed(to: bench.file("e"))?.samples == 17)
    #expect(try FileManager.default.contentsOfDirectory(atPath: bench.file("")).allSatisfy { !$0.contains("partial") })
  }

  @Test func `takes the place of no folder and not of its checkpoint`() throws {
    let bench = try TrainingBench()
    let trained = try Self.model(bench, Self.configuration("grf", bench))
    let run = bench.file("run")
    #expect(throws: TrainingError.outputInUse(path: run, what: "a folder")) { try trained.embed(to: run) }
    let pipe = bench.file("pipe")
    #expect(try Program(path: "/usr/bin/mkfifo").run([pipe]).status == 0)
    #expect(throws: TrainingError.outputInUse(path: pipe, what: "no regular file")) { try trained.embed(to: pipe) }
    let link = bench.file("link")
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "run/best.safetensors")
    for path in [bench.file("run/best.safetensors"), bench.file("run/../run/best.safetensors"), link] {
      #expect(throws: TrainingError.outputInUse(path: path, what: "the checkpoint")) { try trained.embed(to: path) }
    }
    #expect(throws: TrainingError.self) { try trained.embed(to: bench.file("nowhere/e")) }
  }

  @Test(.disabled(if: MemoryDisk.isMissing, "\(MemoryDisk.skipReason)"), arguments: [1 << 12, 1 << 13])
  func `is not there where the disk is full`(bytes: Int) throws {
    let bench = try TrainingBench()
    let trained = try Self.model(bench, Self.configuration("grf", bench), split: "train")
    let disk = try MemoryDisk(at: bench.file("disk"), bytes: bytes)
    let error = try #require(throws: TrainingError.self) { try trained.embed(to: disk.file("e")) }
    #expect(error.description.contains("No space left"))
    #expect(try FileManager.default.contentsOfDirectory(atPath: disk.path).isEmpty)
  }

  @Test(.disabled(if: Python.isMissing, "\(Python.skipReason)"), arguments: kinds)
  func `is read by the stock library`(kind: String) throws {
    let bench = try TrainingBench()
    let trained = try Self.model(bench, Self.configuration(kind, bench))
    _ = try trained.embed(to: bench.file("e"))
    let output = try Python.run(
      """
      import sys, numpy as np
      from safetensors import safe_open
      with safe_open(sys.argv[1], "np") as f:
          metadata, tensors = f.metadata(), {name: f.get_tensor(name) for name in f.keys()}
      ids, ends = tensors["sample.id"].tobytes(), tensors["sample.id_offsets"]
      print(*(ids[i:j].decode() for i, j in zip(ends, ends[1:])))
      for name in sorted(tensors):
          stack, _, layer = name.rpartition(".")
          if name.startswith("attention.") and layer.isdigit():
              sums = np.add.reduceat(tensors[name], tensors[stack + ".offsets"][:-1], axis=0)
              assert np.minimum(np.abs(sums - 1), np.abs(sums)).max() < 1e-5 and sums.any(), name
              assert len(tensors[name]) == len(tensors[stack + ".positions"]) == tensors[stack + ".offsets"][-1]
              assert tensors[stack + ".positions"].dtype == np.int32 and metadata[stack + ".modality"]
      print(tensors["stage.0.state"].dtype, tensors["stage.0.state"].shape[0])
      """, bench.file("e"))
    #expect(output == "test[0] test[1] test[2] test[3] test[4]\nfloat32 5")
  }
}
