import JSONValues
import TestDatasets
import Testing

@testable import Shards

/// One test per thing that a reader refuses in a shard's header.
struct HeaderRejectionTests {
  var forgery: Forgery
  let path: String

  init() throws {
    forgery = try Forgery()
    path = forgery.path
  }

  @Test func `an unspoilt forgery is accepted`() throws {
    #expect(try forgery.refusal() == nil)
  }

  // MARK: The document

  @Test func `a file of fewer than eight bytes`() throws {
    let folder = try TemporaryFolder()
    try RaggedDataset.tiny().write(to: folder.path)
    try folder.write([1, 2, 3], to: Forgery.file)
    #expect(throws: ShardError.headerCutShort(path: folder.file(Forgery.file), bytes: 3)) {
      try Dataset.open(folder.path)
    }
  }

  @Test mutating func `a file that ends within its header`() throws {
    forgery.length = 100_000
    #expect(try forgery.refusal() == .headerCutShort(path: path, bytes: 4096 + forgery.data.count))
  }

  @Test(arguments: [25_000_001, UInt64(Int.max), UInt64.max])
  mutating func `a header longer than 25 MB`(length: UInt64) throws {
    forgery.length = length
    #expect(try forgery.refusal() == .headerTooLarge(path: path, bytes: Int(clamping: length)))
  }

  @Test(arguments: ["[]", "\"\"", " {}", ""])
  mutating func `a header that is no object`(text: String) throws {
    forgery.text = text
    #expect(try forgery.refusal() == .headerNotObject(path: path))
  }

  @Test mutating func `a header that is not JSON`() throws {
    forgery.text = "{\"a\": }"
    #expect(
      try forgery.refusal() == .notJSON(path: path, problem: try #require(Self.problem("{\"a\": }"))))
  }

  @Test mutating func `a header that names a tensor twice`() throws {
    let text = JSONValue.object(forgery.header).compact()
    forgery.text = text.dropLast() + ",\"labels\":" + (forgery.header["labels"]?.compact() ?? "") + "}"
    #expect(try forgery.refusal() == .duplicateKey(path: path, key: "labels"))
  }

  @Test mutating func `a tensor that names a member twice`() throws {
    let text = JSONValue.object(forgery.header).compact()
    forgery.text = text.replacing("\"dtype\":\"F32\"", with: "\"dtype\":\"F32\",\"dtype\":\"F32\"", maxReplacements: 1)
    #expect(try forgery.refusal() == .duplicateKey(path: path, key: "dtype"))
  }

  @Test mutating func `data that does not start on 4096 bytes`() throws {
    forgery.alignment = 64
    let text = JSONValue.object(forgery.header).compact().utf8.count
    #expect(try forgery.refusal() == .misalignedData(path: path, offset: (8 + text + 63) / 64 * 64))
  }

  @Test func `a header that the manifest has another CRC of`() throws {
    let found = try forgery.refusal { $0.splits[0].shards[0].headerCRC32 ^= 1 }
    guard case .headerChecksum(path, let expected, let crc) = found else {
      Issue.record("\(String(describing: found))")
      return
    }
    #expect(expected == crc ^ 1)
  }

  // MARK: Metadata

  @Test mutating func `a header without metadata`() throws {
    forgery.header["__metadata__"] = nil
    #expect(try forgery.refusal() == .missingMetadata(path: path, key: "format"))
  }

  @Test(arguments: ["format", "version", "split", "fingerprint"])
  mutating func `metadata that lack a key`(key: String) throws {
    forgery.set("__metadata__", key, .null)
    var metadata = try #require(forgery.header["__metadata__"]?.object)
    metadata[key] = nil
    forgery.header["__metadata__"] = .object(metadata)
    #expect(try forgery.refusal() == .missingMetadata(path: path, key: key))
  }

  @Test(arguments: [JSONValue(1), .null, ["a"], ["a": "b"]])
  mutating func `metadata that are not strings`(value: JSONValue) throws {
    forgery.set("__metadata__", "note", value)
    #expect(try forgery.refusal() == .metadataNotText(path: path, key: "note"))
  }

  @Test mutating func `metadata with keys that the format does not know are accepted`() throws {
    forgery.set("__metadata__", "note", "hello")
    #expect(try forgery.refusal() == nil)
  }

  @Test mutating func `another format`() throws {
    forgery.set("__metadata__", "format", "pt")
    #expect(try forgery.refusal() == .unknownFormat(path: path, found: "pt"))
  }

  @Test(arguments: ["2.0", "0.9", "1", "one", "1.x", "01.0", "-1.0", "1.0.0"])
  mutating func `a shard of another major version`(version: String) throws {
    forgery.set("__metadata__", "version", .string(version))
    #expect(try forgery.refusal() == .unsupportedVersion(path: path, found: version))
  }

  @Test mutating func `a later minor version is accepted`() throws {
    forgery.set("__metadata__", "version", "1.7")
    #expect(try forgery.refusal { $0.version = FormatVersion(major: 1, minor: 7) } == nil)
  }

  @Test mutating func `a shard of another dataset`() throws {
    forgery.set("__metadata__", "fingerprint", "00")
    let expected = String(repeating: "0f", count: 32)
    #expect(try forgery.refusal() == .fingerprintMismatch(path: path, expected: expected, found: "00"))
  }

  @Test mutating func `a shard of another split`() throws {
    forgery.set("__metadata__", "split", "test")
    #expect(try forgery.refusal() == .splitMismatch(path: path, expected: "train", found: "test"))
  }

  private static func problem(_ text: String) -> JSONError? {
    do throws(JSONError) {
      _ = try JSONValue.parse(text)
      return nil
    } catch { return error }
  }
}
