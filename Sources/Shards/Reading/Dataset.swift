internal import Files

/// A dataset, open for reading: its manifest, and its shards by split.
///
/// Opening reads the manifest, the shards' headers and their lists of offsets, and refuses whatever is not exactly as
/// the format wants it; frames are not touched. The folder is opened once, so that a dataset that is replaced meanwhile
/// is seen either as it was or not at all.
public final class Dataset: Sendable {
  public let path: String
  public let manifest: Manifest
  /// In the manifest's order.
  public let splits: [DatasetSplit]
  /// What every sample holds.
  public let schema: ShardSchema

  private let folder: OpenFolder

  private init(_ folder: consuming OpenFolder, manifest: Manifest, splits: [DatasetSplit], schema: ShardSchema) {
    path = folder.path
    self.folder = folder
    self.manifest = manifest
    self.splits = splits
    self.schema = schema
  }

  /// Opens the dataset in the folder `path`.
  ///
  /// - Parameters:
  ///   - inflation: what is done about packed shards, which cannot be mapped.
  ///   - admittingParts: whether it may be a part, whose frames are not normalized yet.
  public static func open(
    _ path: String, inflation: Inflation = Inflation(), admittingParts: Bool = false
  ) throws(ShardError) -> Dataset {
    let folder = try OpenFolder.ofDataset(path)
    let manifest = try folder.manifest()
    if !admittingParts { try manifest.checkFinished(path: folder.path) }
    let inflated = try inflation.prepare(folder, manifest)
    var reader = FrameReader()
    var schema = manifest.schema(keepsTimes: false)
    var isFirst = true
    var splits: [DatasetSplit] = []
    for split in manifest.splits {
      var shards: [Shard] = []
      for entry in split.shards {
        let source = ShardSource.plain(SharedFile(try folder.shard(entry, orIn: inflated)))
        let header = try ShardHeader(source, schema: schema, keepsTimes: isFirst ? nil : schema.keepsTimes, &reader)
        try header.check(entry, split: split.name, manifest: manifest)
        schema = header.schema
        isFirst = false
        shards.append(try Shard(header, mapping: source.mapped([], &reader)))
      }
      let opened = DatasetSplit(name: split.name, shards: shards)
      try opened.check(split, schema: schema, path: folder.manifestPath)
      splits.append(opened)
    }
    return Dataset(folder, manifest: manifest, splits: splits, schema: schema)
  }

  /// What the dataset in the folder `path` says of itself; its shards are not looked at.
  package static func manifest(of path: String) throws(ShardError) -> Manifest {
    let folder = try OpenFolder.ofDataset(path)
    let manifest = try folder.manifest()
    try manifest.checkFinished(path: folder.path)
    return manifest
  }

  public func split(named name: String) -> DatasetSplit? { splits.first { $0.name == name } }

  /// The samples that lack something or were left out, held against what the manifest says of them.
  public func ledger() throws(ShardError) -> [LedgerEntry] { try folder.ledger(manifest.ledger) }
}

/// The samples of one split, over all its shards.
public struct DatasetSplit: Sendable {
  public let name: String
  public let shards: [Shard]
  /// The place of each shard's first sample in the split.
  private let starts: [Int]
  public let sampleCount: Int

  init(name: String, shards: [Shard]) {
    self.name = name
    self.shards = shards
    var starts: [Int] = []
    var count = 0
    for shard in shards {
      starts.append(count)
      count += shard.sampleCount
    }
    self.starts = starts
    sampleCount = count
  }

  /// The shard that holds a sample of the split, and the sample's place in it.
  ///
  /// - Parameter sample: `0 ..< sampleCount`.
  /// - Complexity: O(log shards).
  public func locate(_ sample: Int) -> (shard: Shard, sample: Int) {
    let (index, place) = place(of: sample)
    return (shards[index], place)
  }

  /// As ``locate(_:)``, with the shard's place among ``shards``.
  package func place(of sample: Int) -> (shard: Int, sample: Int) {
    precondition(sample >= 0 && sample < sampleCount, "sample \(sample) of \(sampleCount)")
    let index = starts.lastIndex(notAbove: sample)
    return (index, sample - starts[index])
  }

  /// Holds the shards together against what the manifest says of the split.
  fileprivate func check(_ split: Manifest.Split, schema: ShardSchema, path: String) throws(ShardError) {
    guard sampleCount == split.samples else {
      throw .sampleCount(path: path, split: name, expected: split.samples, found: sampleCount)
    }
    for (m, modality) in schema.modalities.enumerated() {
      let found = shards.reduce(0) { $0 + $1.frameCount(modality: m) }
      guard found == split.frames[m] else {
        throw .frameCount(path: path, split: name, modality: modality.name, expected: split.frames[m], found: found)
      }
    }
  }
}

extension RandomAccessCollection where Element: Comparable, Index == Int {
  /// The last place whose element is not above `value`, in a collection that never decreases; the first element must
  /// not be above it.
  func lastIndex(notAbove value: Element) -> Int {
    var (low, high) = (startIndex, endIndex)
    while high - low > 1 {
      let middle = low + (high - low) / 2
      if self[middle] > value { high = middle } else { low = middle }
    }
    return low
  }
}
