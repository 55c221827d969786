internal import Files

/// The files of a dataset, opened relative to its folder.
extension OpenFolder {
  static func ofDataset(_ path: String) throws(ShardError) -> OpenFolder {
    try ShardError.files { () throws(FileError) in try OpenFolder(path) }
  }

  var manifestPath: String { Path.join(path, Manifest.fileName) }

  func manifest() throws(ShardError) -> Manifest {
    guard let bytes = try contents(Manifest.fileName, limit: Self.greatestManifest) else {
      throw .notADataset(path: path)
    }
    return try Manifest.parse(bytes, path: manifestPath)
  }

  /// Reads the ledger and holds it against the manifest.
  func ledger(_ record: Manifest.LedgerRecord) throws(ShardError) -> [LedgerEntry] {
    let path = Path.join(self.path, Ledger.fileName)
    guard let file = try fileIfThere(Ledger.fileName) else { throw .missingFile(path: path) }
    let size = try ShardError.size(of: file)
    guard size == record.bytes else { throw .ledgerSize(path: path, expected: record.bytes, found: size) }
    guard let bytes = try contents(Ledger.fileName, limit: Self.greatestLedger) else {
      throw .missingFile(path: path)
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
    guard let file = try fileIfThere(Manifest.MomentsFile.fileName) else {
      throw .missingFile(path: Path.join(path, Manifest.MomentsFile.fileName))
    }
    let size = try ShardError.files { () throws(FileError) in try file.size }
    guard size == record.bytes else { throw .momentsSize(path: file.path, expected: record.bytes, found: size) }
    let found = try Checksum.crc32(of: file)
    guard found == record.crc32 else { throw .momentsChecksum(path: file.path, expected: record.crc32, found: found) }
  }

  /// Opens a file of a dataset; nil where it is not there.
  func fileIfThere(_ name: String) throws(ShardError) -> File? {
    guard let file = try opened(name) else { return nil }
    let status = try ShardError.files { () throws(FileError) in try file.status() }
    guard status.isRegularFile else { throw .notAFile(path: file.path) }
    return file
  }

  private func opened(_ name: String) throws(ShardError) -> File? {
    do throws(FileError) { return try File(reading: name, in: self) } catch {
      if error.isMissing { return nil }
      throw .file(error)
    }
  }

  /// Opens a shard as it is: of the dataset's own folder, or of the one that it was inflated to.
  func shard(_ entry: Manifest.ShardFile, orIn inflated: borrowing OpenFolder?) throws(ShardError) -> File {
    if let file = try fileIfThere(entry.file) { return file }
    switch inflated {
    case .some(let folder): if let file = try folder.fileIfThere(entry.file) { return file }
    case .none: break
    }
    throw .missingFile(path: Path.join(path, entry.file))
  }

  /// The whole of a small file; nil where it is not there.
  private func contents(_ name: String, limit: Int) throws(ShardError) -> [UInt8]? {
    guard let file = try fileIfThere(name) else { return nil }
    let size = try ShardError.size(of: file)
    guard size <= limit else { throw .oversized(path: file.path, bytes: size, limit: limit) }
    return try ShardError.files { () throws(FileError) in try file.read(bytes: size, at: 0) }
  }

  /// Beyond any that a conversion writes: what is longer is not read into memory.
  private static let greatestManifest = 256 << 20
  private static let greatestLedger = 2 << 30
}

extension ShardHeader {
  /// Reads and checks the header of an open shard.
  init(
    _ source: ShardSource, schema: ShardSchema, keepsTimes: Bool?, _ reader: inout FrameReader
  ) throws(ShardError) {
    let size = try source.size
    let bytes = try SafetensorsHeader.bytes(size: size, path: source.path) { count, offset throws(ShardError) in
      try source.read(bytes: count, at: offset, &reader)
    }
    try self.init(bytes, fileSize: size, path: source.path, schema: schema, keepsTimes: keepsTimes)
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
    let file = try ShardError.files { () throws(FileError) in SharedFile(try File(reading: path)) }
    var reader = FrameReader()
    let header = try ShardHeader(.plain(file), schema: schema, keepsTimes: nil, &reader)
    return try read(.plain(file), header: header, &reader)
  }

  static func read(
    _ source: ShardSource, header: ShardHeader, _ reader: inout FrameReader
  ) throws(ShardError) -> ShardRecord {
    var crcBytes: [UInt8] = []
    for tensor in header.tensors {
      guard case .checksums = tensor.role else { continue }
      crcBytes += try source.read(bytes: tensor.byteCount, at: tensor.offset, &reader)
    }
    return ShardRecord(
      file: Path.name(of: source.path), bytes: header.fileSize, headerCRC32: header.crc32, crcBytes: crcBytes)
  }
}
