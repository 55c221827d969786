import Testing

@testable import Shards

struct LayoutTests {
  static let schema = ShardSchema(
    labels: ["a", "b"],
    modalities: [
      ModalitySchema(name: "text", content: .values(.bf16, dimension: 3)),
      ModalitySchema(name: "words", content: .tokens),
    ], keepsTimes: true)

  static func shape(_ frames: Int) -> SampleShape {
    SampleShape(idBytes: 5, frames: [frames, frames], tokenBytes: [0, 2 * frames])
  }

  /// Bytes of a shard's tensors, without `_crc.*` and `_pad.k`.
  static func bytes(_ samples: ArraySlice<SampleShape>) throws -> Int {
    let layout = try ShardLayout(schema: schema, samples: samples, metadata: [:])
    return layout.tensors.filter(\.isChecked).reduce(0) { $0 + $1.byteCount }
  }

  // MARK: Partition

  @Test(arguments: [0, 1, 300, 500, 1000, 5000, Int.max])
  func `a shard closes before the sample that would take it over the limit`(limit: Int) throws {
    let samples = [0, 1, 7, 100, 0, 3, 12, 1, 1, 1, 40].map(Self.shape)
    let cuts = ShardPartition.cut(samples, schema: Self.schema, limit: limit)
    #expect(cuts.flatMap { Array($0) } == Array(samples.indices))
    for cut in cuts {
      let bytes = try Self.bytes(samples[cut])
      #expect(bytes <= limit || cut.count == 1)
      if cut.upperBound < samples.count {
        #expect(try Self.bytes(samples[cut.lowerBound...cut.upperBound]) > limit)
      }
    }
  }

  @Test func `a sample that fits exactly stays in`() throws {
    let samples = [1, 2, 3].map(Self.shape)
    let limit = try Self.bytes(samples[...])
    #expect(ShardPartition.cut(samples, schema: Self.schema, limit: limit) == [0..<3])
    #expect(ShardPartition.cut(samples, schema: Self.schema, limit: limit - 1) == [0..<2, 2..<3])
  }

  @Test func `no samples make no shard`() {
    #expect(ShardPartition.cut([], schema: Self.schema, limit: 1).isEmpty)
  }

  // MARK: Layout

  @Test(arguments: [0, 1, 2, 1000])
  func `tensors follow one another and start on 64 bytes`(frames: Int) throws {
    let samples = [Self.shape(frames), Self.shape(0)]
    let layout = try ShardLayout(schema: Self.schema, samples: samples[...], metadata: ["k": "v"])
    #expect(layout.dataStart % 4096 == 0)
    #expect(layout.dataStart == 8 + layout.headerBytes)
    var end = layout.dataStart
    for (index, tensor) in layout.tensors.enumerated() {
      #expect(tensor.offset == end)
      end += tensor.byteCount
      if case .padding = tensor.role { #expect(tensor.byteCount < 64) } else { #expect(tensor.offset % 64 == 0) }
      #expect(layout.index(of: tensor.role) == index)
    }
    #expect(end == layout.fileSize)
    #expect(
      layout.tensors.filter(\.isChecked).map(\.name) == [
        "labels", "sample.interval", "sample.id", "sample.id_offsets", "text.offsets", "text.values", "text.valid",
        "text.times", "words.offsets", "words.bytes", "words.token_offsets", "words.valid", "words.times",
      ])
  }

  @Test func `tensors that nobody needs are left out`() throws {
    var schema = Self.schema
    (schema.labels, schema.keepsTimes) = ([], false)
    let layout = try ShardLayout(schema: schema, samples: [Self.shape(1)], metadata: [:])
    #expect(layout.index(of: .labels) == nil)
    #expect(layout.index(of: .times(0)) == nil)
    #expect(layout.tensors[0].name == "sample.interval")
  }

  @Test(arguments: [(0, 0), (1, 1), (1 << 20, 1), (1 << 20 + 1, 2), (5 << 20, 5)])
  func `blocks are MiBs, the last one shorter`(bytes: Int, blocks: Int) throws {
    let shape = SampleShape(idBytes: bytes, frames: [0, 0], tokenBytes: [0, 0])
    let layout = try ShardLayout(schema: Self.schema, samples: [shape], metadata: [:])
    let tensor = layout.tensors[try #require(layout.index(of: .id))]
    #expect(tensor.blockCount == blocks)
    #expect((0..<blocks).reduce(0) { $0 + tensor.range(ofBlock: $1).count } == bytes)
  }

  @Test func `a shard that nothing could hold`() {
    let shape = SampleShape(idBytes: 0, frames: [1 << 60, 0], tokenBytes: [0, 0])
    #expect(throws: ShardError.sizeOverflow(path: "", tensor: "text.values")) {
      try ShardLayout(schema: Self.schema, samples: [shape], metadata: [:])
    }
  }

  @Test func `a header that no reader would accept`() {
    #expect {
      try ShardLayout(
        schema: Self.schema, samples: [Self.shape(1)],
        metadata: ["note": String(repeating: "x", count: 25_000_000)])
    } throws: { error in
      if case ShardError.headerTooLarge(path: "", _) = error { true } else { false }
    }
  }

  // MARK: Names

  @Test func `shard names read back`() {
    for name in [ShardName(split: "all", index: 0, count: 1), ShardName(split: "a-b_2", index: 99_999, count: 100_000)]
    {
      #expect(ShardName(parsing: name.description) == name)
    }
    #expect(ShardName(split: "train", index: 0, count: 3).description == "train-00000-of-00003.safetensors")
  }
}
