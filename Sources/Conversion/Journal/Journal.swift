internal import Files
internal import JSONValues
internal import Shards
internal import Synchronization

/// What an interrupted conversion had done: `journal`, in the partial folder.
///
/// The file only grows: a record a strip of the main pass, a record for the quartiles of a modality, and a record a
/// block of a shard, each written when its data are. Nothing is synced for it, and nothing has to be: a record is a claim, with the CRC-32 of all bytes that it
/// speaks of, and whoever goes on reads those bytes again before believing it. So it does not matter in which order a disk
/// got them, which were lost with the power, or who damaged them: what is not there as claimed is done anew.
///
/// The file is a sequence of records: the number of bytes that follow the CRC, the CRC-32 of those, both as 64-bit
/// integers, and the bytes. The first holds the ``JournalIdentity`` as JSON, padded with spaces; for the others see
/// ``JournalRecord``. What stands behind the first record that is cut short or does not match its CRC is cut off.
final class Journal: Sendable {
  static let fileName = "journal"

  /// What was claimed before this process began.
  struct Claims: Sendable {
    /// By modality and strip: where in the file the record's words are.
    var strips: [[Int]: Range<Int>] = [:]
    var blocks: [BlockName: BlockClaim] = [:]
    /// By modality.
    var quartiles: [Int: Manifest.Quartiles] = [:]

    /// ` (12 strips and 345 blocks were there)`.
    var summary: String { " (\(strips.count) strips and \(blocks.count) blocks were noted)" }
  }

  let claims: Claims
  private let file: File
  /// Where the next record goes.
  private let end: Mutex<Int>

  /// More bytes than any record has.
  private static let greatestRecord = 1 << 30

  private init(_ file: consuming File, claims: Claims, end: Int) {
    self.file = file
    self.claims = claims
    self.end = Mutex(end)
  }

  /// Begins a journal in a folder that has none.
  static func begin(in folder: String, _ identity: JournalIdentity) throws -> Journal {
    let journal = Journal(
      try File(creating: Path.join(folder, fileName)), claims: Claims(), end: 0)
    try journal.append(identity.bytes)
    return journal
  }

  /// Opens the journal that an interrupted conversion left.
  ///
  /// - Returns: nil where there is none, or none that says anything.
  /// - Throws: ``ConversionError/cannotResume(folder:what:)`` where it is another conversion's.
  static func resume(in folder: String, _ identity: JournalIdentity) throws -> Journal? {
    let path = Path.join(folder, fileName)
    guard try FileStatus.of(path, followingLinks: false)?.isRegularFile == true else { return nil }
    let file = try File(updating: path)
    var claims = Claims()
    var end = 0
    let size = try file.size
    while let record = try Self.record(file, at: end, size: size) {
      if end == 0 {
        if let difference = identity.difference(from: record.bytes) {
          throw ConversionError.cannotResume(folder: folder, what: difference)
        }
      } else {
        guard let claim = JournalRecord(TensorBytes.integers(record.bytes)) else { break }
        switch claim {
        case .strip(let modality, let strip, _, _, _):
          claims.strips[[modality, strip]] = record.end - record.bytes.count..<record.end
        case .block(let name, let claim): claims.blocks[name] = claim
        case .quartiles(let modality, let quartiles): claims.quartiles[modality] = quartiles
        }
      }
      end = record.end
    }
    guard end > 0 else { return nil }
    try file.resize(to: end)
    return Journal(file, claims: claims, end: end)
  }

  private static func record(_ file: borrowing File, at start: Int, size: Int) throws -> (bytes: [UInt8], end: Int)? {
    guard start + 16 <= size else { return nil }
    let head = TensorBytes.integers(try file.read(bytes: 16, at: start))
    guard (1...Int64(greatestRecord)).contains(head[0]), start + 16 + Int(head[0]) <= size else { return nil }
    let bytes = try file.read(bytes: Int(head[0]), at: start + 16)
    guard Int64(Checksum.crc32(bytes)) == head[1] else { return nil }
    return (bytes, start + 16 + bytes.count)
  }

  func append(_ record: JournalRecord) throws { try append(TensorBytes.of(record.words)) }

  private func append(_ bytes: [UInt8]) throws {
    let record = TensorBytes.of([Int64(bytes.count), Int64(Checksum.crc32(bytes))]) + bytes
    try end.withLock { end in
      try file.write(record, at: end)
      end += record.count
    }
  }

  /// What was claimed of a strip; nil where nothing was.
  func claim(modality: Int, strip: Int) throws -> (values: StripValues?, clipped: Int, extents: [Extent])? {
    guard let range = claims.strips[[modality, strip]] else { return nil }
    let words = TensorBytes.integers(try file.read(bytes: range.count, at: range.lowerBound))
    guard case .strip(_, _, let values, let clipped, let extents) = JournalRecord(words) else { return nil }
    return (values, clipped, extents)
  }
}
