internal import Files
internal import Shards

/// Writes a zip archive, member after member, each streamed; memory holds a buffer.
///
/// The same members give the same bytes. A member beyond 4 GiB, and an archive beyond it, take zip64's fields.
struct ZipWriter: ~Copyable {
  private struct Member {
    let name: [UInt8]
    let offset: Int
    let isLarge: Bool
    let bytes: Int
    var stored = 0
    var crc: UInt32 = 0
  }

  private let file: File
  private let level: Int32?
  /// Sizes and offsets from here on take 64 bits.
  private let limit: Int
  private var members: [Member] = []
  private var stream: DeflateStream?
  private var offset = 0
  private var pending: [UInt8] = []
  private var isOpen = false
  private var written = 0

  private static let bufferBytes = 1 << 20

  /// - Parameters:
  ///   - level: zlib's, 1...9; nil: members are stored as they are.
  ///   - limit: for tests.
  init(creating path: String, level: Int32?, limit: Int = 0xffff_ffff) throws {
    file = try File(creating: path)
    self.level = level
    self.limit = limit
  }

  /// Begins a member of so many bytes.
  mutating func begin(_ name: String, bytes: Int) throws {
    precondition(!isOpen, "a member at a time")
    // Deflate makes incompressible bytes longer by a little.
    let isLarge = bytes + bytes >> 10 + 64 >= limit
    members.append(Member(name: Array(name.utf8), offset: offset, isLarge: isLarge, bytes: bytes))
    isOpen = true
    written = 0
    if let level {
      stream = DeflateStream(level: level)
      if stream == nil { throw ExchangeError.noMemory }
    }
    // The CRC and, of a compressed member, the size are known at its end: then the header is written.
    offset += ZipFormat.localHeaderBytes + members[members.count - 1].name.count + (isLarge ? 20 : 0)
  }

  /// Writes the next bytes of the member.
  mutating func write<Element: BitwiseCopyable>(_ values: [Element]) throws {
    precondition(isOpen)
    let bytes = TensorBytes.view(values.span)
    let last = members.count - 1
    members[last].crc = Checksum.crc32(bytes, from: members[last].crc)
    written += bytes.byteCount
    if stream != nil {
      try compress(bytes, isLast: false)
    } else if bytes.byteCount >= Self.bufferBytes / 4 {
      try flush()
      try file.write(bytes, at: offset)
      offset += bytes.byteCount
    } else {
      try keep(TensorBytes.of(values))
    }
  }

  mutating func end() throws {
    let last = members.count - 1
    precondition(isOpen && written == members[last].bytes, "\(written) of \(members[last].bytes) bytes")
    if stream != nil {
      try compress(TensorBytes.view([UInt8]().span), isLast: true)
      stream = nil
    }
    try flush()
    let member = members[last]
    let header = ZipFormat.localHeaderBytes + member.name.count + (member.isLarge ? 20 : 0)
    members[last].stored = offset - member.offset - header
    try file.write(Self.localHeader(members[last], method: method), at: member.offset)
    isOpen = false
  }

  /// Writes the directory, and syncs the file.
  consuming func finish() throws {
    precondition(!isOpen)
    var directory: [UInt8] = []
    for member in members { directory += directoryEntry(member) }
    let (start, bytes, count) = (offset, directory.count, members.count)
    if start + bytes >= limit || count >= 0xffff {
      let end64 = start + bytes
      directory.append(little: ZipFormat.directoryEnd64)
      directory.append(little: UInt64(ZipFormat.directoryEnd64Bytes - 12))
      directory.append(little: UInt16(45))
      directory.append(little: UInt16(45))
      directory.append(little: UInt64(0))
      for number in [count, count, bytes, start] { directory.append(little: UInt64(number)) }
      directory.append(little: ZipFormat.directoryLocator64)
      directory.append(little: UInt32(0))
      directory.append(little: UInt64(end64))
      directory.append(little: UInt32(1))
    }
    directory.append(little: ZipFormat.directoryEnd)
    directory.append(little: UInt32(0))
    for _ in 0..<2 { directory.append(little: UInt16(clamping: count)) }
    directory.append(little: UInt32(clamping: bytes))
    directory.append(little: start >= limit ? .max : UInt32(clamping: start))
    directory.append(little: UInt16(0))
    try file.write(directory, at: start)
    try file.sync()
  }

  private var method: UInt16 { level == nil ? ZipFormat.stored : ZipFormat.deflated }

  private static func localHeader(_ member: Member, method: UInt16) -> [UInt8] {
    var header: [UInt8] = []
    header.append(little: ZipFormat.localHeader)
    let extra = member.isLarge ? Self.extra([member.bytes, member.stored]) : []
    header += commonFields(member, method: method, extra: extra)
    return header + member.name + extra
  }

  /// What a local header and an entry of the directory say in the same words.
  private static func commonFields(_ member: Member, method: UInt16, extra: [UInt8]) -> [UInt8] {
    var fields: [UInt8] = []
    fields.append(little: UInt16(extra.isEmpty ? 20 : 45))
    fields.append(little: ZipFormat.isUTF8)
    fields.append(little: method)
    fields.append(little: UInt16(0))
    fields.append(little: ZipFormat.date)
    fields.append(little: member.crc)
    fields.append(little: member.isLarge ? .max : UInt32(member.stored))
    fields.append(little: member.isLarge ? .max : UInt32(member.bytes))
    fields.append(little: UInt16(member.name.count))
    fields.append(little: UInt16(extra.count))
    return fields
  }

  private func directoryEntry(_ member: Member) -> [UInt8] {
    let isFar = member.offset >= limit
    let numbers = (member.isLarge ? [member.bytes, member.stored] : []) + (isFar ? [member.offset] : [])
    let extra = numbers.isEmpty ? [] : Self.extra(numbers)
    var entry: [UInt8] = []
    entry.append(little: ZipFormat.directoryEntry)
    // Made on Unix, as files with the usual rights.
    entry.append(little: UInt16(3 << 8 | (numbers.isEmpty ? 20 : 45)))
    entry += Self.commonFields(member, method: method, extra: extra)
    for _ in 0..<3 { entry.append(little: UInt16(0)) }
    entry.append(little: UInt32(0o100644) << 16)
    entry.append(little: isFar ? .max : UInt32(member.offset))
    return entry + member.name + extra
  }

  private static func extra(_ numbers: [Int]) -> [UInt8] {
    var extra: [UInt8] = []
    extra.append(little: ZipFormat.extra64)
    extra.append(little: UInt16(numbers.count * 8))
    for number in numbers { extra.append(little: UInt64(number)) }
    return extra
  }

  private mutating func compress(_ bytes: RawSpan, isLast: Bool) throws {
    var made: [UInt8] = []
    try stream?.compress(bytes, isLast: isLast) { made += $0 }
    try keep(made)
  }

  private mutating func keep(_ bytes: [UInt8]) throws {
    pending += bytes
    if pending.count >= Self.bufferBytes { try flush() }
  }

  private mutating func flush() throws {
    try file.write(pending, at: offset)
    offset += pending.count
    pending.removeAll(keepingCapacity: true)
  }
}
