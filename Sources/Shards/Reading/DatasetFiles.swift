internal import Files

/// The files of a dataset, opened relative to its folder.
extension OpenFolder {
  static func ofDataset(_ path: String) throws(ShardError) -> OpenFolder {
    try ShardError.files { () throws(FileError) in try OpenFolder(path) }
  }

  var manifestPath: String { Path.join(path, Manifest.fileName) }

  func manifest() throws(ShardError) -> Manifest {
    let bytes: [UInt8]
    do throws(FileError) { bytes = try contents(Manifest.fileName) } catch {
      throw error.isMissing ? .notADataset(path: path) : .file(error)
    }
    return try Manifest.parse(bytes, path: manifestPath)
  }

  /// Reads the ledger and holds it against the manifest.
  func ledger(_ record: Manifest.LedgerRecord) throws(ShardError) -> [LedgerEntry] {
    let path = Path.join(self.path, Ledger.fileName)
    let bytes: [UInt8]
    do throws(FileError) { bytes = try contents(Ledger.fileName) } catch {
      throw error.isMissing ? .missingFile(path: path) : .file(error)
    }
    guard bytes.count == record.bytes else {
      throw .ledgerSize(path: path, expected: record.bytes, found: bytes.count)
    }
    let found = Checksum.crc32(bytes)
    guard found == record.crc32 else { throw .ledgerChecksum(path: path, expected: record.crc32, found: found) }
    let entries = try Ledger.parse(bytes, path: path)
    for reason in LedgerReason.allCases {
      let (expected, found) = (record.counts[reason] ?? 0, entries.count { $0.reason == reason })
      guard expected == found else {
        throw .ledgerCounts(path: path, reason: reason.rawValue, expected: expected, found: found)
      }
    }
    return entries
  }

  /// Holds a part's moment records against the manifest, block by block.
  func checkMoments(_ record: Manifest.MomentsFile) throws(ShardError) {
    let file = try file(Manifest.MomentsFile.fileName)
    let size = try ShardError.files { () throws(FileError) in try file.size }
    guard size == record.bytes else { throw .momentsSize(path: file.path, expected: record.bytes, found: size) }
    let found = try Checksum.crc32(of: file)
    guard found == record.crc32 else { throw .momentsChecksum(path: file.path, expected: record.crc32, found: found) }
  }

  /// Opens a file that the manifest names.
  func file(_ name: String) throws(ShardError) -> File {
    do throws(FileError) { return try File(reading: name, in: self) } catch {
      throw error.isMissing ? .missingFile(path: Path.join(path, name)) : .file(error)
    }
  }

  private func contents(_ name: String) throws(FileError) -> [UInt8] {
    let file = try File(reading: name, in: self)
    return try file.read(bytes: file.size, at: 0)
  }
}

extension ShardHeader {
  /// Reads and checks the header of an open shard.
  init(_ file: borrowing File, schema: ShardSchema, keepsTimes: Bool?) throws(ShardError) {
    let size = try ShardError.files { () throws(FileError) in try file.size }
    let bytes = try SafetensorsHeader.bytes(of: file, size: size)
    try self.init(bytes, fileSize: size, path: file.path, schema: schema, keepsTimes: keepsTimes)
  }

  /// Holds the header against what the manifest says of the shard.
  func check(_ entry: Manifest.ShardFile, split: String, manifest: Manifest) throws(ShardError) {
    let fingerprint = metadata["fingerprint"] ?? ""
    guard fingerprint == manifest.fingerprint else {
      throw .fingerprintMismatch(path: path, expected: manifest.fingerprint, found: fingerprint)
    }
    guard metadata["split"] == split else {
      throw .splitMismatch(path: path, expected: split, found: metadata["split"] ?? "")
    }
    guard fileSize == entry.bytes else { throw .fileSize(path: path, expected: entry.bytes, found: fileSize) }
    guard crc32 == entry.headerCRC32 else {
      throw .headerChecksum(path: path, expected: entry.headerCRC32, found: crc32)
    }
  }
}

extension ShardRecord {
  /// Reads a finished shard's record from the shard itself.
  ///
  /// - Parameter schema: the dataset's; whether frames bear times is taken from the shard.
  package static func read(_ path: String, schema: ShardSchema) throws(ShardError) -> ShardRecord {
    let file = try ShardError.files { () throws(FileError) in try File(reading: path) }
    return try read(file, header: ShardHeader(file, schema: schema, keepsTimes: nil))
  }

  static func read(_ file: borrowing File, header: ShardHeader) throws(ShardError) -> ShardRecord {
    var crcBytes: [UInt8] = []
    for tensor in header.tensors {
      guard case .checksums = tensor.role else { continue }
      crcBytes += try ShardError.files { () throws(FileError) in
        try file.read(bytes: tensor.byteCount, at: tensor.offset)
      }
    }
    return ShardRecord(
      file: Path.name(of: file.path), bytes: header.fileSize, headerCRC32: header.crc32, crcBytes: crcBytes)
  }
}
