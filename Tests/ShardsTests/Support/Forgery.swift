import Files
import JSONValues
import TestDatasets

@testable import Shards

/// The tiny dataset with its shard taken apart, to be spoilt in one respect and put together again with a manifest
/// that agrees, so that only the fault under test is left to find.
struct Forgery {
  static let file = "train-00000-of-00001.safetensors"

  /// The header, without padding.
  var header: JSONObject
  var data: [UInt8]
  /// The header's text, where it shall not be that of ``header``.
  var text: String?
  /// What the first eight bytes say, where it shall not be the truth.
  var length: UInt64?
  var alignment = 4096
  private let folder: TemporaryFolder
  private let manifest: Manifest

  init() throws {
    folder = try TemporaryFolder()
    manifest = try RaggedDataset.tiny().write(to: folder.path)
    let bytes = try File.contents(of: folder.file(Self.file))
    data = Array(bytes.dropFirst(4096))
    header = JSONObject()
    if let object = try JSONValue.parse(bytes[8..<4096]).object { header = object }
  }

  var path: String { folder.file(Self.file) }
  var manifestPath: String { folder.file(Manifest.fileName) }

  /// Writes the shard, and the manifest with its size and header's CRC, and what else `edit` does to it.
  @discardableResult
  func write(_ edit: (inout Manifest) -> Void = { _ in }) throws -> String {
    var text = Array((self.text ?? JSONValue.object(header).compact()).utf8)
    while (8 + text.count) % alignment != 0 { text.append(UInt8(ascii: " ")) }
    let head = TensorBytes.of([length ?? UInt64(text.count)]) + text
    try folder.write(head + data, to: Self.file)
    var manifest = self.manifest
    manifest.splits[0].shards[0].bytes = head.count + data.count
    manifest.splits[0].shards[0].headerCRC32 = Checksum.crc32(head)
    edit(&manifest)
    try folder.write(Array(manifest.encoded().utf8), to: Manifest.fileName)
    return folder.path
  }

  /// What opening says, if anything.
  func refusal(_ edit: (inout Manifest) -> Void = { _ in }) throws -> ShardError? {
    let path = try write(edit)
    do throws(ShardError) {
      _ = try Dataset.open(path)
      return nil
    } catch { return error }
  }

  /// Changes a member of a tensor in the header.
  mutating func set(_ tensor: String, _ member: String, _ value: JSONValue) {
    var object = header[tensor]?.object ?? JSONObject()
    object[member] = value
    header[tensor] = .object(object)
  }

  /// Changes an element of an I64 tensor.
  mutating func poke(_ tensor: String, _ index: Int, _ value: Int64) {
    let start = start(of: tensor) + 8 * index
    data.replaceSubrange(start..<start + 8, with: TensorBytes.of([value]))
  }

  func start(of tensor: String) -> Int { header[tensor]?["data_offsets"]?.array?.first?.integer ?? 0 }
}
