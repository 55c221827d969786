import JSONValues
import Testing

@testable import Shards

/// One test per thing that a reader refuses in what a header says of its tensors.
struct TensorRejectionTests {
  var forgery: Forgery
  let path: String

  init() throws {
    forgery = try Forgery()
    path = forgery.path
  }

  // MARK: One tensor

  @Test(arguments: ["dtype", "shape", "data_offsets"])
  mutating func `a tensor that lacks a member`(member: String) throws {
    var tensor = try #require(forgery.header["labels"]?.object)
    tensor[member] = nil
    forgery.header["labels"] = .object(tensor)
    #expect(try forgery.refusal() == .malformedTensor(path: path, tensor: "labels", member: member))
  }

  @Test(arguments: [JSONValue([-2, 1]), JSONValue([2.5, 1]), ["two", "one"], "shape", .null])
  mutating func `a shape that is no list of sizes`(shape: JSONValue) throws {
    forgery.set("labels", "shape", shape)
    #expect(try forgery.refusal() == .malformedTensor(path: path, tensor: "labels", member: "shape"))
  }

  @Test(arguments: [JSONValue([0]), JSONValue([8, 0]), JSONValue([-8, 0]), JSONValue([0, 8, 16]), JSONValue(8)])
  mutating func `offsets that are no range`(offsets: JSONValue) throws {
    forgery.set("labels", "data_offsets", offsets)
    #expect(try forgery.refusal() == .malformedTensor(path: path, tensor: "labels", member: "data_offsets"))
  }

  @Test mutating func `a tensor with members that safetensors does not know`() throws {
    forgery.set("labels", "note", "hello")
    #expect(try forgery.refusal() == .malformedTensor(path: path, tensor: "labels", member: "data_offsets"))
  }

  @Test(arguments: ["F8_E4M3", "I16", "f32", ""])
  mutating func `a dtype that no shard uses`(dtype: String) throws {
    forgery.set("labels", "dtype", .string(dtype))
    #expect(try forgery.refusal() == .unknownType(path: path, tensor: "labels", found: dtype))
  }

  @Test(arguments: [
    [1 << 62, 4], [1 << 32, 1 << 32], [Int.max, Int.max], [0, 1 << 62, 1 << 62],
  ])
  mutating func `a shape whose size overflows`(shape: [Int]) throws {
    forgery.set("labels", "shape", JSONValue(shape))
    #expect(try forgery.refusal() == .sizeOverflow(path: path, tensor: "labels"))
  }

  @Test mutating func `a size that does not fit 64 bits`() throws {
    forgery.set("labels", "shape", .array([.number(1e300), .integer(1)]))
    #expect(try forgery.refusal() == .sizeOverflow(path: path, tensor: "labels"))
  }

  @Test mutating func `offsets at the end of the number line`() throws {
    forgery.set("labels", "data_offsets", JSONValue([Int.max - 8, Int.max]))
    #expect(try forgery.refusal() == .sizeOverflow(path: path, tensor: "labels"))
  }

  @Test mutating func `a shape that needs other bytes than the offsets give`() throws {
    forgery.set("labels", "shape", JSONValue([3, 1]))
    #expect(try forgery.refusal() == .sizeMismatch(path: path, tensor: "labels", expected: 12, found: 8))
  }

  // MARK: All tensors together

  @Test mutating func `a hole between tensors`() throws {
    forgery.header["_pad.0"] = nil
    #expect(try forgery.refusal() == .hole(path: path, tensor: "sample.interval", offset: 64, expected: 8))
  }

  @Test mutating func `data that does not start with a tensor`() throws {
    forgery.header["labels"] = nil
    #expect(try forgery.refusal() == .hole(path: path, tensor: "_pad.0", offset: 8, expected: 0))
  }

  @Test mutating func `tensors that overlap`() throws {
    forgery.set("_pad.0", "shape", JSONValue([60]))
    forgery.set("_pad.0", "data_offsets", JSONValue([4, 64]))
    #expect(try forgery.refusal() == .overlap(path: path, tensor: "_pad.0", offset: 4, expected: 8))
  }

  @Test mutating func `a tensor that does not start on 64 bytes`() throws {
    forgery.set("_pad.0", "shape", JSONValue([24]))
    forgery.set("_pad.0", "data_offsets", JSONValue([8, 32]))
    forgery.set("sample.interval", "data_offsets", JSONValue([32, 64]))
    forgery.set("_pad.1", "shape", JSONValue([64]))
    forgery.set("_pad.1", "data_offsets", JSONValue([64, 128]))
    #expect(try forgery.refusal() == .misalignedTensor(path: path, tensor: "sample.interval", offset: 32))
  }

  @Test mutating func `padding that hides something`() throws {
    forgery.header["_pad.1"] = nil
    forgery.header["sample.interval"] = nil
    forgery.set("_pad.0", "shape", JSONValue([120]))
    forgery.set("_pad.0", "data_offsets", JSONValue([8, 128]))
    #expect(try forgery.refusal() == .oversizedPadding(path: path, tensor: "_pad.0", bytes: 120))
  }

  @Test(arguments: ["labels", "sample.id", "text.offsets", "text.times", "words.token_offsets", "_crc.text.values"])
  mutating func `a tensor that is missing`(tensor: String) throws {
    forgery.header["\(tensor).x"] = forgery.header[tensor]
    forgery.header[tensor] = nil
    #expect(try forgery.refusal() == .missingTensor(path: path, tensor: tensor))
  }

  @Test(arguments: ["notes", "audio.values", "_crc._pad.0", "_pad.99", "_pad.x"])
  mutating func `a tensor that nobody asked for`(tensor: String) throws {
    let end = forgery.data.count
    forgery.data += [UInt8](repeating: 0, count: 56)
    forgery.set("_pad.25", "dtype", "U8")
    forgery.set("_pad.25", "shape", JSONValue([56]))
    forgery.set("_pad.25", "data_offsets", JSONValue([end, end + 56]))
    forgery.set(tensor, "dtype", "U8")
    forgery.set(tensor, "shape", JSONValue([0]))
    forgery.set(tensor, "data_offsets", JSONValue([end + 56, end + 56]))
    #expect(try forgery.refusal() == .superfluousTensor(path: path, tensor: tensor))
  }

  @Test mutating func `tensors that the manifest does not know of`() throws {
    let found = try forgery.refusal { manifest in
      manifest.modalities.removeLast()
      manifest.splits[0].frames.removeLast()
    }
    #expect(found == .superfluousTensor(path: path, tensor: "words.offsets"))
  }

  @Test mutating func `tensors in another order`() throws {
    let (offsets, words) = (forgery.header["text.offsets"], forgery.header["words.offsets"])
    forgery.header["text.offsets"] = words
    forgery.header["words.offsets"] = offsets
    #expect(try forgery.refusal() == .tensorOrder(path: path, tensor: "text.values"))
  }

  @Test mutating func `a tensor of another type`() throws {
    forgery.set("text.values", "dtype", "F16")
    forgery.set("text.values", "shape", JSONValue([2, 4]))
    #expect(
      try forgery.refusal() == .wrongType(path: path, tensor: "text.values", expected: "F32", found: "F16"))
  }

  @Test mutating func `a tensor of another shape`() throws {
    forgery.set("text.values", "shape", JSONValue([4, 1]))
    #expect(
      try forgery.refusal() == .wrongShape(path: path, tensor: "text.values", expected: [2, 2], found: [4, 1]))
  }

  @Test mutating func `an empty tensor of a monstrous shape`() throws {
    forgery.set("words.valid", "shape", JSONValue([Int.max, 0]))
    forgery.set("words.valid", "data_offsets", JSONValue([704, 704]))
    forgery.set("_pad.11", "shape", JSONValue([0]))
    forgery.set("_pad.11", "data_offsets", JSONValue([704, 704]))
    forgery.set("words.times", "shape", JSONValue([10, 2]))
    forgery.set("words.times", "data_offsets", JSONValue([704, 784]))
    #expect(
      try forgery.refusal() == .wrongShape(path: path, tensor: "words.token_offsets", expected: [1], found: [3]))
  }

  @Test mutating func `a tensor of another rank`() throws {
    forgery.set("labels", "shape", JSONValue([2]))
    #expect(try forgery.refusal() == .wrongShape(path: path, tensor: "labels", expected: [2, 1], found: [2]))
  }

  @Test mutating func `times in one modality but not in another`() throws {
    forgery.header["words.x"] = forgery.header["words.times"]
    forgery.header["words.times"] = nil
    #expect(try forgery.refusal() == .missingTensor(path: path, tensor: "words.times"))
  }

  // MARK: The file

  @Test(arguments: [1, 64, 1608])
  mutating func `a file that is cut short`(bytes: Int) throws {
    let whole = 4096 + forgery.data.count
    forgery.data.removeLast(bytes)
    #expect(try forgery.refusal() == .fileSize(path: path, expected: whole, found: whole - bytes))
  }

  @Test mutating func `a file with something behind its tensors`() throws {
    let whole = 4096 + forgery.data.count
    forgery.data.append(0)
    #expect(try forgery.refusal() == .fileSize(path: path, expected: whole, found: whole + 1))
  }

  @Test func `a file of another size than the manifest says`() throws {
    let whole = 4096 + forgery.data.count
    #expect(
      try forgery.refusal { $0.splits[0].shards[0].bytes += 1 }
        == .fileSize(path: path, expected: whole + 1, found: whole))
  }

  @Test func `a file that is not there`() throws {
    #expect(
      try forgery.refusal {
        $0.splits[0].shards.append(Manifest.ShardFile(file: "x", bytes: 1, headerCRC32: 0))
        for index in 0...1 {
          $0.splits[0].shards[index].file = ShardName(split: "train", index: index, count: 2).description
        }
      } == .missingFile(path: path.replacing("of-00001", with: "of-00002")))
  }
}
