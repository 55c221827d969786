import Files
import Foundation
import TestSupport
import Testing

@testable import Training

@Suite struct `A checkpoint` {
  @Test func `reads back what was written, bit for bit`() throws {
    let folder = try TemporaryFolder()
    let (path, tensors) = (folder.file("a.safetensors"), Tensors.example)
    try tensors.write(path, metadata: .example)
    let checkpoint = try Checkpoint(path)
    #expect(checkpoint.metadata == .example)
    #expect(
      checkpoint.parameters.map(\.name) == ["projectors.text.weight", "projectors.text.bias", "nothing", "scalar"])
    #expect(checkpoint.state.map(\.name) == ["optimizer.step", "epoch.predictions"])
    for (name, shape, values) in tensors.list {
      #expect((checkpoint.parameters + checkpoint.state).first { $0.name == name }?.shape == shape)
      #expect(try checkpoint.values(name).map(\.bitPattern) == values.map(\.bitPattern), "\(name)")
    }
    #expect(try Folder.list(folder.path) == ["a.safetensors"])
  }

  @Test func `replaces the one before in one step, and only when it is whole`() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("a.safetensors")
    try Tensors(list: [("a", [1], [1])]).write(path)
    let old = try Checkpoint(path)
    func begin() throws {
      var writer = try CheckpointWriter(path, metadata: nil, tensors: [TensorShape(name: "a", shape: [2])])
      let values: [Float] = [2, 3]
      try writer.write(values.span)
    }
    try begin()
    #expect(try Checkpoint(path).values("a") == [1] && Folder.list(folder.path) == ["a.safetensors"])
    try Tensors(list: [("a", [1], [4])]).write(path)
    #expect(try Checkpoint(path).values("a") == [4])
    // Who has it open keeps the old one.
    #expect(try old.values("a") == [1])
  }

  @Test func `of the same values is the same file`() throws {
    let folder = try TemporaryFolder()
    try Tensors.example.write(folder.file("a"), metadata: .example)
    try Tensors.example.write(folder.file("b"), metadata: .example)
    #expect(try File.contents(of: folder.file("a")) == File.contents(of: folder.file("b")))
  }

  @Test func `does not tell how many threads there were, or where the dataset was`() throws {
    var other = CheckpointMetadata.example
    other.configuration.training.threads = .count(3)
    other.configuration.data.shards = "/some/where"
    #expect(other.strings.map(\.value) == CheckpointMetadata.example.strings.map(\.value))
    other.configuration.training.epochs = 3
    #expect(other.strings.map(\.value) != CheckpointMetadata.example.strings.map(\.value))
  }

  @Test func `without metadata is another program's`() throws {
    let folder = try TemporaryFolder()
    try Tensors.example.write(folder.file("a"))
    #expect(try Checkpoint(folder.file("a")).metadata == nil)
    try writeSafetensors(#"{"__metadata__":{"format":"pt"}}"#, [], to: folder.file("b"))
    #expect(try Checkpoint(folder.file("b")).metadata == nil)
  }

  @Test func `may hold other floating-point types, wherever they lie`() throws {
    let folder = try TemporaryFolder()
    // f16: 1, -2, the least subnormal; bf16: 3; f64: 0.1 and 1e300; f32: 0.5. Nothing is aligned.
    let data: [UInt8] =
      [0x00, 0x3C, 0x00, 0xC0, 0x01, 0x00] + [0x40, 0x40]
      + [0.1, 1e300].flatMap { (value: Double) in
        (0..<8).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * $0)) }
      }
      + [0, 0, 0, 0x3F]
    let header = #"""
      {"h":{"dtype":"F16","shape":[3],"data_offsets":[0,6]},"b":{"dtype":"BF16","shape":[1],"data_offsets":[6,8]},
      "d":{"dtype":"F64","shape":[2],"data_offsets":[8,24]},"f":{"dtype":"F32","shape":[1],"data_offsets":[24,28]}}
      """#
    for spaces in 0..<4 {
      try writeSafetensors(header + String(repeating: " ", count: spaces), data, to: folder.file("a"))
      let checkpoint = try Checkpoint(folder.file("a"))
      #expect(try checkpoint.values("h") == [1, -2, 0x1p-24])
      #expect(try checkpoint.values("b") == [3])
      #expect(try checkpoint.values("d") == [0.1, .infinity])
      #expect(try checkpoint.values("f") == [0.5])
    }
  }

  @Test func `of whole numbers cannot be used`() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("a")
    try writeSafetensors(
      #"{"n":{"dtype":"I64","shape":[1],"data_offsets":[0,8]}}"#, Array(repeating: 0, count: 8), to: path)
    let checkpoint = try Checkpoint(path)
    #expect(throws: TrainingError.unusableTensor(path: path, tensor: "n", type: "I64")) { try checkpoint.values("n") }
  }

  // MARK: A model's tensors

  private static let model = [
    TensorShape(name: "a.weight", shape: [2, 3]), TensorShape(name: "a.bias", shape: [2]),
    TensorShape(name: "b.weight", shape: [4]),
  ]

  private static func checkpoint(_ folder: borrowing TemporaryFolder, _ shapes: [(String, [Int])]) throws -> Checkpoint
  {
    let path = folder.file("a.safetensors")
    try Tensors(
      list: shapes.map { ($0, $1, Array(repeating: 1, count: $1.reduce(1, *))) }
    ).write(path)
    return try Checkpoint(path)
  }

  @Test func `fits a model of its names and shapes, in any order`() throws {
    let folder = try TemporaryFolder()
    let checkpoint = try Self.checkpoint(
      folder,
      [
        ("b.weight", [4]), ("a.bias", [2]), ("optimizer.m.a.bias", [2]),
        ("fusion_encoders.0.pos_encoder.pe", [1, 9, 2]),
        ("a.weight", [2, 3]),
      ])
    #expect(throws: Never.self) { try checkpoint.check(Self.model) }
  }

  @Test func `names every tensor that does not fit`() throws {
    let folder = try TemporaryFolder()
    let checkpoint = try Self.checkpoint(
      folder, [("a.weight", [3, 2]), ("c.weight", [4]), ("a.bias", [2, 1]), ("d", [1])])
    let error = try #require(throws: TrainingError.self) { try checkpoint.check(Self.model) }
    #expect(
      error
        == .tensorMismatch(
          path: checkpoint.path, missing: ["b.weight"], superfluous: ["c.weight", "d"],
          misshapen: [
            .init(name: "a.weight", expected: [2, 3], found: [3, 2]),
            .init(name: "a.bias", expected: [2], found: [2, 1]),
          ]))
    #expect(
      error.description == checkpoint.path
        + ": its tensors are not the model's: missing b.weight; superfluous c.weight, d; misshapen a.weight [3, 2] instead "
        + "of [2, 3], a.bias [2, 1] instead of [2]; give the preset, order and settings that it was trained with")
  }

  @Test func `tells the model's shapes`() throws {
    let folder = try TemporaryFolder()
    func layer(_ index: Int) -> (String, [Int]) {
      ("fusion_encoders.0.decoder_1.layers.\(index).linear1.weight", [12, 6])
    }
    let checkpoint = try Self.checkpoint(
      folder,
      [("projectors.text.weight", [6, 30]), ("projectors.audio.weight", [6, 4]), layer(0), layer(1), layer(2)])
    let shapes = try ModelShapes(checkpoint)
    #expect(shapes.modalities == [.init(name: "text", dimension: 30), .init(name: "audio", dimension: 4)])
    var configuration = RunConfiguration()
    shapes.apply(to: &configuration)
    #expect(configuration.model.width == 6 && configuration.model.layerCount == 3)
    #expect(configuration.model.feedForwardWidth == 12 && configuration.model.headCount == 4)
    #expect(configuration.model.kind == "grf")
  }

  @Test func `tells a MulT by its tensors' names`() throws {
    let folder = try TemporaryFolder()
    let encoder = "cross_encoders.text.audio"
    let checkpoint = try Self.checkpoint(
      folder,
      [
        ("projectors.text.weight", [10, 30]), ("projectors.audio.weight", [10, 4]), ("\(encoder).norm.weight", [10]),
        ("\(encoder).layers.0.linear1.weight", [40, 10]), ("\(encoder).layers.1.linear1.weight", [40, 10]),
      ])
    var configuration = RunConfiguration()
    try ModelShapes(checkpoint).apply(to: &configuration)
    #expect(configuration.model.kind == "mult" && configuration.model.width == 10)
    #expect(configuration.model.layerCount == 2 && configuration.model.headCount == 5)
    #expect(throws: Never.self) { try configuration.check() }
  }

  @Test(arguments: [
    [("projectors.text.weight", [6, 30])], [("fc.weight", [6, 30])],
    [("projectors.text.weight", [6, 30]), ("projectors.audio.weight", [6, 4])],
  ]) func `of another model is refused`(shapes: [(String, [Int])]) throws {
    let folder = try TemporaryFolder()
    let checkpoint = try Self.checkpoint(folder, shapes)
    let error = try #require(throws: TrainingError.self) { try ModelShapes(checkpoint) }
    #expect(error.description.contains("so this is no model of ours"))
  }
}
