internal import Files

/// A shard, mapped: its samples' ids, intervals, labels and frames, where they lie on disk.
///
/// Nothing is copied. Spans point into the mapping and cannot outlive the shard. Opening looks at the header and at the
/// lists of offsets, never at frames: whether those are what was written is for ``Verification`` to say.
///
/// Samples and modalities are given by their places, and must be in range.
public final class Shard: Sendable {
  /// The file.
  public let path: String
  public let split: String
  public let schema: ShardSchema
  public let sampleCount: Int
  public let bytes: Int
  let tensors: [TensorLayout]
  let mapping: MappedFile
  /// By what they hold: the bytes of the tensors in the mapping.
  let ranges: Ranges

  init(_ header: ShardHeader, mapping: MappedFile) throws(ShardError) {
    // It may have been cut short since its header was read.
    guard mapping.count == header.fileSize else {
      throw .fileSize(path: header.path, expected: header.fileSize, found: mapping.count)
    }
    path = header.path
    split = header.metadata["split"] ?? ""
    schema = header.schema
    sampleCount = header.counts.samples
    bytes = header.fileSize
    tensors = header.tensors
    self.mapping = mapping
    ranges = Ranges(header)
    try checkTables(header.counts)
  }

  struct Ranges: Sendable {
    struct Modality: Sendable {
      var offsets = 0..<0
      var values = 0..<0
      var tokenOffsets = 0..<0
      var valid = 0..<0
      var times = 0..<0
    }

    var labels = 0..<0
    var interval = 0..<0
    var id = 0..<0
    var idOffsets = 0..<0
    var modalities: [Modality]

    init(_ header: ShardHeader) {
      modalities = Array(repeating: Modality(), count: header.schema.modalities.count)
      for tensor in header.tensors {
        let range = tensor.offset..<tensor.offset + tensor.byteCount
        switch tensor.role {
        case .labels: labels = range
        case .interval: interval = range
        case .id: id = range
        case .idOffsets: idOffsets = range
        case .offsets(let m): modalities[m].offsets = range
        case .values(let m), .bytes(let m): modalities[m].values = range
        case .tokenOffsets(let m): modalities[m].tokenOffsets = range
        case .valid(let m): modalities[m].valid = range
        case .times(let m): modalities[m].times = range
        case .checksums, .padding: break
        }
      }
    }
  }
}
