public import JSONValues

/// What a dataset says of itself: where its data came from, what was done to it, and which shards it has.
///
/// The manifest is written last and read first. It holds no times, host names or absolute paths: the same inputs and
/// configuration give the same manifest, byte for byte.
public struct Manifest: Sendable, Equatable {
  /// The name of the file, in the dataset's folder.
  public static let fileName = "manifest.json"

  public var version: FormatVersion
  /// 64 hexadecimal digits: SHA-256 over inputs and configuration. It stands in every shard as well.
  public var fingerprint: String
  /// 64 hexadecimal digits: SHA-256 over the CRCs of all shards.
  public var content: String
  /// The options of the conversion, as the converter spells them.
  public var configuration: JSONValue
  public var inputs: [Input]
  public var modalities: [Modality]
  /// The names of the label columns.
  public var labels: [String]
  /// In the order train, valid, test, then the others by their UTF-8 bytes.
  public var splits: [Split] { didSet { splits.sort(by: Split.precedes) } }
  public var ledger: LedgerRecord
  /// Nil where every modality keeps its own frames.
  public var alignment: Alignment?
  /// What a part says of itself; nil of a finished dataset.
  public var part: Part?

  public init(
    version: FormatVersion = .current, fingerprint: String, content: String, configuration: JSONValue,
    inputs: [Input], modalities: [Modality], labels: [String], splits: [Split], ledger: LedgerRecord,
    alignment: Alignment? = nil, part: Part? = nil
  ) {
    self.version = version
    self.fingerprint = fingerprint
    self.content = content
    self.configuration = configuration
    self.inputs = inputs
    self.modalities = modalities
    self.labels = labels
    self.splits = splits.sorted(by: Split.precedes)
    self.ledger = ledger
    self.alignment = alignment
    self.part = part
  }

  /// - Throws: ``ShardError/pendingPart(path:part:count:)`` where this is no finished dataset.
  func checkFinished(path: String) throws(ShardError) {
    if let part { throw .pendingPart(path: path, part: part.index, count: part.count) }
  }

  /// What every sample holds. Whether frames bear times is not in the manifest but in the shards.
  public func schema(keepsTimes: Bool) -> ShardSchema {
    ShardSchema(labels: labels, modalities: modalities.map(\.schema), keepsTimes: keepsTimes)
  }
}

extension Manifest {
  /// A computational sequence that the dataset was made of.
  public struct Input: Sendable, Equatable {
    public var root: String
    /// The file's base name.
    public var file: String
    public var bytes: Int
    public var uuid: String?
    /// SHA-256 over all interval arrays and chunk sizes, entry by entry, 64 hexadecimal digits.
    public var digest: String

    public init(root: String, file: String, bytes: Int, uuid: String?, digest: String) {
      self.root = root
      self.file = file
      self.bytes = bytes
      self.uuid = uuid
      self.digest = digest
    }
  }

  public struct Split: Sendable, Equatable {
    /// Satisfies ``ShardName/isValidSplit(_:)``.
    public var name: String
    public var samples: Int
    /// Frames by modality, in the manifest's order of modalities.
    public var frames: [Int]
    /// None where the split has no samples.
    public var shards: [ShardFile]

    public init(name: String, samples: Int, frames: [Int], shards: [ShardFile]) {
      self.name = name
      self.samples = samples
      self.frames = frames
      self.shards = shards
    }

    /// The order of splits in a manifest.
    package static func precedes(_ left: Split, _ right: Split) -> Bool { precedes(left.name, right.name) }

    package static func precedes(_ left: String, _ right: String) -> Bool {
      let known = ["train", "valid", "test"]
      let (l, r) = (known.firstIndex(of: left) ?? known.count, known.firstIndex(of: right) ?? known.count)
      return l == r ? left.utf8.lexicographicallyPrecedes(right.utf8) : l < r
    }
  }

  public struct ShardFile: Sendable, Equatable {
    /// A plain file name, as ``ShardName`` spells it.
    public var file: String
    public var bytes: Int
    /// CRC-32 over every byte before the shard's data.
    public var headerCRC32: UInt32

    public init(file: String, bytes: Int, headerCRC32: UInt32) {
      self.file = file
      self.bytes = bytes
      self.headerCRC32 = headerCRC32
    }

    package init(_ record: ShardRecord) {
      self.init(file: record.file, bytes: record.bytes, headerCRC32: record.headerCRC32)
    }
  }

  /// What the manifest says of the ledger.
  public struct LedgerRecord: Sendable, Equatable {
    public var bytes: Int
    public var crc32: UInt32
    /// Lines by reason; reasons without a line are left out.
    public var counts: [LedgerReason: Int]

    public init(bytes: Int, crc32: UInt32, counts: [LedgerReason: Int]) {
      self.bytes = bytes
      self.crc32 = crc32
      self.counts = counts
    }
  }
}
