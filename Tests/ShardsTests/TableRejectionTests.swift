import Testing

@testable import Shards

/// One test per thing that a reader refuses in the lists of offsets and the ids.
struct TableRejectionTests {
  var forgery: Forgery
  let path: String

  static let tables = ["sample.id_offsets", "text.offsets", "words.offsets", "words.token_offsets"]

  init() throws {
    forgery = try Forgery()
    path = forgery.path
  }

  @Test(arguments: tables, [-1, 1])
  mutating func `offsets that do not start at 0`(tensor: String, start: Int64) throws {
    forgery.poke(tensor, 0, start)
    #expect(try forgery.refusal() == .offsetsStart(path: path, tensor: tensor, found: Int(start)))
  }

  @Test(arguments: tables)
  mutating func `offsets that decrease`(tensor: String) throws {
    forgery.poke(tensor, 1, 7)
    #expect(try forgery.refusal() == .offsetsDecrease(path: path, tensor: tensor, index: 2))
  }

  @Test(arguments: tables)
  mutating func `offsets that turn negative`(tensor: String) throws {
    forgery.poke(tensor, 1, .min)
    #expect(try forgery.refusal() == .offsetsDecrease(path: path, tensor: tensor, index: 1))
  }

  @Test(arguments: tables, [1, Int64.max])
  mutating func `offsets that do not end where the frames do`(tensor: String, beyond: Int64) throws {
    let end = tensor == "sample.id_offsets" ? 6 : 2
    let last = beyond == .max ? beyond : Int64(end) + beyond
    forgery.poke(tensor, 2, last)
    #expect(try forgery.refusal() == .offsetsEnd(path: path, tensor: tensor, expected: end, found: Int(last)))
  }

  @Test mutating func `an id that is not UTF-8`() throws {
    forgery.data[forgery.start(of: "sample.id") + 1] = 0xFF
    #expect(try forgery.refusal() == .invalidID(path: path, sample: 0))
  }

  @Test mutating func `ids that are UTF-8 only together`() throws {
    forgery.poke("sample.id_offsets", 1, 5)
    #expect(try forgery.refusal() == .invalidID(path: path, sample: 0))
  }

  @Test func `fewer samples than the manifest says`() throws {
    #expect(
      try forgery.refusal { $0.splits[0].samples = 3 }
        == .sampleCount(path: forgery.manifestPath, split: "train", expected: 3, found: 2))
  }

  @Test func `more frames than the manifest says`() throws {
    #expect(
      try forgery.refusal { $0.splits[0].frames[1] = 1 }
        == .frameCount(path: forgery.manifestPath, split: "train", modality: "words", expected: 1, found: 2))
  }
}
