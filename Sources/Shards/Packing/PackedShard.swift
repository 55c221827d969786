internal import Files

/// A packed shard, open: the bytes of the shard that it holds, frame by frame.
final class PackedShard: Sendable {
  let path: String
  let table: SeekTable
  /// Bytes of the packed file.
  let fileBytes: Int
  private let file: File

  /// Opens a packed shard and checks its seek table.
  ///
  /// - Parameter content: the bytes that it shall hold: what the manifest says of the shard.
  init(_ file: consuming File, content: Int) throws(ShardError) {
    path = file.path
    table = try SeekTable.read(file, content: content)
    fileBytes = try ShardError.size(of: file)
    self.file = file
  }

  /// Inflates one frame to the start of `reader`'s buffer.
  fileprivate func inflate(_ frame: Int, _ reader: inout FrameReader) throws(ShardError) {
    let entry = table.frames[frame]
    let start = table.starts[frame]
    reader.reserve(frame: entry.size, content: entry.count)
    try ShardError.files { () throws(FileError) in try file.read(entry.size, at: start, into: &reader.frame) }
    // A frame that says at its beginning that it has a checksum ends with it.
    let says = entry.size >= 9 && reader.frame[4] & 0x04 != 0
    guard says, SeekTable.number(reader.frame, entry.size - 4) == entry.checksum else {
      throw .packedFrame(path: path, frame: frame, problem: "its checksum is not the seek table's")
    }
    do throws(FrameFailure) {
      try reader.inflater.inflate(reader.frame, size: entry.size, into: &reader.content, count: entry.count)
    } catch { throw .packedFrame(path: path, frame: frame, problem: error.problem) }
  }
}

/// A thread's own means to read packed shards: memory for one frame, and that frame, inflated.
struct FrameReader: ~Copyable {
  fileprivate let inflater = FrameInflater()
  fileprivate var frame: [UInt8] = []
  /// What the frame inflated last holds; longer where an earlier one was.
  fileprivate(set) var content: [UInt8] = []
  private var last: (shard: PackedShard, frame: Int)?

  init() {}

  fileprivate mutating func reserve(frame size: Int, content count: Int) {
    if frame.count < size { frame = Array(repeating: 0, count: size) }
    if content.count < count { content = Array(repeating: 0, count: count) }
  }

  /// Inflates a frame to the start of ``content``, unless it is there already.
  mutating func inflate(_ frame: Int, of shard: PackedShard) throws(ShardError) {
    if let last, last.shard === shard, last.frame == frame { return }
    last = nil
    try shard.inflate(frame, &self)
    last = (shard, frame)
  }

  /// Hands the inflated pieces of a range of a shard to `use`, in order: the piece's place in the shard, and where it
  /// stands in ``content``.
  mutating func read(
    _ range: Range<Int>, of shard: PackedShard, _ use: (_ place: Int, _ content: [UInt8], Range<Int>) -> Void
  ) throws(ShardError) {
    var place = range.lowerBound
    while place < range.upperBound {
      let index = place / shard.table.frameBytes
      let frame = shard.table.range(of: index)
      try inflate(index, of: shard)
      let end = min(frame.upperBound, range.upperBound)
      use(place, content, place - frame.lowerBound..<end - frame.lowerBound)
      place = end
    }
  }
}
