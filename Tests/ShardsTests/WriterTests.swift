import Files
import Testing

@testable import Shards

struct WriterTests {
  let folder: TemporaryFolder
  let writer: ShardWriter

  init() throws {
    folder = try TemporaryFolder()
    let schema = ShardSchema(labels: ["a"], modalities: [], keepsTimes: false)
    let shapes = [SampleShape(idBytes: 2 << 20, frames: [], tokenBytes: [])]
    writer = try ShardWriter(
      path: folder.file("x.safetensors"),
      layout: try ShardLayout(schema: schema, samples: shapes[...], metadata: [:]))
  }

  @Test func `a block that was not written is an error`() throws {
    let ids = try #require(writer.layout.index(of: .id))
    for (index, tensor) in writer.layout.tensors.enumerated() where tensor.isChecked && index != ids {
      try writer.write(Array(repeating: 0, count: tensor.byteCount), tensor: index)
    }
    let block = [UInt8](repeating: 1, count: 1 << 20)
    try writer.write(TensorBytes.view(block.span), tensor: ids, block: 0)
    #expect(throws: ShardError.uncheckedBlock(path: writer.path, tensor: "sample.id", block: 1)) {
      try writer.finish()
    }
    try writer.writeUnchecked(TensorBytes.view(block.span), tensor: ids, byteOffset: 1 << 20)
    #expect(throws: ShardError.self) { try writer.finish() }
    try writer.checksum(tensor: ids, block: 1)
    let record = try writer.finish()
    #expect(record.file == "x.safetensors")
    #expect(try File(reading: writer.path).size == record.bytes)
  }

  @Test func `a file that is there already is not written over`() throws {
    #expect(throws: ShardError.self) { try ShardWriter(path: writer.path, layout: writer.layout) }
  }

  @Test func `the CRC is zlib's`() {
    #expect(Checksum.crc32(Array("123456789".utf8)) == 0xCBF4_3926)
    #expect(Checksum.crc32([]) == 0)
    #expect(Checksum.crc32(Array("789".utf8), from: Checksum.crc32(Array("123456".utf8))) == 0xCBF4_3926)
    #expect(Checksum.crc32([], from: 7) == 7)
  }

  @Test func `digests are SHA-256`() {
    #expect(HexDigest.sha256("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    #expect(ContentDigest().hex == HexDigest.sha256(""))
  }
}
