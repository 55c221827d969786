public import JSONValues

/// What a dataset holds, in numbers: samples, frames and labels by split, and what padding would have cost.
public struct DatasetSummary: Sendable, Equatable {
  public let fingerprint: String
  public let content: String
  /// In the manifest's order.
  public let splits: [SplitSummary]
  /// By numeric modality, from the manifest's statistics.
  public let ranges: [ValueRange]
  /// Lines of the ledger by reason.
  public let ledger: [LedgerReason: Int]

  /// Reads lists of offsets, masks and labels; values are not touched.
  ///
  /// - Complexity: O(samples × (modalities + labels) + frames).
  public init(_ dataset: Dataset) {
    fingerprint = dataset.manifest.fingerprint
    content = dataset.manifest.content
    splits = dataset.splits.map { SplitSummary($0, dataset.schema) }
    ranges = dataset.manifest.modalities.compactMap { ValueRange($0) }
    ledger = dataset.manifest.ledger.counts
  }

  public var json: JSONValue {
    var counts = JSONObject()
    for reason in LedgerReason.allCases { counts[reason.rawValue] = ledger[reason].map { JSONValue($0) } }
    return [
      "fingerprint": .string(fingerprint), "content": .string(content), "splits": .array(splits.map(\.json)),
      "ranges": .array(ranges.map(\.json)), "ledger": .object(counts),
    ]
  }
}

/// One split of a dataset, in numbers.
public struct SplitSummary: Sendable, Equatable {
  public let name: String
  public let samples: Int
  public let shards: Int
  /// Of all shard files.
  public let bytes: Int
  public let modalities: [ModalitySummary]
  public let labels: [LabelSummary]

  init(_ split: DatasetSplit, _ schema: ShardSchema) {
    name = split.name
    samples = split.sampleCount
    shards = split.shards.count
    bytes = split.shards.reduce(0) { $0 + $1.bytes }
    modalities = schema.modalities.enumerated().map { ModalitySummary(split, modality: $0, schema: $1) }
    labels = schema.labels.enumerated().map { column, name in
      LabelSummary(name: name, Self.labels(split, column: column))
    }
  }

  private static func labels(_ split: DatasetSplit, column: Int) -> [Float] {
    var labels: [Float] = []
    labels.reserveCapacity(split.sampleCount)
    for shard in split.shards {
      for sample in 0..<shard.sampleCount { labels.append(shard.labels(sample)[column]) }
    }
    return labels
  }

  /// How many times the numeric frames there would be if every sample were padded to the split's longest one, modality
  /// by modality; nil where there are no such frames.
  public var paddedFramesRatio: Double? { ratio { $0.frameBytes > 0 ? 1 : 0 } }

  /// The same of the bytes of the values.
  public var paddedBytesRatio: Double? { ratio { $0.frameBytes } }

  private func ratio(_ weight: (ModalitySummary) -> Int) -> Double? {
    let stored = modalities.reduce(0) { $0 + $1.frames * weight($1) }
    let padded = modalities.reduce(0) { $0 + $1.paddedFrames * weight($1) }
    return stored == 0 ? nil : Double(padded) / Double(stored)
  }

  public var json: JSONValue {
    [
      "name": .string(name), "samples": JSONValue(samples), "shards": JSONValue(shards), "bytes": JSONValue(bytes),
      "padded_frames_ratio": JSONValue(paddedFramesRatio), "padded_bytes_ratio": JSONValue(paddedBytesRatio),
      "modalities": .array(modalities.map(\.json)), "labels": .array(labels.map(\.json)),
    ]
  }
}
