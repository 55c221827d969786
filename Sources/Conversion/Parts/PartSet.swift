internal import Files
internal import JSONValues
internal import PackedSequences
internal import Shards

/// All parts of one dataset, each there once.
struct PartSet {
  /// By number.
  let parts: [Dataset]

  /// Opens the parts, in any order, and holds them against each other.
  ///
  /// - Throws: ``ConversionError`` where one is missing, there twice, or of another conversion.
  init(_ paths: [String]) throws {
    var found: [Int: Dataset] = [:]
    var first: (dataset: Dataset, count: Int)?
    for path in paths {
      let dataset = try Dataset.open(path, admittingParts: true)
      guard let part = dataset.manifest.part else { throw ConversionError.notPart(path: dataset.path) }
      if let first {
        try Self.check(dataset, against: first.dataset)
        guard part.count == first.count else {
          throw ConversionError.partsDiffer(
            first: first.dataset.path, second: dataset.path, what: "numbers of parts (\(first.count), \(part.count))")
        }
      } else {
        first = (dataset, part.count)
      }
      if let other = found.updateValue(dataset, forKey: part.index) {
        throw ConversionError.partTwice(
          first: other.path, second: dataset.path, part: part.index, count: part.count)
      }
    }
    let count = first?.count ?? 0
    let missing = (1...max(1, count)).filter { found[$0] == nil }
    guard missing.isEmpty else { throw ConversionError.partsMissing(missing, count: count) }
    parts = found.sorted { $0.key < $1.key }.map(\.value)
  }

  /// The fingerprint tells conversions apart; it is the same for all parts, and for the whole.
  private static func check(_ dataset: Dataset, against first: Dataset) throws {
    let (left, right) = (first.manifest, dataset.manifest)
    let differences = [
      ("inputs", left.inputs != right.inputs), ("options", left.configuration != right.configuration),
      ("versions", left.version != right.version), ("fingerprints", left.fingerprint != right.fingerprint),
      ("labels", left.labels != right.labels),
      ("modalities", left.modalities.map(\.schema) != right.modalities.map(\.schema)),
      ("splits", left.splits.map(\.name) != right.splits.map(\.name)),
    ]
    if let difference = differences.first(where: \.1) {
      throw ConversionError.partsDiffer(first: first.path, second: dataset.path, what: difference.0)
    }
  }

  /// What aligning came to over all parts.
  var alignment: Manifest.Alignment? {
    var result = manifest.alignment
    for part in parts.dropFirst() {
      guard let other = part.manifest.alignment else { continue }
      result?.unevenSamples += other.unevenSamples
      result?.imputed.merge(other.imputed, uniquingKeysWith: +)
    }
    return result
  }

  /// What all of them say alike.
  var manifest: Manifest { parts[0].manifest }

  /// Every sample of all parts in the order of the dataset, and how many each split has.
  func samples(_ shards: [[Int]]) -> (places: [Assembly.Place], splits: [(split: String, samples: Int)]) {
    var places: [Assembly.Place] = []
    var splits: [(split: String, samples: Int)] = []
    for (s, split) in manifest.splits.enumerated() {
      var found: [(id: SampleID, place: Assembly.Place)] = []
      for (part, dataset) in parts.enumerated() {
        // Shards are counted through, split after split.
        let first = dataset.splits[..<s].reduce(0) { $0 + $1.shards.count }
        for (index, shard) in dataset.splits[s].shards.enumerated() {
          for sample in 0..<shard.sampleCount {
            let place = Assembly.Place(shard: shards[part][first + index], sample: sample)
            found.append((SampleID(parsing: shard.id(sample)), place))
          }
        }
      }
      found.sort { $0.id < $1.id }
      places += found.map(\.place)
      splits.append((split.name, found.count))
    }
    return (places, splits)
  }

  /// The ledgers of all parts as one conversion would have written it: samples split after split in their order, then
  /// what became none.
  func ledger() throws -> [LedgerEntry] {
    let ledgers = try parts.map { try $0.ledger() }
    var entries: [LedgerEntry] = []
    var starts = [Int](repeating: 0, count: parts.count)
    for split in manifest.splits.indices {
      var found: [(id: SampleID, entry: LedgerEntry)] = []
      for (part, dataset) in parts.enumerated() {
        let lines = dataset.manifest.part?.ledgerLines[split] ?? 0
        let end = min(starts[part] + lines, ledgers[part].count)
        found += ledgers[part][starts[part]..<end].map { (SampleID(parsing: $0.id), $0) }
        starts[part] = end
      }
      // The lines of one sample are all of one part, in the order of the modalities.
      let order = found.indices.sorted { (found[$0].id, $0) < (found[$1].id, $1) }
      entries += order.map { found[$0].entry }
    }
    for (ledger, start) in zip(ledgers, starts) { entries += ledger[start...] }
    return entries
  }
}
