internal import Files

/// Where the frames of a packed shard stand: the table at the end of a file in zstd's seekable format, version 0.1.0.
///
/// Stricter than that format: there is nothing but frames and the table, each frame but the last holds the same number
/// of bytes, and every frame has a checksum.
struct SeekTable: Equatable, Sendable {
  struct Frame: Equatable, Sendable {
    /// Bytes in the file.
    let size: Int
    /// Bytes that it holds.
    let count: Int
    /// The lower half of XXH64 over what it holds, as at the frame's own end.
    let checksum: UInt32
  }

  /// What a frame holds when it is written, save the last: 1 MiB.
  static let frameBytes = 1 << 20
  /// The most that a frame of a packed shard may hold.
  static let greatestFrame = 16 << 20

  /// At least one.
  let frames: [Frame]
  /// Where each frame begins in the file.
  let starts: [Int]
  /// What all frames hold together.
  let contentBytes: Int

  init(_ frames: [Frame]) {
    self.frames = frames
    var start = 0
    starts = frames.map { frame in
      defer { start += frame.size }
      return start
    }
    contentBytes = frames.reduce(0) { $0 + $1.count }
  }

  /// What every frame holds, save the last.
  var frameBytes: Int { frames.first?.count ?? 0 }

  /// The bytes of the content that a frame holds.
  func range(of frame: Int) -> Range<Int> {
    let start = frame * frameBytes
    return start..<start + frames[frame].count
  }

  // MARK: Bytes

  private static let skippableMagic: UInt32 = 0x184D_2A5E
  private static let seekableMagic: UInt32 = 0x8F92_EAB1
  private static let checksumFlag: UInt8 = 0x80
  private static let reservedBits: UInt8 = 0x7C
  private static let headBytes = 8
  private static let entryBytes = 12
  private static let footBytes = 9

  /// The skippable frame that a packed shard ends with.
  func encoded() -> [UInt8] {
    var bytes: [UInt8] = []
    func add(_ number: UInt32) { bytes += (0..<4).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) } }
    add(Self.skippableMagic)
    add(UInt32(frames.count * Self.entryBytes + Self.footBytes))
    for frame in frames {
      add(UInt32(frame.size))
      add(UInt32(frame.count))
      add(frame.checksum)
    }
    add(UInt32(frames.count))
    bytes.append(Self.checksumFlag)
    add(Self.seekableMagic)
    return bytes
  }

  /// Reads the table of a file that shall hold `content` bytes.
  ///
  /// Nothing is allocated that the file itself does not have the bytes for.
  static func read(_ file: borrowing File, content: Int) throws(ShardError) -> SeekTable {
    let path = file.path
    let size = try ShardError.files { () throws(FileError) in try file.size }
    guard size >= headBytes + footBytes else { throw .noSeekTable(path: path) }
    let foot = try ShardError.files { () throws(FileError) in try file.read(bytes: footBytes, at: size - footBytes) }
    guard number(foot, 5) == seekableMagic else { throw .noSeekTable(path: path) }
    guard foot[4] & checksumFlag != 0, foot[4] & reservedBits == 0 else {
      throw .seekTable(path: path, field: "descriptor", expected: Int(checksumFlag), found: Int(foot[4]))
    }
    let count = Int(number(foot, 0))
    let tableBytes = count * entryBytes + footBytes
    guard headBytes + tableBytes <= size else {
      throw .seekTable(path: path, field: "size", expected: size, found: headBytes + tableBytes)
    }
    let start = size - headBytes - tableBytes
    let bytes = try ShardError.files { () throws(FileError) in try file.read(bytes: headBytes + tableBytes, at: start) }
    guard number(bytes, 0) == skippableMagic else { throw .noSeekTable(path: path) }
    guard Int(number(bytes, 4)) == tableBytes else {
      throw .seekTable(path: path, field: "size", expected: tableBytes, found: Int(number(bytes, 4)))
    }
    let table = SeekTable(
      (0..<count).map { index in
        let entry = headBytes + index * entryBytes
        return Frame(
          size: Int(number(bytes, entry)), count: Int(number(bytes, entry + 4)), checksum: number(bytes, entry + 8))
      })
    try table.check(content: content, frameBytesInFile: start, path: path)
    return table
  }

  private func check(content: Int, frameBytesInFile: Int, path: String) throws(ShardError) {
    func require(_ field: String, _ expected: Int, _ found: Int, _ holds: Bool) throws(ShardError) {
      guard holds else { throw .seekTable(path: path, field: field, expected: expected, found: found) }
    }
    try require("bytes held", content, contentBytes, contentBytes == content)
    try require("number of frames", 1, frames.count, !frames.isEmpty)
    for (index, frame) in frames.enumerated() {
      let isLast = index == frames.count - 1
      let fits = frame.count > 0 && frame.count <= frameBytes && (isLast || frame.count == frameBytes)
      try require("bytes held by frame \(index)", frameBytes, frame.count, fits)
      try require(
        "bytes held by frame \(index)", Self.greatestFrame, frame.count, frame.count <= Self.greatestFrame)
      let greatest = FrameInflater.greatestFrame(of: frame.count)
      try require("bytes of frame \(index)", greatest, frame.size, (1...greatest).contains(frame.size))
    }
    let size = frames.reduce(0) { $0 + $1.size }
    try require("bytes of all frames", frameBytesInFile, size, size == frameBytesInFile)
  }

  /// Four bytes, the lowest first.
  static func number(_ bytes: [UInt8], _ start: Int) -> UInt32 {
    (0..<4).reduce(0) { $0 | UInt32(bytes[start + $1]) << (8 * UInt32($1)) }
  }
}
