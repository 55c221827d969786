internal import Files

/// A shard whose blocks are being checked. Its header has been found in order.
final class CheckedShard: Sendable {
  let header: ShardHeader
  let record: ShardRecord
  /// The shard, mapped: nil where its lists of offsets are damaged, so that nobody knows which sample is where.
  let shard: Shard?
  /// Why there is no ``shard``.
  let tableError: ShardError?
  private let file: File
  /// By checked tensor: the CRCs that the shard gives for its blocks.
  private let checksums: [[Int64]]

  init(
    _ file: consuming File, _ entry: Manifest.ShardFile, split: String, manifest: Manifest, schema: ShardSchema,
    keepsTimes: Bool?
  ) throws(ShardError) {
    let header = try ShardHeader(file, schema: schema, keepsTimes: keepsTimes)
    try header.check(entry, split: split, manifest: manifest)
    self.header = header
    record = try ShardRecord.read(file, header: header)
    var rest = record.crcBytes[...]
    checksums = header.tensors.filter(\.isChecked).map { tensor in
      defer { rest = rest.dropFirst(8 * tensor.blockCount) }
      return TensorBytes.integers(Array(rest.prefix(8 * tensor.blockCount)))
    }
    (shard, tableError) = try Self.open(header, file)
    self.file = file
  }

  private static func open(
    _ header: ShardHeader, _ file: borrowing File
  ) throws(ShardError) -> (Shard?, ShardError?) {
    let mapping = try ShardError.files { () throws(FileError) in try MappedFile(file) }
    do throws(ShardError) { return (try Shard(header, mapping: mapping), nil) } catch { return (nil, error) }
  }

  /// Checks one block of one tensor, of whatever kind.
  func check(_ index: Int, block: Int, _ buffer: inout [UInt8]) -> [Finding] {
    let tensor = header.tensors[index]
    let range = tensor.range(ofBlock: block)
    do throws(FileError) {
      try file.read(range.count, at: tensor.offset + range.lowerBound, into: &buffer)
    } catch { return [finding(.file(error), tensor, range)] }
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
