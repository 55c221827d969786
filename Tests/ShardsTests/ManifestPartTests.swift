import JSONValues
import Testing

@testable import Shards

/// The manifest of a part of a dataset.
@Suite struct `The manifest of a part` {
  private static let manifest: Manifest = {
    var manifest = ManifestTests.manifest
    manifest.part = Manifest.Part(
      index: 2, count: 3, rows: [4, 5], matched: [4, 0], ledgerLines: [1, 0, 2, 3, 4],
      moments: Manifest.MomentsFile(bytes: 4096, crc32: 0xBEE))
    manifest.modalities[0].content = .values(.f64)
    return manifest
  }()

  /// The text with its CRC, after a change.
  private static func sealed(_ edit: (inout JSONObject) -> Void) throws -> [UInt8] {
    var object = manifest.json.object ?? [:]
    edit(&object)
    let text = String(JSONValue.object(object).pretty().dropLast(2)) + ",\n"
    return Array((text + Manifest.lastLine(Checksum.crc32(Array(text.utf8)))).utf8)
  }

  @Test func `reads back as it was written`() throws {
    #expect(try Manifest.parse(Array(Self.manifest.encoded().utf8)) == Self.manifest)
  }

  @Test func `alone may have binary64`() throws {
    let error = ShardError.wrongField(
      path: "m", field: "modalities[0].dtype", expected: "one of f32, f16, bf16, tokens")
    #expect(throws: error) { try Manifest.parse(Self.sealed { $0["pending"] = nil }, path: "m") }
    #expect(!ElementType.allCases.contains(.f64))
  }

  @Test(arguments: [
    ("part", JSONValue(0), "a number from 1 to 3"), ("part", JSONValue(4), "a number from 1 to 3"),
    ("part", "2", "a count"), ("of", JSONValue(1), "a number from 1 to 1"), ("rows", "many", "an object"),
    ("ledger_lines", JSONValue(3), "an object"), ("moments", .null, "an object"),
  ])
  func `is refused where a field makes no sense`(field: String, value: JSONValue, expected: String) throws {
    let bytes = try Self.sealed { object in
      var pending = object["pending"]?.object ?? [:]
      pending[field] = value
      object["pending"] = .object(pending)
    }
    let name = field == "of" ? "part" : field
    #expect(throws: ShardError.wrongField(path: "m", field: "pending.\(name)", expected: expected)) {
      try Manifest.parse(bytes, path: "m")
    }
  }

  @Test(arguments: ["part", "of", "rows", "matched", "ledger_lines", "moments"])
  func `is refused where a field is missing`(field: String) throws {
    let bytes = try Self.sealed { object in
      var pending = object["pending"]?.object ?? [:]
      pending[field] = nil
      object["pending"] = .object(pending)
    }
    #expect(throws: ShardError.missingField(path: "m", field: "pending.\(field)")) {
      try Manifest.parse(bytes, path: "m")
    }
  }

  @Test func `names no file but its own`() throws {
    let bytes = try Self.sealed { object in
      var pending = object["pending"]?.object ?? [:]
      pending["moments"] = ["file": "../secrets", "bytes": JSONValue(1), "crc32": "00000000"]
      object["pending"] = .object(pending)
    }
    let error = ShardError.wrongField(
      path: "m", field: "pending.moments.file", expected: "\"moments.safetensors\"")
    #expect(throws: error) { try Manifest.parse(bytes, path: "m") }
  }
}
