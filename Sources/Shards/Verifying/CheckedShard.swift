internal import Files

/// A shard whose blocks are being checked. Its header has been found in order.
final class CheckedShard: Sendable {
  let header: ShardHeader
  let record: ShardRecord
  /// Whether the same shard is there in another form, which readers prefer.
  let isCopy: Bool
  /// The shard, mapped: nil where its lists of offsets are damaged, so that nobody knows which sample is where.
  let shard: Shard?
  /// Why there is no ``shard``.
  let tableError: ShardError?
  private let source: ShardSource
  /// By checked tensor: the CRCs that the shard gives for its blocks.
  private let checksums: [[Int64]]

  init(
    _ source: ShardSource, _ entry: Manifest.ShardFile, split: String, manifest: Manifest, schema: ShardSchema,
    keepsTimes: Bool?, isCopy: Bool = false
  ) throws(ShardError) {
    var reader = FrameReader()
    let header = try ShardHeader(source, schema: schema, keepsTimes: keepsTimes, &reader)
    try header.check(entry, split: split, manifest: manifest)
    self.header = header
    self.source = source
    self.isCopy = isCopy
    record = try ShardRecord.read(source, header: header, &reader)
    var rest = record.crcBytes[...]
    checksums = header.tensors.filter(\.isChecked).map { tensor in
      defer { rest = rest.dropFirst(8 * tensor.blockCount) }
      return TensorBytes.integers(Array(rest.prefix(8 * tensor.blockCount)))
    }
    (shard, tableError) = try Self.open(header, source, &reader)
  }

  private static func open(
    _ header: ShardHeader, _ source: ShardSource, _ reader: inout FrameReader
  ) throws(ShardError) -> (Shard?, ShardError?) {
    // Ids and lists of offsets are all that a check reads of samples.
    let tables = header.tensors.filter { $0.role.isTable }.map { $0.offset..<$0.offset + $0.byteCount }
    let mapping = try source.mapped(tables, &reader)
    do throws(ShardError) { return (try Shard(header, mapping: mapping), nil) } catch { return (nil, error) }
  }

  var isPacked: Bool { if case .packed = source { true } else { false } }

  /// Blocks that have a CRC.
  var checksumCount: Int { header.tensors.reduce(0) { $0 + ($1.isChecked ? $1.blockCount : 0) } }

  /// All blocks in the order of the file, cut into runs of several MiB, each with its bytes.
  func runsOfBlocks() -> [(blocks: [(tensor: Int, block: Int)], bytes: Int)] {
    var runs: [(blocks: [(tensor: Int, block: Int)], bytes: Int)] = []
    var run: (blocks: [(tensor: Int, block: Int)], bytes: Int) = ([], 0)
    for (t, tensor) in header.tensors.enumerated() {
      for block in 0..<tensor.blockCount {
        run.blocks.append((t, block))
        run.bytes += tensor.range(ofBlock: block).count
        if run.bytes < Self.runBytes { continue }
        runs.append(run)
        run = ([], 0)
      }
    }
    return run.blocks.isEmpty ? runs : runs + [run]
  }

  /// Long enough that few packed frames lie in two runs.
  private static let runBytes = 8 << 20

  /// Checks one block of one tensor, of whatever kind.
  func check(_ index: Int, block: Int, _ buffer: inout [UInt8], _ reader: inout FrameReader) -> [Finding] {
    let tensor = header.tensors[index]
    let range = tensor.range(ofBlock: block)
    do throws(ShardError) {
      try source.read(range.count, at: tensor.offset + range.lowerBound, into: &buffer, &reader)
    } catch { return [finding(error, tensor, range)] }
    switch tensor.role {
    case .checksums: return checkChecksums(tensor, block: block)
    case .padding:
      let isZero = buffer[..<range.count].allSatisfy { $0 == 0 }
      return isZero ? [] : [Finding(.paddingNotZero(path: header.path, tensor: tensor.name))]
    default: break
    }
    var findings: [Finding] = []
    let found = Checksum.crc32(TensorBytes.view(buffer.span).extracting(0..<range.count))
    // `_crc.*` comes in the order of the tensors that it checks.
    let place = header.tensors[..<index].count { $0.isChecked }
    if let expected = UInt32(exactly: checksums[place][block]), expected != found {
      let error = ShardError.blockChecksum(
        path: header.path, tensor: tensor.name, block: block, expected: expected, found: found)
      findings.append(finding(error, tensor, range))
    }
    if case .valid = tensor.role, let frame = buffer[..<range.count].firstIndex(where: { $0 > 1 }) {
      let error = ShardError.invalidBool(
        path: header.path, tensor: tensor.name, frame: range.lowerBound + frame, found: buffer[frame])
      findings.append(finding(error, tensor, range.lowerBound + frame..<range.lowerBound + frame + 1))
    }
    return findings
  }

  /// What `_crc.*` holds is checked against the tensors; here only that it holds CRCs.
  private func checkChecksums(_ tensor: TensorLayout, block: Int) -> [Finding] {
    guard case .checksums(let place) = tensor.role else { return [] }
    let elements = tensor.range(ofBlock: block).lowerBound / 8..<tensor.range(ofBlock: block).upperBound / 8
    return elements.compactMap { element in
      if UInt32(exactly: checksums[place][element]) != nil { return nil }
      return Finding(.malformedChecksum(path: header.path, tensor: tensor.name, block: element))
    }
  }

  private func finding(_ error: ShardError, _ tensor: TensorLayout, _ range: Range<Int>) -> Finding {
    guard let shard, let samples = shard.samples(in: range, of: tensor.role) else { return Finding(error) }
    return Finding(
      error, firstSample: shard.id(samples.lowerBound), lastSample: shard.id(samples.upperBound))
  }
}
