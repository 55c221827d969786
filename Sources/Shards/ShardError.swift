public import Files
public import JSONValues

/// What can be wrong with a dataset. Cases carry the facts; ``description`` says what, where, and what to do.
///
/// `path` is the file in question. Offsets are bytes from the start of a shard's data, as its header counts them.
public enum ShardError: Error, Equatable, Sendable {
  /// The system refused.
  case file(FileError)
  /// The folder has no manifest.
  case notADataset(path: String)
  case missingFile(path: String)
  /// A part of a dataset stands where a finished one is wanted.
  case pendingPart(path: String, part: Int, count: Int)

  // The manifest.
  /// The last line is not the CRC of the lines before it.
  case missingManifestChecksum(path: String)
  case manifestChecksum(path: String, expected: UInt32, found: UInt32)
  case notJSON(path: String, problem: JSONError)
  case unknownFormat(path: String, found: String)
  case unsupportedVersion(path: String, found: String)
  case missingField(path: String, field: String)
  case wrongField(path: String, field: String, expected: String)
  case unsafeFileName(path: String, name: String)
  case unexpectedFileName(path: String, name: String, expected: String)

  // A shard's header.
  /// The file ends within its header, or before it.
  case headerCutShort(path: String, bytes: Int)
  case headerTooLarge(path: String, bytes: Int)
  case headerNotObject(path: String)
  case duplicateKey(path: String, key: String)
  case headerChecksum(path: String, expected: UInt32, found: UInt32)
  case missingMetadata(path: String, key: String)
  case metadataNotText(path: String, key: String)
  case fingerprintMismatch(path: String, expected: String, found: String)
  case splitMismatch(path: String, expected: String, found: String)
  case malformedTensor(path: String, tensor: String, member: String)
  case unknownType(path: String, tensor: String, found: String)
  case sizeOverflow(path: String, tensor: String)
  case sizeMismatch(path: String, tensor: String, expected: Int, found: Int)
  case overlap(path: String, tensor: String, offset: Int, expected: Int)
  case hole(path: String, tensor: String, offset: Int, expected: Int)
  case misalignedData(path: String, offset: Int)
  case misalignedTensor(path: String, tensor: String, offset: Int)
  case oversizedPadding(path: String, tensor: String, bytes: Int)
  case missingTensor(path: String, tensor: String)
  case superfluousTensor(path: String, tensor: String)
  case tensorOrder(path: String, tensor: String)
  case wrongType(path: String, tensor: String, expected: String, found: String)
  case wrongShape(path: String, tensor: String, expected: [Int], found: [Int])

  // Sizes and tables.
  case fileSize(path: String, expected: Int, found: Int)
  case offsetsStart(path: String, tensor: String, found: Int)
  case offsetsDecrease(path: String, tensor: String, index: Int)
  case offsetsEnd(path: String, tensor: String, expected: Int, found: Int)
  case invalidID(path: String, sample: Int)
  case sampleCount(path: String, split: String, expected: Int, found: Int)
  case frameCount(path: String, split: String, modality: String, expected: Int, found: Int)

  // What only a full check sees.
  case blockChecksum(path: String, tensor: String, block: Int, expected: UInt32, found: UInt32)
  /// A `_crc.*` entry is no CRC: it does not fit 32 bits.
  case malformedChecksum(path: String, tensor: String, block: Int)
  case contentDigest(path: String, expected: String, found: String)
  case invalidBool(path: String, tensor: String, frame: Int, found: UInt8)
  case paddingNotZero(path: String, tensor: String)
  case sampleOrder(path: String, sample: String, after: String)
  case superfluousFile(path: String)
  case ledgerSize(path: String, expected: Int, found: Int)
  case ledgerChecksum(path: String, expected: UInt32, found: UInt32)
  case ledgerLine(path: String, line: Int, expected: String)
  case ledgerCounts(path: String, reason: String, expected: Int, found: Int)
  case momentsSize(path: String, expected: Int, found: Int)
  case momentsChecksum(path: String, expected: UInt32, found: UInt32)

  // Packed shards.
  /// The file does not end with a seek table of zstd's seekable format.
  case noSeekTable(path: String)
  /// The seek table contradicts itself, the file, or the manifest.
  case seekTable(path: String, field: String, expected: Int, found: Int)
  /// A frame that is not what the seek table says, or that zstd refuses.
  case packedFrame(path: String, frame: Int, problem: String)
  /// A shard is there packed and as it is, but not with the same bytes.
  case copiesDiffer(path: String, packed: String)
  /// Another process packs, unpacks or inflates the dataset.
  case busy(path: String)
  /// Neither `XDG_CACHE_HOME` nor `HOME` says where inflated shards go.
  case noCacheFolder(path: String)

  // Files that are no files.
  /// A folder, a pipe or a device.
  case notAFile(path: String)
  /// Longer than any such file is.
  case oversized(path: String, bytes: Int, limit: Int)

  // Writing.
  /// A block that nothing was written to, or whose CRC was never taken.
  case uncheckedBlock(path: String, tensor: String, block: Int)
}
