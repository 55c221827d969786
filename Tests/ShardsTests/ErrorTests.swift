import Testing

@testable import Shards

struct ErrorTests {
  @Test func `errors say what, where, and what to do`() {
    #expect(
      ShardError.missingTensor(path: "a.safetensors", tensor: "labels").description
        == "a.safetensors: labels is missing; the dataset is damaged, restore it or convert the data again")
    #expect(
      ShardError.headerChecksum(path: "a", expected: 0xA0B, found: 1).description
        == "a: the header's CRC-32 is 00000001, but the manifest says 00000a0b; "
        + "the dataset is damaged, restore it or convert the data again")
    #expect(
      ShardError.notADataset(path: "out").description
        == "out: no manifest.json in it, so this is not a dataset; give the folder that a conversion made")
  }

  @Test func `a layout's errors name no file`() {
    #expect(
      ShardError.headerTooLarge(path: "", bytes: 26_000_000).description
        == "a header of 26000000 bytes, more than the 25000000 that are allowed; make the shards smaller")
  }

  @Test func `findings name their samples`() {
    let error = ShardError.invalidBool(path: "a", tensor: "text.valid", frame: 3, found: 9)
    #expect(
      Finding(error, firstSample: "v[1]", lastSample: "v[1]").description
        == "a: text.valid holds 9 at frame 3, not 0 or 1 (sample v[1]); "
        + "the dataset is damaged, restore it or convert the data again")
    #expect(Finding(error, firstSample: "v[1]", lastSample: "w").description.contains("(samples v[1] to w)"))
    #expect(Finding(error).description == error.description)
    #expect(Finding(error, firstSample: "v[1]", lastSample: "w").json["last_sample"]?.string == "w")
  }
}
