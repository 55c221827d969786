/// What a tensor is to its shard. A modality is given by its place in the schema.
package enum TensorRole: Hashable, Sendable {
  case labels
  case interval
  case id
  case idOffsets
  case offsets(Int)
  case values(Int)
  case bytes(Int)
  case tokenOffsets(Int)
  case valid(Int)
  case times(Int)
  /// The CRCs of the tensor at this place among those that have some.
  case checksums(of: Int)
  /// Zeros before a tensor that would not start on 64 bytes.
  case padding(Int)

  /// Whether it says what belongs to which sample: ids and lists of offsets.
  var isTable: Bool {
    switch self {
    case .id, .idOffsets, .offsets, .tokenOffsets: true
    default: false
    }
  }

  package var modality: Int? {
    switch self {
    case .offsets(let m), .values(let m), .bytes(let m), .tokenOffsets(let m), .valid(let m), .times(let m): m
    default: nil
    }
  }
}

/// The sizes that decide the shapes of a shard's tensors.
struct ShardCounts: Equatable, Sendable {
  var samples = 0
  var idBytes = 0
  /// By modality.
  var frames: [Int]
  /// By modality; 0 where frames are numbers.
  var tokenBytes: [Int]
}

/// A tensor that a shard must have: everything but its place.
struct ExpectedTensor: Equatable, Sendable {
  let role: TensorRole
  let name: String
  let type: TensorType
  let shape: [Int]
}

extension ShardSchema {
  static let idName = "sample.id"
  static let idOffsetsName = "sample.id_offsets"
  static let checksumPrefix = "_crc."
  static let paddingPrefix = "_pad."

  /// The tensors of a shard in the order of the file, without `_crc.*` and `_pad.k`.
  ///
  /// The writer lays these out, and the reader requires exactly these: the one place that knows the format's tensors.
  func tensors(_ counts: ShardCounts) -> [ExpectedTensor] {
    var list: [ExpectedTensor] = []
    func add(_ role: TensorRole, _ name: String, _ type: TensorType, _ shape: [Int]) {
      list.append(ExpectedTensor(role: role, name: name, type: type, shape: shape))
    }
    if !labels.isEmpty { add(.labels, "labels", .f32, [counts.samples, labels.count]) }
    add(.interval, "sample.interval", .f64, [counts.samples, 2])
    add(.id, Self.idName, .u8, [counts.idBytes])
    add(.idOffsets, Self.idOffsetsName, .i64, [counts.samples + 1])
    for (m, modality) in modalities.enumerated() {
      let (name, frames) = (modality.name, counts.frames[m])
      add(.offsets(m), "\(name).offsets", .i64, [counts.samples + 1])
      switch modality.content {
      case .values(let type, let dimension): add(.values(m), "\(name).values", type.tensorType, [frames, dimension])
      case .tokens:
        add(.bytes(m), "\(name).bytes", .u8, [counts.tokenBytes[m]])
        add(.tokenOffsets(m), "\(name).token_offsets", .i64, [frames + 1])
      }
      add(.valid(m), "\(name).valid", .bool, [frames])
      if keepsTimes { add(.times(m), "\(name).times", .f32, [frames, 2]) }
    }
    return list
  }
}
