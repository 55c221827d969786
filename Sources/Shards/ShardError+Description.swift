internal import Files
internal import JSONValues

extension ShardError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .file(let error): error.description
    // A layout belongs to no file yet.
    default: (path.isEmpty ? "" : "\(path): ") + "\(problem); \(remedy)"
    }
  }

  /// The file or folder that the error is about.
  public var path: String {
    switch self {
    case .file(let error): error.path
    case .notADataset(let path), .missingFile(let path), .missingManifestChecksum(let path),
      .manifestChecksum(let path, _, _), .notJSON(let path, _), .unknownFormat(let path, _),
      .unsupportedVersion(let path, _), .missingField(let path, _), .wrongField(let path, _, _),
      .unsafeFileName(let path, _), .unexpectedFileName(let path, _, _), .headerCutShort(let path, _),
      .headerTooLarge(let path, _), .headerNotObject(let path), .duplicateKey(let path, _),
      .headerChecksum(let path, _, _), .missingMetadata(let path, _), .metadataNotText(let path, _),
      .fingerprintMismatch(let path, _, _), .splitMismatch(let path, _, _), .malformedTensor(let path, _, _),
      .unknownType(let path, _, _), .sizeOverflow(let path, _), .sizeMismatch(let path, _, _, _),
      .overlap(let path, _, _, _), .hole(let path, _, _, _), .misalignedData(let path, _),
      .misalignedTensor(let path, _, _), .oversizedPadding(let path, _, _), .missingTensor(let path, _),
      .superfluousTensor(let path, _), .tensorOrder(let path, _), .wrongType(let path, _, _, _),
      .wrongShape(let path, _, _, _), .fileSize(let path, _, _), .offsetsStart(let path, _, _),
      .offsetsDecrease(let path, _, _), .offsetsEnd(let path, _, _, _), .invalidID(let path, _),
      .sampleCount(let path, _, _, _), .frameCount(let path, _, _, _, _), .blockChecksum(let path, _, _, _, _),
      .malformedChecksum(let path, _, _), .contentDigest(let path, _, _), .invalidBool(let path, _, _, _),
      .paddingNotZero(let path, _), .sampleOrder(let path, _, _), .superfluousFile(let path),
      .ledgerSize(let path, _, _), .ledgerChecksum(let path, _, _), .ledgerLine(let path, _, _),
      .ledgerCounts(let path, _, _, _), .uncheckedBlock(let path, _, _), .noSeekTable(let path),
      .seekTable(let path, _, _, _), .packedFrame(let path, _, _), .copiesDiffer(let path, _), .busy(let path),
      .noCacheFolder(let path), .notAFile(let path), .oversized(let path, _, _), .pendingPart(let path, _, _),
      .momentsSize(let path, _, _), .momentsChecksum(let path, _, _):
      path
    }
  }

  /// What is wrong, without the file.
  package var problem: String {
    switch self {
    case .file(let error): error.description
    case .notADataset: "no manifest.json in it, so this is not a dataset"
    case .missingFile: "the manifest names this file, but it is not there"
    case .missingManifestChecksum: "the last line is not the manifest's own \"crc32\""
    case .manifestChecksum(_, let expected, let found):
      "the manifest's CRC-32 is \(found.hex), but its last line says \(expected.hex)"
    case .notJSON(_, let problem): problem.description
    case .unknownFormat(_, let found): "the format is \"\(found)\", but \"\(FormatVersion.format)\" is wanted"
    case .unsupportedVersion(_, let found):
      "version \(found) of the format, but this program reads version \(FormatVersion.current.major)"
    case .missingField(_, let field): "\(field) is missing"
    case .wrongField(_, let field, let expected): "\(field) is not \(expected)"
    case .unsafeFileName(_, let name): "the shard name \"\(name)\" is not of the form SPLIT-00000-of-00003.safetensors"
    case .unexpectedFileName(_, let name, let expected): "the shard \(name) stands where \(expected) should"
    case .headerCutShort(_, let bytes): "the file ends after \(bytes) bytes, within its header"
    case .headerTooLarge(_, let bytes):
      "a header of \(bytes) bytes, more than the \(ShardLayout.greatestHeader) that are allowed"
    case .headerNotObject: "the header is not a JSON object"
    case .duplicateKey(_, let key): "the header names \"\(key)\" twice"
    case .headerChecksum(_, let expected, let found):
      "the header's CRC-32 is \(found.hex), but the manifest says \(expected.hex)"
    case .missingMetadata(_, let key): "the header's __metadata__ lacks \"\(key)\""
    case .metadataNotText(_, let key): "\"\(key)\" in the header's __metadata__ is not a string"
    case .fingerprintMismatch(_, let expected, let found):
      "the shard's fingerprint is \(found), the manifest's \(expected)"
    case .splitMismatch(_, let expected, let found):
      "the shard says that it belongs to \"\(found)\", not \"\(expected)\""
    case .malformedTensor(_, let tensor, let member): "\(tensor) has no usable \(member) in the header"
    case .unknownType(_, let tensor, let found): "\(tensor) has the dtype \"\(found)\", which is not read here"
    case .sizeOverflow(_, let tensor): "the size of \(tensor) overflows 64 bits"
    case .sizeMismatch(_, let tensor, let expected, let found):
      "\(tensor) spans \(found) bytes, but its shape needs \(expected)"
    case .overlap(_, let tensor, let offset, let expected):
      "\(tensor) starts at \(offset), inside the tensor before it, which ends at \(expected)"
    case .hole(_, let tensor, let offset, let expected):
      "\(tensor) starts at \(offset), leaving a hole from \(expected), where the tensor before it ends"
    case .misalignedData(_, let offset):
      "the data starts at byte \(offset), not at a multiple of \(ShardLayout.dataAlignment)"
    case .misalignedTensor(_, let tensor, let offset):
      "\(tensor) starts at \(offset), not at a multiple of \(ShardLayout.tensorAlignment)"
    case .oversizedPadding(_, let tensor, let bytes): "\(tensor) has \(bytes) bytes, too many for padding"
    case .missingTensor(_, let tensor): "\(tensor) is missing"
    case .superfluousTensor(_, let tensor):
      "\(tensor) is not a tensor that the manifest's modalities and labels call for"
    case .tensorOrder(_, let tensor): "\(tensor) is out of order"
    case .wrongType(_, let tensor, let expected, let found): "\(tensor) is \(found), but \(expected) is wanted"
    case .wrongShape(_, let tensor, let expected, let found):
      "\(tensor) has the shape \(found), but \(expected) is wanted"
    case .fileSize(_, let expected, let found): "the file has \(found) bytes, but \(expected) are expected"
    case .offsetsStart(_, let tensor, let found): "\(tensor) starts at \(found), not at 0"
    case .offsetsDecrease(_, let tensor, let index): "\(tensor) decreases at element \(index)"
    case .offsetsEnd(_, let tensor, let expected, let found): "\(tensor) ends at \(found), not at \(expected)"
    case .invalidID(_, let sample): "the id of sample \(sample) is not UTF-8"
    case .sampleCount(_, let split, let expected, let found):
      "the shards of \"\(split)\" hold \(found) samples, but the manifest says \(expected)"
    case .frameCount(_, let split, let modality, let expected, let found):
      "the shards of \"\(split)\" hold \(found) frames of \(modality), but the manifest says \(expected)"
    case .blockChecksum(_, let tensor, let block, let expected, let found):
      "the CRC-32 of MiB \(block) of \(tensor) is \(found.hex), but the shard says \(expected.hex)"
    case .malformedChecksum(_, let tensor, let block): "element \(block) of \(tensor) is not a CRC-32"
    case .contentDigest(_, let expected, let found):
      "the digest of all shards' CRCs is \(found), but the manifest says \(expected)"
    case .invalidBool(_, let tensor, let frame, let found): "\(tensor) holds \(found) at frame \(frame), not 0 or 1"
    case .paddingNotZero(_, let tensor): "\(tensor) holds something other than zeros"
    case .sampleOrder(_, let sample, let previous):
      "the sample \(sample) comes after \(previous), but belongs before it"
    case .superfluousFile: "a shard that the manifest does not name"
    case .ledgerSize(_, let expected, let found): "the ledger has \(found) bytes, but the manifest says \(expected)"
    case .ledgerChecksum(_, let expected, let found):
      "the ledger's CRC-32 is \(found.hex), but the manifest says \(expected.hex)"
    case .ledgerLine(_, let line, let expected): "line \(line) is not \(expected)"
    case .ledgerCounts(_, let reason, let expected, let found):
      "the ledger has \(found) lines of reason \"\(reason)\", but the manifest says \(expected)"
    case .pendingPart(_, let part, let count):
      "part \(part) of \(count) of a dataset, whose frames are not normalized yet"
    case .momentsSize(_, let expected, let found):
      "the file has \(found) bytes, but the manifest says \(expected)"
    case .momentsChecksum(_, let expected, let found):
      "the CRC-32 is \(found.hex), but the manifest says \(expected.hex)"
    case .noSeekTable: "it does not end with a seek table, so it is not a packed shard"
    case .seekTable(_, let field, let expected, let found):
      "the seek table's \(field) is \(found), where \(expected) is due"
    case .packedFrame(_, let frame, let problem): "frame \(frame) of the packed shard: \(problem)"
    case .copiesDiffer(_, let packed): "it is there packed as well, as \(Path.name(of: packed)), with other bytes"
    case .busy: "another process packs, unpacks or inflates the dataset"
    case .noCacheFolder: "its packed shards cannot be inflated beside it, and no variable says where else"
    case .notAFile: "a folder, a pipe or a device stands where a file should"
    case .oversized(_, let bytes, let limit): "the file has \(bytes) bytes, more than the \(limit) that it may have"
    case .uncheckedBlock(_, let tensor, let block): "MiB \(block) of \(tensor) was not written or has no CRC"
    }
  }

  var remedy: String {
    switch self {
    case .file: "check the disk"
    case .notADataset: "give the folder that a conversion made"
    case .pendingPart: "put all parts together with `grf-data merge PART... OUT`"
    case .unsupportedVersion: "convert the data again, or use a program of that version"
    case .unknownFormat: "give a dataset of this format"
    case .superfluousFile: "remove it, or convert the data again"
    case .headerTooLarge(path: "", _), .sizeOverflow(path: "", _): "make the shards smaller"
    case .copiesDiffer: "see which one grf-data verify finds fault with, and remove that"
    case .busy: "try again when it is done"
    case .noCacheFolder: "name a folder with --cache"
    case .uncheckedBlock: "this is a fault of the program, report it"
    case .fingerprintMismatch, .splitMismatch, .unexpectedFileName:
      "the folder mixes files of different datasets, restore it or convert the data again"
    default: "the dataset is damaged, restore it or convert the data again"
    }
  }
}

extension UInt32 {
  /// Eight lower-case hexadecimal digits: how manifests spell a CRC-32.
  var hex: String {
    let digits = String(self, radix: 16)
    return String(repeating: "0", count: 8 - digits.utf8.count) + digits
  }

  /// Reads what ``hex`` spells.
  init?(hex text: String) {
    guard let number = UInt32(text, radix: 16), number.hex == text else { return nil }
    self = number
  }
}
