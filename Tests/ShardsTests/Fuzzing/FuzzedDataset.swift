import Files
import TestDatasets

@testable import Shards

/// A dataset on disk that is damaged, looked at, and put right again, over and over.
final class FuzzedDataset {
  /// What a change must lead to.
  enum Duty {
    /// It is noticed, or nothing that anybody reads is other than before.
    case noticed
    /// Every checksum agrees with the change, which therefore may pass; reading it must only be safe.
    case survived
  }

  enum Outcome: Hashable {
    case refused, found, accepted
    /// A change passed that a checksum covers, or the reader let pass what a full check calls unreadable.
    case missed
  }

  let path: String
  let isPacked: Bool
  private let folder: TemporaryFolder
  private let files: [String: [UInt8]]
  private let names: [String]
  private let manifest: Manifest
  private let contents: [UInt8]

  init(_ dataset: RaggedDataset, isPacked: Bool, limit: Int = .max) throws {
    folder = try TemporaryFolder(inMemory: true)
    path = folder.path
    self.isPacked = isPacked
    manifest = try dataset.write(to: path, limit: limit)
    contents = Self.contents(try Dataset.open(path))
    if isPacked { _ = try Packing.pack(path) }
    var files: [String: [UInt8]] = [:]
    for name in try Folder.list(path) { files[name] = try File.contents(of: folder.file(name)) }
    self.files = files
    names = files.keys.sorted()
  }

  /// Makes change `number`, looks at the result in every way, and undoes it.
  func run(_ number: Int) throws -> (Outcome, Duty) {
    var mutator = ShardMutator(draw: SplitMix(seed: UInt64(number)))
    let (changes, duty) = change(&mutator)
    for (name, bytes) in changes { try write(bytes, to: name) }
    let outcome = try look(duty, inflates: !isPacked || number % 8 == 0)
    for name in changes.keys {
      if let bytes = files[name] { try write(bytes, to: name) }
    }
    return (outcome, duty)
  }

  private func look(_ duty: Duty, inflates: Bool) throws -> Outcome {
    let findings = try? Verification.run(path)
    var opened: [UInt8]?
    if inflates {
      do throws(ShardError) {
        let dataset = try Dataset.open(path)
        opened = Self.contents(dataset)
        _ = try? dataset.ledger()
      } catch {
        // Whatever cannot be opened, a full check finds fault with.
        if findings?.isEmpty == true { return .missed }
      }
      if isPacked {
        for name in try Folder.list(path) where files[name] == nil { try Folder.removeAll(folder.file(name)) }
      }
      if opened == nil { return .refused }
    }
    guard let findings else { return .refused }
    if !findings.isEmpty { return .found }
    if duty == .noticed, let opened, opened != contents { return .missed }
    return .accepted
  }

  // MARK: Changes

  private func change(_ mutator: inout ShardMutator) -> ([String: [UInt8]], Duty) {
    let shards = names.filter { $0.contains(".safetensors") }
    let shard = shards[mutator.draw.below(shards.count)]
    let kind = isPacked ? 0 : mutator.draw.below(6)
    switch kind {
    case 0, 1:
      // As a disk or a villain would: nothing else agrees.
      let name = mutator.draw.below(4) == 0 ? names[mutator.draw.below(names.count)] : shard
      var bytes = files[name] ?? []
      let isShort = mutator.draw.below(2) == 0
      // The last bytes of a packed shard are its table, the first ones of any other its header.
      let tail = max(0, bytes.count - 64)
      mutator.damage(&bytes, in: isShort ? (isPacked ? tail..<bytes.count : 0..<min(bytes.count, 4096)) : nil)
      return ([name: bytes], .noticed)
    case 2, 3: return (changedHeader(shard, &mutator), .noticed)
    case 4: return (changedData(shard, &mutator), .survived)
    default:
      var text = Array((files[Manifest.fileName] ?? []).dropLast(Manifest.lastLine(0).utf8.count))
      mutator.damageText(&text)
      return ([Manifest.fileName: text + Array(Manifest.lastLine(Checksum.crc32(text)).utf8)], .survived)
    }
  }

  /// A header that says something else, with a manifest that agrees: the CRCs of the data must tell.
  private func changedHeader(_ name: String, _ mutator: inout ShardMutator) -> [String: [UInt8]] {
    let bytes = files[name] ?? []
    let length = Int(TensorBytes.integers(Array(bytes.prefix(8)))[0])
    var text = Array(bytes[8..<8 + length])
    while text.last == UInt8(ascii: " ") { text.removeLast() }
    mutator.damageText(&text)
    while (8 + text.count) % 4096 != 0 { text.append(UInt8(ascii: " ")) }
    let said = mutator.draw.below(20) == 0 ? mutator.draw.edge() : Int64(text.count)
    let head = TensorBytes.of([said]) + text
    let changed = head + bytes[(8 + length)...]
    return signed([name: changed], name, head: head, size: changed.count)
  }

  /// Other offsets, ids, masks and values, with CRCs, digest and manifest that agree: only sense can tell.
  private func changedData(_ name: String, _ mutator: inout ShardMutator) -> [String: [UInt8]] {
    var bytes = files[name] ?? []
    guard let layout = try? header(of: name, bytes) else { return [:] }
    let tables = layout.tensors.filter { $0.isChecked && $0.byteCount > 0 }
    for _ in 0..<1 + mutator.draw.below(3) {
      let tensor = tables[mutator.draw.below(tables.count)]
      let range = tensor.offset..<tensor.offset + tensor.byteCount
      if tensor.dtype == .i64, mutator.draw.below(4) > 0 {
        let place = tensor.offset + 8 * mutator.draw.below(tensor.byteCount / 8)
        let old = TensorBytes.integers(Array(bytes[place..<place + 8]))[0]
        let near = old &+ Int64(mutator.draw.below(9) - 4)
        mutator.poke(&bytes, place, mutator.draw.below(2) == 0 ? near : mutator.draw.edge(), width: 8)
      } else {
        mutator.damage(&bytes, in: range, keepsLength: true)
      }
    }
    for tensor in layout.tensors where tensor.isChecked && tensor.byteCount > 0 {
      guard let sums = layout.tensors.first(where: { $0.name == "_crc.\(tensor.name)" }) else { continue }
      for block in 0..<tensor.blockCount {
        let part = tensor.range(ofBlock: block)
        let crc = Checksum.crc32(Array(bytes[tensor.offset + part.lowerBound..<tensor.offset + part.upperBound]))
        mutator.poke(&bytes, sums.offset + 8 * block, Int64(crc), width: 8)
      }
    }
    return signed([name: bytes], name, head: Array(bytes[..<layout.dataStart]), size: bytes.count)
  }

  private struct NotAHeader: Error {}

  private func header(of name: String, _ bytes: [UInt8]) throws -> ShardHeader {
    let length = bytes.count < 8 ? 0 : Int(TensorBytes.integers(Array(bytes.prefix(8)))[0])
    guard (0...max(0, bytes.count - 8)).contains(length) else { throw NotAHeader() }
    return try ShardHeader(
      Array(bytes.prefix(8 + length)), fileSize: bytes.count, path: name, schema: manifest.schema(keepsTimes: false),
      keepsTimes: nil)
  }

  /// The changes, and a manifest that agrees with them.
  private func signed(
    _ changes: [String: [UInt8]], _ name: String, head: [UInt8], size: Int
  ) -> [String: [UInt8]] {
    var manifest = manifest
    var digest = ContentDigest()
    for s in manifest.splits.indices {
      for i in manifest.splits[s].shards.indices {
        let file = manifest.splits[s].shards[i].file
        if file == name {
          manifest.splits[s].shards[i].bytes = size
          manifest.splits[s].shards[i].headerCRC32 = Checksum.crc32(head)
        }
        // Of a header that is no longer one the old sums stand.
        let bytes = changes[file] ?? files[file] ?? []
        let layout = (try? header(of: file, bytes)) ?? (try? header(of: file, files[file] ?? []))
        guard let layout else { continue }
        let crcs = layout.tensors.filter { if case .checksums = $0.role { true } else { false } }
        let sums = crcs.flatMap { bytes[min(bytes.count, $0.offset)..<min(bytes.count, $0.offset + $0.byteCount)] }
        digest.add(ShardRecord(file: file, bytes: size, headerCRC32: 0, crcBytes: sums))
      }
    }
    manifest.content = digest.hex
    var changes = changes
    changes[Manifest.fileName] = Array(manifest.encoded().utf8)
    return changes
  }

  /// In place: no name is made or removed for it.
  private func write(_ bytes: [UInt8], to name: String) throws {
    let file = try File(updating: folder.file(name))
    try file.write(bytes, at: 0)
    try file.resize(to: bytes.count)
  }

  // MARK: Contents

  /// Everything that a dataset's readers can see of its samples.
  static func contents(_ dataset: Dataset) -> [UInt8] {
    var bytes: [UInt8] = []
    for split in dataset.splits {
      bytes += Array(split.name.utf8)
      for shard in split.shards {
        for sample in 0..<shard.sampleCount { add(sample, of: shard, to: &bytes) }
      }
    }
    return bytes
  }

  private static func add(_ sample: Int, of shard: Shard, to bytes: inout [UInt8]) {
    let (start, end) = shard.interval(sample)
    bytes += Array(shard.id(sample).utf8) + TensorBytes.of([start, end])
    let labels = shard.labels(sample)
    bytes += TensorBytes.of(labels.indices.map { labels[$0] })
    for (m, modality) in shard.schema.modalities.enumerated() {
      let frames = shard.frameRange(sample: sample, modality: m)
      bytes += TensorBytes.of([Int64(frames.count)])
      if modality.isTokens {
        for frame in frames { bytes += Array(shard.tokenText(frame, modality: m).utf8) + [0] }
      } else {
        bytes += TensorBytes.of(shard.widened(sample: sample, modality: m))
      }
      let valid = shard.valid(sample: sample, modality: m)
      bytes += valid.indices.map { valid[$0] }
      if shard.schema.keepsTimes {
        let times = shard.times(sample: sample, modality: m)
        bytes += TensorBytes.of(times.indices.map { times[$0] })
      }
    }
  }
}
