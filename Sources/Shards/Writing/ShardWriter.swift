internal import Files
internal import Synchronization

/// Writes one shard, block by block, in any order, from any number of threads.
///
/// Its memory holds one CRC a MiB and nothing else that grows with the shard; the file is open only while a call lasts,
/// so that any number of shards can be filled at once. A tensor is either written in whole
/// blocks (``write(_:tensor:block:)``), whose CRCs are taken on the way, or piecewise (``writeUnchecked(_:tensor:byteOffset:)``),
/// with ``checksum(tensor:block:)`` afterwards.
package final class ShardWriter: Sendable {
  package let layout: ShardLayout
  package let path: String
  /// By tensor: the place of its first block among all checked blocks.
  private let firstBlocks: [Int]
  private let checksums: Mutex<[UInt32?]>

  /// Creates the file, which must not exist yet, at its final size.
  ///
  /// - Parameter keepsContent: whether a file of that size which stands there already is filled on. Nothing in it counts
  ///   as written before ``confirm(_:tensor:block:)``.
  package init(path: String, layout: ShardLayout, keepsContent: Bool = false) throws(ShardError) {
    self.layout = layout
    var blocks = 0
    firstBlocks = layout.tensors.map { tensor in
      defer { blocks += tensor.isChecked ? tensor.blockCount : 0 }
      return blocks
    }
    checksums = Mutex(Array(repeating: nil, count: blocks))
    self.path = path
    try ShardError.files { () throws(FileError) in
      if keepsContent, let status = try FileStatus.of(path, followingLinks: false) {
        if status.isRegularFile && status.size == layout.fileSize { return try Self.clearPadding(path, layout) }
        try Folder.removeAll(path)
      }
      try File(creating: path).resize(to: layout.fileSize)
    }
  }

  private static func clearPadding(_ path: String, _ layout: ShardLayout) throws(FileError) {
    let file = try File(updating: path)
    for tensor in layout.tensors {
      guard case .padding = tensor.role else { continue }
      try file.write([UInt8](repeating: 0, count: tensor.byteCount), at: tensor.offset)
    }
  }

  /// Writes one block and takes its CRC.
  ///
  /// - Parameters:
  ///   - bytes: 1 MiB, or what the tensor's last block has.
  ///   - tensor: the tensor's place in the layout.
  package func write(_ bytes: RawSpan, tensor: Int, block: Int) throws(ShardError) {
    let layout = self.layout.tensors[tensor]
    let range = layout.range(ofBlock: block)
    precondition(layout.isChecked && bytes.byteCount == range.count, "not a block of \(layout.name)")
    let start = layout.offset + range.lowerBound
    try ShardError.files { () throws(FileError) in
      let file = try File(updating: path)
      try file.write(bytes, at: start)
      file.startWriteback(of: start..<start + range.count)
    }
    record(Checksum.crc32(bytes), tensor: tensor, block: block)
  }

  /// Writes a whole tensor.
  package func write(_ bytes: [UInt8], tensor: Int) throws(ShardError) {
    let layout = self.layout.tensors[tensor]
    precondition(bytes.count == layout.byteCount, "\(layout.name) has \(layout.byteCount) bytes, not \(bytes.count)")
    for block in 0..<layout.blockCount {
      try write(
        TensorBytes.view(bytes.span).extracting(layout.range(ofBlock: block)), tensor: tensor, block: block)
    }
  }

  /// Writes a part of a tensor without taking a CRC, for frames that arrive in no order that blocks know of.
  package func writeUnchecked(_ bytes: RawSpan, tensor: Int, byteOffset: Int) throws(ShardError) {
    let layout = self.layout.tensors[tensor]
    precondition(
      layout.isChecked && byteOffset >= 0 && byteOffset + bytes.byteCount <= layout.byteCount,
      "bytes beyond \(layout.name)")
    try ShardError.files { () throws(FileError) in
      try File(updating: path).write(bytes, at: layout.offset + byteOffset)
    }
  }

  /// Reads a block back and takes its CRC, once all its bytes are written.
  package func checksum(tensor: Int, block: Int) throws(ShardError) {
    let layout = self.layout.tensors[tensor]
    let range = layout.range(ofBlock: block)
    precondition(layout.isChecked && !range.isEmpty, "not a block of \(layout.name)")
    let start = layout.offset + range.lowerBound
    let bytes = try ShardError.files { () throws(FileError) in
      let file = try File(updating: path)
      file.startWriteback(of: start..<start + range.count)
      return try file.read(bytes: range.count, at: start)
    }
    record(Checksum.crc32(bytes), tensor: tensor, block: block)
  }

  /// Takes a block as written that stands in the file already.
  ///
  /// - Returns: false where its CRC is another one.
  package func confirm(_ checksum: UInt32, tensor: Int, block: Int) throws(ShardError) -> Bool {
    let layout = self.layout.tensors[tensor]
    let range = layout.range(ofBlock: block)
    let bytes = try ShardError.files { () throws(FileError) in
      try File(reading: path).read(bytes: range.count, at: layout.offset + range.lowerBound)
    }
    guard Checksum.crc32(bytes) == checksum else { return false }
    record(checksum, tensor: tensor, block: block)
    return true
  }

  /// The CRC of a block that is written.
  ///
  /// - Precondition: ``write(_:tensor:block:)`` or ``checksum(tensor:block:)`` was called for it.
  package func checksum(ofBlock block: Int, tensor: Int) -> UInt32 {
    let checksum = checksums.withLock { $0[firstBlocks[tensor] + block] }
    precondition(checksum != nil, "block \(block) of \(layout.tensors[tensor].name) is not written")
    return checksum ?? 0
  }

  private func record(_ checksum: UInt32, tensor: Int, block: Int) {
    checksums.withLock { $0[firstBlocks[tensor] + block] = checksum }
  }

  /// Writes the header and the CRCs, and syncs the file. Padding was zero from the beginning.
  ///
  /// - Throws: ``ShardError/uncheckedBlock(path:tensor:block:)`` where a block was never written or has no CRC.
  package func finish() throws(ShardError) -> ShardRecord {
    let checksums = self.checksums.withLock { $0 }
    var crcBytes: [UInt8] = []
    for (index, tensor) in layout.tensors.enumerated() where tensor.isChecked {
      for block in 0..<tensor.blockCount {
        guard let checksum = checksums[firstBlocks[index] + block] else {
          throw .uncheckedBlock(path: path, tensor: tensor.name, block: block)
        }
        crcBytes += TensorBytes.of([Int64(checksum)])
      }
    }
    let header = headerBytes()
    try ShardError.files { () throws(FileError) in
      let file = try File(updating: path)
      try file.write(header, at: 0)
      var start = 0
      for tensor in layout.tensors {
        guard case .checksums = tensor.role else { continue }
        try file.write(Array(crcBytes[start..<start + tensor.byteCount]), at: tensor.offset)
        start += tensor.byteCount
      }
      try file.sync()
    }
    return ShardRecord(
      file: Path.name(of: path), bytes: layout.fileSize, headerCRC32: Checksum.crc32(header), crcBytes: crcBytes)
  }

  /// Every byte before the data.
  private func headerBytes() -> [UInt8] {
    var bytes = TensorBytes.of([Int64(layout.headerBytes)])
    bytes += layout.header.utf8
    bytes += Array(repeating: UInt8(ascii: " "), count: layout.dataStart - bytes.count)
    return bytes
  }
}
