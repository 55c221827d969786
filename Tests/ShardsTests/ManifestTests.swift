import JSONValues
import TestDatasets
import Testing

@testable import Shards

struct ManifestTests {
  static let manifest = RaggedDataset.tiny().manifest(
    splits: ["all", "test", "Zeta", "train", "valid"].map {
      Manifest.Split(
        name: $0, samples: 1, frames: [2, 3],
        shards: [Manifest.ShardFile(file: "\($0)-00000-of-00001.safetensors", bytes: 8192, headerCRC32: 0xA0B)])
    }, content: String(repeating: "c", count: 64))

  @Test func `a manifest reads back as it was written`() throws {
    let text = Self.manifest.encoded()
    let read = try Manifest.parse(Array(text.utf8))
    #expect(read == Self.manifest)
    #expect(read.encoded() == text)
  }

  @Test func `splits come as train, valid, test, then by name`() {
    #expect(Self.manifest.splits.map(\.name) == ["train", "valid", "test", "Zeta", "all"])
    var manifest = Self.manifest
    manifest.splits.swapAt(0, 4)
    #expect(manifest == Self.manifest)
  }

  @Test func `the last line is the CRC of all lines before it`() {
    let text = Self.manifest.encoded()
    let lines = text.split(separator: "\n")
    #expect(lines.last?.wholeMatch(of: /\ \ "crc32": "[0-9a-f]{8}"}/) != nil)
    let body = lines.dropLast().map { $0 + "\n" }.joined()
    #expect(text == body + "  \"crc32\": \"\(Checksum.crc32(Array(body.utf8)).hex)\"}\n")
  }

  @Test func `optional fields and nulls survive`() throws {
    var manifest = Self.manifest
    manifest.inputs[0].uuid = "6d9ff5c3"
    manifest.modalities[0].rate = 15
    manifest.modalities[0].dimensionNames = ["x", "y"]
    manifest.modalities[0].statistics?.count = [0, 4]
    manifest.modalities[0].statistics?.min[0] = nil
    manifest.modalities[0].statistics?.max[0] = nil
    manifest.modalities[0].statistics?.mean = [0, 1.0 / 3]
    #expect(try Manifest.parse(Array(manifest.encoded().utf8)) == manifest)
  }

  @Test func `quartiles and limits stand there only where there are any`() throws {
    #expect(!Self.manifest.encoded().contains("median") && !Self.manifest.encoded().contains("clip"))
    var manifest = Self.manifest
    manifest.modalities[0].normalization = .robust
    manifest.modalities[0].statistics?.quartiles = .init(q1: [nil, 0.25], median: [nil, 1.0 / 3], q3: [nil, 7])
    manifest.modalities[0].clip = .init(limit: 2.5, values: 3)
    #expect(try Manifest.parse(Array(manifest.encoded().utf8)) == manifest)
    manifest.modalities[0].statistics?.quartiles = nil
    #expect(throws: ShardError.self) { try Manifest.parse(Array(manifest.encoded().utf8)) }
    manifest.modalities[0].normalization = .zscore
    manifest.modalities[0].clip?.limit = 0
    #expect(throws: ShardError.self) { try Manifest.parse(Array(manifest.encoded().utf8)) }
  }

  @Test func `fields of a later minor version are ignored`() throws {
    let text = Self.sealed {
      $0["version"] = "1.3"
      $0["weather"] = ["fine"]
    }
    #expect(try Manifest.parse(Array(text.utf8)).version == FormatVersion(major: 1, minor: 3))
  }

  @Test func `schemas follow from modalities and labels`() {
    #expect(Self.manifest.schema(keepsTimes: true) == RaggedDataset.tiny().schema)
  }

  // MARK: Refusals

  @Test func `a manifest that is not JSON`() {
    #expect {
      try Manifest.parse([], path: "m")
    } throws: { error in
      guard case ShardError.notJSON("m", let problem) = error else { return false }
      return problem.offset == 0 && problem.problem == .unexpectedEnd
    }
  }

  @Test func `a manifest with another last line`() {
    let text = Self.manifest.encoded()
    for damaged in [text + "\n", String(text.dropLast()), text.replacing("\"}\n", with: "\"\n}\n"), "{}"] {
      let header = "{\"format\": \"grf-shards\", \"version\": \"1.0\"}"
      #expect(throws: ShardError.missingManifestChecksum(path: "m")) {
        try Manifest.parse(Array((damaged == "{}" ? header : damaged).utf8), path: "m")
      }
    }
  }

  @Test func `a manifest that was edited`() throws {
    let text = Self.manifest.encoded()
    let edited = Array(text.replacing("\"samples\": 1", with: "\"samples\": 2").utf8)
    let expected = try #require(UInt32(hex: String(text.dropLast(3).suffix(8))))
    let found = Checksum.crc32(Array(edited.dropLast(Manifest.lastLine(0).utf8.count)))
    #expect(throws: ShardError.manifestChecksum(path: "m", expected: expected, found: found)) {
      try Manifest.parse(edited, path: "m")
    }
  }

  @Test func `a manifest of another format or major version`() {
    #expect(Self.refusal { $0["format"] = "webdataset" } == .unknownFormat(path: "m", found: "webdataset"))
    #expect(Self.refusal { $0["version"] = "2.0" } == .unsupportedVersion(path: "m", found: "2.0"))
    #expect(Self.refusal { $0["version"] = JSONValue(1) } == Self.wrong("version", "a string"))
  }

  @Test func `a manifest that lacks a field`() {
    for path in Self.fields where !path.hasPrefix("splits.train.frames.") {
      #expect(Self.refusal { Self.edit(&$0, path) { $0[$1] = nil } } == .missingField(path: "m", field: path))
    }
  }

  @Test func `a manifest with a field of a wrong type`() {
    for path in Self.fields where path != "configuration" {
      let refusal = Self.refusal { Self.edit(&$0, path) { $0[$1] = .bool(true) } }
      guard case .wrongField("m", let field, _) = refusal else {
        Issue.record("\(path): \(String(describing: refusal))")
        continue
      }
      #expect(field == path)
    }
  }

  @Test(arguments: nonsense)
  func `a manifest with a field that makes no sense`(path: String, value: JSONValue, expected: String) {
    #expect(Self.refusal { Self.edit(&$0, path) { $0[$1] = value } } == Self.wrong(path, expected))
  }

  @Test(arguments: [
    "../train-00000-of-00001.safetensors", "/train-00000-of-00001.safetensors", "a/train-00000-of-00001.safetensors",
    "..", "", "train.safetensors", "train-0-of-1.safetensors", "train-00001-of-00001.safetensors",
    "-00000-of-00001.safetensors", ".train-00000-of-00001.safetensors", "train-00000-of-00001.safetensors\u{0}",
    "train-00000-of-00001.safetensors.zst", "tra in-00000-of-00001.safetensors", "é-00000-of-00001.safetensors",
  ])
  func `a shard name that is not plain`(name: String) {
    let refusal = Self.refusal {
      Self.edit(&$0, "splits.train.shards[0].file") { $0[$1] = .string(name) }
    }
    #expect(refusal == .unsafeFileName(path: "m", name: name))
  }

  @Test(arguments: ["test-00000-of-00001.safetensors", "train-00000-of-00002.safetensors"])
  func `a shard name of another place`(name: String) {
    let refusal = Self.refusal {
      Self.edit(&$0, "splits.train.shards[0].file") { $0[$1] = .string(name) }
    }
    let expected = "train-00000-of-00001.safetensors"
    #expect(refusal == .unexpectedFileName(path: "m", name: name, expected: expected))
  }

  @Test(arguments: ["../x", "", "a b", "-x"])
  func `a split that no file could be named after`(name: String) {
    let refusal = Self.refusal {
      Self.edit(&$0, "splits.\(name)") { splits, _ in splits[name] = splits["train"] }
    }
    #expect(refusal == Self.wrong("splits.\(name)", "a split's name"))
  }
}

// MARK: Editing

extension ManifestTests {
  /// Fields, values that they cannot have, and what is expected instead.
  private static let nonsense: [(String, JSONValue, String)] = [
    ("fingerprint", JSONValue("0F"), "64 lower-case hexadecimal digits"),
    ("labels", ["a", "a"], "a list of different names"),
    ("modalities[0].name", "labels", "a modality's name that no other one has"),
    ("modalities[1].name", "text", "a modality's name that no other one has"),
    ("modalities[0].dtype", "f64", "one of f32, f16, bf16, tokens"),
    ("modalities[0].normalization", "l2", "one of none, zscore, minmax, robust"),
    ("modalities[0].dimension", JSONValue(0), "a positive count"),
    ("modalities[1].dimension", JSONValue(1), "0, as it is for tokens"),
    ("modalities[0].statistics", .null, "an object"),
    ("modalities[0].dimension_names", ["x"], "a list of 2 strings"),
    ("modalities[0].statistics.count", JSONValue([1]), "a list of 2 counts"),
    ("modalities[0].statistics.nan", JSONValue([1, -1]), "a list of 2 counts"),
    ("modalities[0].statistics.mean", [.null, .null], "a list of 2 numbers"),
    ("splits.train.samples", JSONValue(-1), "a count"),
    (
      "splits.train.frames", ["text": JSONValue(2), "words": JSONValue(3), "x": JSONValue(0)],
      "a count for each modality and nothing else"
    ),
    ("splits.train.shards[0].header_crc32", "A0B", "eight lower-case hexadecimal digits"),
    ("ledger.counts", ["lost": JSONValue(1)], "counts by known reasons"),
  ]

  /// All fields, as errors call them.
  private static let fields: [String] =
    [
      "format", "version", "fingerprint", "content", "configuration", "inputs", "modalities", "labels", "splits",
      "ledger", "inputs[0].root", "inputs[0].file", "inputs[0].bytes", "inputs[0].uuid", "inputs[0].digest",
      "splits.train.samples", "splits.train.frames", "splits.train.frames.text", "splits.train.frames.words",
      "splits.train.shards", "splits.train.shards[0].file", "splits.train.shards[0].bytes",
      "splits.train.shards[0].header_crc32", "ledger.bytes", "ledger.crc32", "ledger.counts",
    ]
    + [
      "name", "root", "dimension", "dimension_names", "dtype", "rate", "normalization", "statistics", "frames_dropped",
      "nonfinite",
    ].map { "modalities[0].\($0)" }
    + ["count", "mean", "std", "min", "max", "nan", "posinf", "neginf"].map { "modalities[0].statistics.\($0)" }
    + ["nan", "posinf", "neginf", "f32_overflow"].map { "modalities[0].nonfinite.\($0)" }

  private static func wrong(_ field: String, _ expected: String) -> ShardError {
    .wrongField(path: "m", field: field, expected: expected)
  }

  /// The manifest's text after an edit, with a CRC that agrees.
  private static func sealed(_ edit: (inout JSONObject) -> Void) -> String {
    var object = manifest.json.object ?? JSONObject()
    edit(&object)
    let body = JSONValue.object(object).pretty().dropLast(2) + ",\n"
    return body + Manifest.lastLine(Checksum.crc32(Array(body.utf8)))
  }

  private static func refusal(_ edit: (inout JSONObject) -> Void) -> ShardError? {
    do throws(ShardError) {
      _ = try Manifest.parse(Array(sealed(edit).utf8), path: "m")
      return nil
    } catch { return error }
  }

  /// Edits the object that holds the field at a path such as `inputs[0].root`.
  private static func edit(_ object: inout JSONObject, _ path: String, _ change: (inout JSONObject, String) -> Void) {
    let parts = path.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 2, !path.hasPrefix("splits.") || path.split(separator: ".").count > 2 else {
      if path.hasPrefix("splits."), var splits = object["splits"]?.object {
        change(&splits, parts[1])
        object["splits"] = .object(splits)
      } else {
        change(&object, path)
      }
      return
    }
    let key = parts[0]
    if let open = key.firstIndex(of: "["), let index = Int(key[key.index(after: open)...].dropLast()) {
      let name = String(key[..<open])
      var elements = object[name]?.array ?? []
      var element = elements[index].object ?? JSONObject()
      edit(&element, parts[1], change)
      elements[index] = .object(element)
      object[name] = .array(elements)
    } else {
      var member = object[key]?.object ?? JSONObject()
      edit(&member, parts[1], change)
      object[key] = .object(member)
    }
  }
}
