internal import Files

/// The bytes of a shard, however they are stored.
enum ShardSource: Sendable {
  case plain(SharedFile)
  case packed(PackedShard)

  var path: String {
    switch self {
    case .plain(let file): file.file.path
    case .packed(let shard): shard.path
    }
  }

  /// Of the shard as it is, not packed.
  var size: Int {
    get throws(ShardError) {
      switch self {
      case .plain(let file): try ShardError.size(of: file.file)
      case .packed(let shard): shard.table.contentBytes
      }
    }
  }

  /// Reads `count` bytes at `offset` to the start of `buffer`, which must be at least as long.
  func read(
    _ count: Int, at offset: Int, into buffer: inout [UInt8], _ reader: inout FrameReader
  ) throws(ShardError) {
    switch self {
    case .plain(let file):
      try ShardError.files { () throws(FileError) in try file.file.read(count, at: offset, into: &buffer) }
    case .packed(let shard):
      try check(offset..<offset + count, of: shard)
      try reader.read(offset..<offset + count, of: shard) { place, content, piece in
        let start = place - offset
        buffer.replaceSubrange(start..<start + piece.count, with: content[piece])
      }
    }
  }

  func read(bytes count: Int, at offset: Int, _ reader: inout FrameReader) throws(ShardError) -> [UInt8] {
    if case .packed(let shard) = self { try check(offset..<offset + count, of: shard) }
    var bytes = [UInt8](repeating: 0, count: count)
    try read(count, at: offset, into: &bytes, &reader)
    return bytes
  }

  /// A packed shard ends as a file does.
  private func check(_ range: Range<Int>, of shard: PackedShard) throws(ShardError) {
    guard range.upperBound <= shard.table.contentBytes else {
      throw .file(FileError(.read(bytes: range.count, offset: range.lowerBound), shard.path, code: 0))
    }
  }

  /// The shard in memory, as far as `ranges` go; zeros elsewhere. Of a shard that is not packed, the file itself.
  func mapped(_ ranges: [Range<Int>], _ reader: inout FrameReader) throws(ShardError) -> MappedFile {
    switch self {
    case .plain(let file): return try ShardError.files { () throws(FileError) in try MappedFile(file.file) }
    case .packed(let shard):
      let size = shard.table.contentBytes
      var memory = try ShardError.files { () throws(FileError) in try ReservedMemory(path: shard.path, count: size) }
      for range in ranges {
        try reader.read(range, of: shard) { place, content, piece in
          memory.write(content[piece], at: place)
        }
      }
      return memory.mapped()
    }
  }
}

extension ShardError {
  static func size(of file: borrowing File) throws(ShardError) -> Int {
    do throws(FileError) { return try file.size } catch { throw .file(error) }
  }
}
