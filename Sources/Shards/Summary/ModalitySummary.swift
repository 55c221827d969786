public import JSONValues

/// One modality over a split.
public struct ModalitySummary: Sendable, Equatable {
  public let name: String
  public let samples: Int
  public let frames: Int
  /// Samples without frames.
  public let missing: Int
  /// Frames that are marked invalid.
  public let masked: Int
  /// Nil where the split has no samples.
  public let lengths: Lengths?
  /// Bytes of one frame's values; 0 for tokens.
  public let frameBytes: Int
  /// Of all tensors of the modality, without their CRCs.
  public let bytes: Int

  init(_ split: DatasetSplit, modality: Int, schema: ModalitySchema) {
    var lengths: [Int] = []
    lengths.reserveCapacity(split.sampleCount)
    var masked = 0
    for shard in split.shards {
      let offsets = shard.offsets(modality: modality)
      for sample in 0..<shard.sampleCount { lengths.append(Int(offsets[sample + 1] - offsets[sample])) }
      masked += Self.zeros(shard.valid(modality: modality))
    }
    name = schema.name
    samples = lengths.count
    frames = lengths.reduce(0, +)
    missing = lengths.count { $0 == 0 }
    self.masked = masked
    self.lengths = Lengths(lengths)
    frameBytes = schema.frameBytes
    bytes = split.shards.reduce(0) { $0 + $1.byteCount(modality: modality) }
  }

  private static func zeros(_ bytes: Span<UInt8>) -> Int {
    var zeros = 0
    for index in bytes.indices { zeros += bytes[index] == 0 ? 1 : 0 }
    return zeros
  }

  /// Frames that there would be if every sample were padded to the longest one.
  public var paddedFrames: Int { samples * (lengths?.maximum ?? 0) }

  public var json: JSONValue {
    [
      "name": .string(name), "samples": JSONValue(samples), "frames": JSONValue(frames),
      "missing": JSONValue(missing), "masked": JSONValue(masked), "lengths": lengths?.json ?? .null,
      "padded_frames": JSONValue(paddedFrames), "bytes": JSONValue(bytes),
    ]
  }
}
