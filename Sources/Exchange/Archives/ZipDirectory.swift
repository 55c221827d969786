internal import Files

/// What a zip archive holds, read from its directory and held against every member's own header.
///
/// Refused: archives in several parts, encrypted members, members that overlap or lie outside the file, names that are
/// there twice, sizes that deflate cannot give.
struct ZipDirectory: Sendable {
  struct Member: Sendable, Equatable {
    let name: String
    let isDeflated: Bool
    let crc: UInt32
    /// In the file.
    let stored: Int
    /// Of the content.
    let bytes: Int
    /// Where the content begins.
    let start: Int
  }

  let path: String
  let members: [Member]

  /// Reads the directory of an open file.
  ///
  /// - Throws: ``ExchangeError/damagedArchive(path:problem:)``, `FileError`.
  init(_ file: borrowing File) throws {
    path = file.path
    let size = try file.size
    let end = try ZipEnd(file, size: size)
    guard end.start >= 0, end.bytes >= 0, end.bytes <= size, end.start <= size - end.bytes,
      end.count >= 0, end.count <= end.bytes / ZipFormat.directoryEntryBytes
    else { throw Self.damaged(file.path, "its directory lies outside the file") }
    // A directory is some hundred bytes a member; one that is larger than this is no directory.
    guard end.bytes <= 1 << 28 else { throw Self.damaged(file.path, "its directory has \(end.bytes) bytes") }
    let directory = try file.read(bytes: end.bytes, at: end.start)
    var members: [Member] = []
    var spans: [Range<Int>] = []
    var names: Set<String> = []
    var offset = 0
    for _ in 0..<end.count {
      let entry = try Entry(directory, at: &offset, path: file.path)
      guard names.insert(entry.name).inserted else {
        throw Self.damaged(file.path, "the member \(entry.name) is there twice")
      }
      let start = try entry.contentStart(file, limit: end.start)
      members.append(
        Member(
          name: entry.name, isDeflated: entry.method == ZipFormat.deflated, crc: entry.crc, stored: entry.stored,
          bytes: entry.bytes, start: start))
      spans.append(entry.offset..<start + entry.stored)
    }
    spans.sort { $0.lowerBound < $1.lowerBound }
    for (left, right) in zip(spans, spans.dropFirst()) where right.lowerBound < left.upperBound {
      throw Self.damaged(file.path, "two members share bytes")
    }
    self.members = members
  }

  static func damaged(_ path: String, _ problem: String) -> ExchangeError {
    .damagedArchive(path: path, problem: problem)
  }

  /// A member as the directory has it.
  private struct Entry {
    let name: String
    let path: String
    let method: UInt16
    let crc: UInt32
    var stored: Int
    var bytes: Int
    var offset: Int
    private let rawName: ArraySlice<UInt8>

    init(_ directory: [UInt8], at place: inout Int, path: String) throws {
      self.path = path
      let head = place
      func damaged() -> ExchangeError { ZipDirectory.damaged(path, "its directory ends too soon") }
      guard head + ZipFormat.directoryEntryBytes <= directory.count else { throw damaged() }
      guard directory.little(UInt32.self, at: head) == ZipFormat.directoryEntry else {
        throw ZipDirectory.damaged(path, "its directory is no directory")
      }
      let flags = directory.little(UInt16.self, at: head + 8)
      method = directory.little(UInt16.self, at: head + 10)
      crc = directory.little(UInt32.self, at: head + 16)
      let lengths = [28, 30, 32].map { Int(directory.little(UInt16.self, at: head + $0)) }
      let nameStart = head + ZipFormat.directoryEntryBytes
      place = nameStart + lengths.reduce(0, +)
      guard place <= directory.count else { throw damaged() }
      rawName = directory[nameStart..<nameStart + lengths[0]]
      name = String(decoding: rawName, as: UTF8.self)
      stored = Int(directory.little(UInt32.self, at: head + 20))
      bytes = Int(directory.little(UInt32.self, at: head + 24))
      offset = Int(directory.little(UInt32.self, at: head + 42))
      try readLarge(Array(directory[nameStart + lengths[0]..<nameStart + lengths[0] + lengths[1]]))
      guard flags & ZipFormat.isEncrypted == 0 else { throw problem("is encrypted") }
      guard method == ZipFormat.stored || method == ZipFormat.deflated else {
        throw problem("is compressed by method \(method), but only stored and deflated ones are read")
      }
      guard method == ZipFormat.deflated || stored == bytes else { throw problem("has two sizes") }
      // Deflate shrinks to no less than 1/1032.
      guard bytes / 1100 <= stored else { throw problem("cannot have \(bytes) bytes in \(stored)") }
    }

    /// Takes what does not fit 32 bits from zip64's field, in which only that stands.
    private mutating func readLarge(_ extra: [UInt8]) throws {
      var place = 0
      while place + 4 <= extra.count {
        let (id, length) = (extra.little(UInt16.self, at: place), Int(extra.little(UInt16.self, at: place + 2)))
        place += 4
        guard place + length <= extra.count else { throw problem("has a damaged extra field") }
        if id == ZipFormat.extra64 {
          var next = place
          func number() throws -> Int {
            guard next + 8 <= place + length, let number = Int(exactly: extra.little(UInt64.self, at: next)) else {
              throw problem("has a damaged zip64 field")
            }
            next += 8
            return number
          }
          if bytes == 0xffff_ffff { bytes = try number() }
          if stored == 0xffff_ffff { stored = try number() }
          if offset == 0xffff_ffff { offset = try number() }
        }
        place += length
      }
    }

    /// Where the content begins, by the member's own header.
    func contentStart(_ file: borrowing File, limit: Int) throws -> Int {
      guard offset >= 0, offset <= limit - ZipFormat.localHeaderBytes else { throw problem("lies outside the file") }
      let head = try file.read(bytes: ZipFormat.localHeaderBytes, at: offset)
      guard head.little(UInt32.self, at: 0) == ZipFormat.localHeader, head.little(UInt16.self, at: 8) == method else {
        throw problem("has another header than the directory says")
      }
      let nameBytes = Int(head.little(UInt16.self, at: 26))
      let start = offset + ZipFormat.localHeaderBytes + nameBytes + Int(head.little(UInt16.self, at: 28))
      guard stored >= 0, start <= limit, stored <= limit - start else { throw problem("lies outside the file") }
      let name = try file.read(bytes: nameBytes, at: offset + ZipFormat.localHeaderBytes)
      guard name.elementsEqual(rawName) else { throw problem("has another name in its own header") }
      return start
    }

    private func problem(_ text: String) -> ExchangeError { ZipDirectory.damaged(path, "the member \(name) \(text)") }
  }
}

/// Where an archive's directory is, by the record at its end.
private struct ZipEnd {
  var count: Int
  var bytes: Int
  var start: Int

  init(_ file: borrowing File, size: Int) throws {
    // A comment of at most 64 KiB may follow the record.
    let tailBytes = min(size, ZipFormat.directoryEndBytes + 0xffff)
    let tail = try file.read(bytes: tailBytes, at: size - tailBytes)
    let last = tail.count - ZipFormat.directoryEndBytes
    guard last >= 0,
      let place = (0...last).reversed().first(where: { tail.little(UInt32.self, at: $0) == ZipFormat.directoryEnd })
    else { throw ZipDirectory.damaged(file.path, "its directory is missing, so it was cut short or is no archive") }
    count = Int(tail.little(UInt16.self, at: place + 10))
    bytes = Int(tail.little(UInt32.self, at: place + 12))
    start = Int(tail.little(UInt32.self, at: place + 16))
    let isLarge = count == 0xffff || bytes == 0xffff_ffff || start == 0xffff_ffff
    let locator = size - tailBytes + place - ZipFormat.directoryLocator64Bytes
    guard isLarge, locator >= 0 else { return }
    let located = try file.read(bytes: ZipFormat.directoryLocator64Bytes, at: locator)
    guard located.little(UInt32.self, at: 0) == ZipFormat.directoryLocator64 else { return }
    guard let record = Int(exactly: located.little(UInt64.self, at: 8)),
      record >= 0, record <= size - ZipFormat.directoryEnd64Bytes,
      case let large = try file.read(bytes: ZipFormat.directoryEnd64Bytes, at: record),
      large.little(UInt32.self, at: 0) == ZipFormat.directoryEnd64,
      let count = Int(exactly: large.little(UInt64.self, at: 32)),
      let bytes = Int(exactly: large.little(UInt64.self, at: 40)),
      let start = Int(exactly: large.little(UInt64.self, at: 48))
    else { throw ZipDirectory.damaged(file.path, "its zip64 record is damaged") }
    (self.count, self.bytes, self.start) = (count, bytes, start)
  }
}
