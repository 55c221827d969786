internal import JSONValues

/// Why a sample lacks frames or was left out.
public enum LedgerReason: String, Sendable, CaseIterable {
  /// Kept; the modality has no frames for it.
  case missing
  /// Kept; preprocessing took all its frames of the modality.
  case emptied
  /// Left out, because it lacks frames in the modality.
  case incomplete
  /// Left out: its video is in no fold.
  case noSplit = "no-split"
  /// Left out: an entry that contradicts itself or its neighbours.
  case unfit
  /// Left out: an entry with frames but without labels.
  case unlabelled
  /// Kept, without frames in the modality: its interval has no length.
  case zeroLength = "zero-length"
  /// Kept; some of its frames are masked, because the source has no bytes for them.
  case absent
  /// Kept, though a label is no finite number.
  case unknownLabel = "unknown-label"
  /// Left out, because a label is no finite number.
  case noLabel = "no-label"

  /// Whether a line of this reason is about a sample of the dataset; others are about what became none.
  public var isOfSample: Bool {
    switch self {
    case .missing, .emptied, .zeroLength, .absent, .unknownLabel: true
    case .incomplete: true
    case .noSplit, .unlabelled, .noLabel, .unfit: false
    }
  }
}

/// A line of `ledger.jsonl`: a sample that lacks something or was left out, and why.
public struct LedgerEntry: Sendable, Equatable {
  /// The sample, or the entry where it never became one.
  public var id: String
  /// Where the reason concerns one modality.
  public var modality: String?
  public var reason: LedgerReason
  public var detail: String?

  public init(id: String, modality: String? = nil, reason: LedgerReason, detail: String? = nil) {
    self.id = id
    self.modality = modality
    self.reason = reason
    self.detail = detail
  }
}

/// `ledger.jsonl`: one compact JSON object a line.
public enum Ledger {
  /// The name of the file, in the dataset's folder.
  public static let fileName = "ledger.jsonl"

  public static func encoded(_ entries: some Sequence<LedgerEntry>) -> String {
    var text = ""
    for entry in entries {
      var object: JSONObject = ["id": .string(entry.id)]
      if let modality = entry.modality { object["modality"] = .string(modality) }
      object["reason"] = .string(entry.reason.rawValue)
      if let detail = entry.detail { object["detail"] = .string(detail) }
      text += JSONValue.object(object).compact() + "\n"
    }
    return text
  }

  /// Reads a ledger strictly: members other than those of ``LedgerEntry`` are refused.
  ///
  /// - Parameters:
  ///   - bytes: the whole file.
  ///   - path: what errors call it.
  public static func parse(_ bytes: [UInt8], path: String = fileName) throws(ShardError) -> [LedgerEntry] {
    guard bytes.isEmpty || bytes.last == UInt8(ascii: "\n") else {
      throw .ledgerLine(path: path, line: bytes.count { $0 == UInt8(ascii: "\n") } + 1, expected: "ended by a newline")
    }
    var entries: [LedgerEntry] = []
    for line in bytes.dropLast().split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    where !bytes.isEmpty {
      guard let entry = LedgerEntry(line) else {
        throw .ledgerLine(path: path, line: entries.count + 1, expected: "an object of id, modality, reason and detail")
      }
      entries.append(entry)
    }
    return entries
  }

  /// What a manifest says of the ledger that ``encoded(_:)`` makes of `entries`.
  public static func record(_ entries: some Sequence<LedgerEntry>) -> Manifest.LedgerRecord {
    let bytes = Array(encoded(entries).utf8)
    var counts: [LedgerReason: Int] = [:]
    for entry in entries { counts[entry.reason, default: 0] += 1 }
    return Manifest.LedgerRecord(bytes: bytes.count, crc32: Checksum.crc32(bytes), counts: counts)
  }
}

extension LedgerEntry {
  fileprivate init?(_ line: ArraySlice<UInt8>) {
    guard let object = (try? JSONValue.parse(line))?.object, let id = object["id"]?.string,
      let reason = object["reason"]?.string.flatMap(LedgerReason.init(rawValue:))
    else { return nil }
    self.init(
      id: id, modality: object["modality"]?.string, reason: reason, detail: object["detail"]?.string)
    // Nothing else, and nothing that is not a string.
    let known = 2 + (modality == nil ? 0 : 1) + (detail == nil ? 0 : 1)
    guard object.keys.count == known else { return nil }
  }
}
