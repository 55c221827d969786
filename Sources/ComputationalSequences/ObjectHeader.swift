internal import Files

/// The messages of an object's header, as they lie in the file.
///
/// Source: HDF5 File Format Specification 3.0, IV.A.1.
struct ObjectHeader {
  static let layout = 8
  private static let continuation = 16
  /// A header of more pieces than this leads in circles.
  private static let greatestPieces = 64
  private static let greatestBytes = 1 << 20

  let source: RawStorage.Source
  let widths: ChunkTree.Widths

  /// The first message of a type, or nil where there is none, or no header.
  func message(_ type: Int, at address: Int) -> [UInt8]? {
    guard let start = source.bytes(16, at: address) else { return nil }
    var pieces: [(address: Int, bytes: Int)] = []
    let isSecond = start.starts(with: Array("OHDR".utf8))
    // Type, size, flags; then in version 1 three bytes of nothing, in version 2 perhaps the order of creation.
    var prefix = 8
    if isSecond {
      let flags = start[5]
      let sizes = address + 6 + (flags & 0x20 == 0 ? 0 : 16) + (flags & 0x10 == 0 ? 0 : 4)
      let width = 1 << Int(flags & 3)
      guard start[4] == 2, let size = source.bytes(width, at: sizes).flatMap({ LittleEndian.number($0[...]) }) else {
        return nil
      }
      prefix = flags & 4 == 0 ? 4 : 6
      pieces.append((sizes + width, size))
    } else {
      guard start[0] == 1, let size = LittleEndian.number(start[8..<12]) else { return nil }
      pieces.append((address + 16, size))
    }
    var next = 0
    while next < pieces.count && next < Self.greatestPieces {
      let piece = pieces[next]
      next += 1
      guard piece.bytes <= Self.greatestBytes, let bytes = source.bytes(piece.bytes, at: piece.address) else {
        return nil
      }
      var position = 0
      while position + prefix <= bytes.count {
        let found = isSecond ? Int(bytes[position]) : Int(bytes[position]) | Int(bytes[position + 1]) << 8
        let sizeAt = position + (isSecond ? 1 : 2)
        let size = Int(bytes[sizeAt]) | Int(bytes[sizeAt + 1]) << 8
        position += prefix
        guard position + size <= bytes.count else { break }
        let content = bytes[position..<position + size]
        position += size
        if found == type { return Array(content) }
        guard found == Self.continuation, size >= widths.address + widths.length,
          let address = LittleEndian.number(content.prefix(widths.address)),
          let length = LittleEndian.number(content.dropFirst(widths.address).prefix(widths.length))
        else { continue }
        // In version 2 a piece is signed, and has a checksum at its end.
        guard !isSecond || length >= 8 else { return nil }
        let (first, overflow) = address.addingReportingOverflow(isSecond ? 4 : 0)
        guard !overflow else { return nil }
        pieces.append((first, length - (isSecond ? 8 : 0)))
      }
    }
    return nil
  }
}

enum LittleEndian {
  /// A number without sign of at most eight bytes; nil where an Int does not hold it.
  static func number(_ bytes: ArraySlice<UInt8>) -> Int? {
    Int(exactly: bytes.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
  }
}

extension RawStorage.Source {
  /// Bytes of the file, or nil where it has none there.
  func bytes(_ count: Int, at address: Int) -> [UInt8]? {
    guard count >= 0, address >= 0, count <= size, address <= size - count else { return nil }
    return try? file.read(bytes: count, at: address)
  }
}
