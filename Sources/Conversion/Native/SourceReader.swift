internal import Files
internal import PackedSequences
internal import Shards

/// Reads pieces of finished shards into one buffer.
///
/// Through descriptors, not through the mapping: what is read once shall not count as memory of the process.
struct SourceReader {
  struct Piece {
    /// Among the shards.
    let shard: Int
    /// Of the file.
    var bytes: Range<Int>
  }

  private let shards: [Shard]

  init(_ shards: [Shard]) { self.shards = shards }

  /// - Parameter body: receives the bytes of all pieces, one after another.
  func read(_ pieces: [Piece], buffer: inout ScratchBuffer, _ body: (RawSpan) throws -> Void) throws {
    let target = try unsafe fill(pieces, &buffer)
    try body(unsafe UnsafeRawBufferPointer(target).bytes)
  }

  /// The same as numbers.
  func read<Element: BitwiseCopyable>(
    _ pieces: [Piece], of element: Element.Type, buffer: inout ScratchBuffer, _ body: (Span<Element>) throws -> Void
  ) throws {
    let target = try unsafe fill(pieces, &buffer)
    // SAFETY: every bit pattern is a number, the buffer is aligned for any, and it lives while `body` runs.
    try body(unsafe UnsafeBufferPointer(target.bindMemory(to: Element.self)).span)
  }

  private func fill(_ pieces: [Piece], _ buffer: inout ScratchBuffer) throws -> UnsafeMutableRawBufferPointer {
    let target = unsafe buffer.take(pieces.reduce(0) { $0 + $1.bytes.count })
    var start = 0
    var index = 0
    while index < pieces.count {
      let shard = pieces[index].shard
      let file = try File(reading: shards[shard].path)
      while index < pieces.count && pieces[index].shard == shard {
        var bytes = pieces[index].bytes
        // Samples that follow one another in the source are read at once.
        while index + 1 < pieces.count, pieces[index + 1].shard == shard,
          pieces[index + 1].bytes.lowerBound == bytes.upperBound
        {
          index += 1
          bytes = bytes.lowerBound..<pieces[index].bytes.upperBound
        }
        // SAFETY: the buffer has room for all pieces.
        let room = unsafe UnsafeMutableRawBufferPointer(rebasing: target[start..<start + bytes.count])
        try unsafe file.read(into: room, at: bytes.lowerBound)
        start += bytes.count
        index += 1
      }
    }
    return unsafe target
  }
}
