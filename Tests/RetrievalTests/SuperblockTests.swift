import Files
import TestSupport
import Testing

@testable import Retrieval

@Suite final class `The head of an HDF5 file` {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func file(_ bytes: [UInt8]) throws -> File {
    let file = try File(creating: folder.file("file"))
    try file.write(bytes, at: 0)
    return file
  }

  @Test(arguments: [UInt8(0), 1, 2, 3], [2, 4, 8])
  func `says where the file ends`(version: UInt8, width: Int) throws {
    let head = SmallFile.head(version: version, width: width, base: 0, end: 1000)
    let whole = try HDF5Superblock(file(head))
    #expect(whole.start == 0 && whole.end == 1000)
  }

  @Test(arguments: [512, 1024, 4096], [true, false])
  func `is found behind a user block`(start: Int, isKnown: Bool) throws {
    // A block that was put before a finished file is not in its addresses.
    let (base, end) = isKnown ? (UInt64(start), UInt64(start + 700)) : (0, 700)
    let block = [UInt8](repeating: 0, count: start)
    let head = try HDF5Superblock(file(block + SmallFile.head(version: 0, base: base, end: end)))
    #expect(head.start == start && head.end == start + 700)
  }

  @Test func `is not looked for anywhere else`() throws {
    let head = SmallFile.head(version: 0, base: 0, end: 100)
    #expect(throws: RetrievalError.notHDF5(reason: "it has no HDF5 signature")) {
      try HDF5Superblock(file([UInt8](repeating: 0, count: 256) + head))
    }
  }

  @Test func `of a version that is not known is left to others`() throws {
    #expect(try HDF5Superblock(file(SmallFile.signature + [4, 0, 0])).end == nil)
  }

  @Test(arguments: [UInt8(0), 1, 2, 3]) func `that ends too soon is refused`(version: UInt8) throws {
    let head = SmallFile.head(version: version, base: 0, end: 1000)
    for count in 8..<24 {
      let file = try file(Array(head.prefix(count)))
      #expect(throws: RetrievalError.notHDF5(reason: "it ends in its head")) { try HDF5Superblock(file) }
      try Folder.removeAll(folder.file("file"))
    }
  }

  @Test(
    arguments: [
      (0, 0xFFFF_FFFF_FFFF_FFFF), (0, 0x8000_0000_0000_0000), (2000, 1000), (0xFFFF_FFFF_FFFF_FFFF, 0),
    ] as [(UInt64, UInt64)])
  func `with impossible addresses is refused`(base: UInt64, end: UInt64) throws {
    let file = try file(SmallFile.head(version: 0, base: base, end: end))
    #expect(throws: RetrievalError.notHDF5(reason: "its head is damaged")) { try HDF5Superblock(file) }
  }

  @Test(arguments: [0, 1, 3, 16, 255]) func `with addresses of another width is refused`(width: Int) throws {
    var head = SmallFile.head(version: 2, base: 0, end: 1000)
    head[9] = UInt8(width)
    let file = try file(head)
    #expect(throws: RetrievalError.notHDF5(reason: "its head is damaged")) { try HDF5Superblock(file) }
  }

  @Test(arguments: [99, 100, 101]) func `is held against the file's size`(size: Int) throws {
    let file = try file(SmallFile.head(version: 0, base: 0, end: 100) + [UInt8](repeating: 0, count: size - 56))
    if size >= 100 { return try HDF5Superblock.check(file) }
    #expect(throws: RetrievalError.cutShort(expected: 100, found: 99, isDeclared: true)) {
      try HDF5Superblock.check(file)
    }
  }

  @Test func `of the fixture ends where the file does`() throws {
    let file = try File(reading: Project.fixture)
    #expect(try HDF5Superblock(file).end == file.size)
  }

  @Test(
    .disabled(if: RealData.isMissing, "\(RealData.skipReason)"),
    arguments: ["CMU_MOSI_Opinion_Labels.csd", "CMU_MOSI_ModifiedTimestampedWords.csd"])
  func `of a published file ends where the file does`(name: String) throws {
    let file = try File(reading: RealData.file("mosi/\(name)"))
    #expect(try HDF5Superblock(file).end == file.size)
  }
}
