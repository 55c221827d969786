import Files
import Foundation
import TestSupport
import Testing

@Suite struct `A mapped file` {
  @Test(arguments: [0, 1, 4096, 10_001])
  func `shows the file's bytes`(count: Int) throws {
    let folder = try TemporaryFolder()
    let content = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
    try File(creating: folder.file("a")).write(content, at: 0)
    let mapped = try MappedFile(folder.file("a"))
    #expect(mapped.count == count && mapped.bytes.byteCount == count && mapped.path == folder.file("a"))
    let isEqual = content.indices.allSatisfy {
      unsafe mapped.bytes.unsafeLoad(fromByteOffset: $0, as: UInt8.self) == content[$0]
    }
    #expect(isEqual)
  }

  @Test func `outlives its name, its descriptor and other mappings`() throws {
    let folder = try TemporaryFolder()
    try File(creating: folder.file("a")).write([1, 2, 3], at: 0)
    let mapped = try MappedFile(folder.file("a"))
    do { _ = try MappedFile(folder.file("a")) }
    try Folder.removeAll(folder.file("a"))
    let last = unsafe mapped.bytes.unsafeLoad(fromByteOffset: 2, as: UInt8.self)
    #expect(last == 3)
  }

  @Test(arguments: [0..<0, 0..<1, 4095..<4097, 5000..<5000, 4097..<300_000, 0..<300_001, 300_000..<300_001])
  func `takes advice about any range, and reads it`(range: Range<Int>) throws {
    let folder = try TemporaryFolder()
    try File(creating: folder.file("a")).write([UInt8](repeating: 7, count: 300_001), at: 0)
    let mapped = try MappedFile(folder.file("a"))
    #expect(mapped.advise(range))
    mapped.touch(range)
    let first = unsafe mapped.bytes.unsafeLoad(fromByteOffset: 0, as: UInt8.self)
    #expect(first == 7)
  }

  @Test func `takes advice about nothing where the file is empty`() throws {
    let folder = try TemporaryFolder()
    try File(creating: folder.file("a")).write([UInt8](), at: 0)
    let mapped = try MappedFile(folder.file("a"))
    #expect(mapped.advise(0..<0))
    mapped.touch(0..<0)
  }

  /// A page that is not there any more ends the process: so every page of the range was read, and none beyond it.
  @Test(arguments: [
    (0..<8 * 4096, true), (100..<4 * 4096, true), (100..<4 * 4096 + 1, false), (5 * 4096..<5 * 4096 + 1, false),
  ])
  func `reads every page of a range and no other`(range: Range<Int>, isThere: Bool) async throws {
    let folder = try TemporaryFolder()
    let path = folder.file("a")
    let (start, end, size) = (
      range.lowerBound, range.upperBound, isThere ? max(4, (range.upperBound + 4095) / 4096) : 4
    )
    await #expect(processExitsWith: .exitCode(isThere ? 0 : 1)) {
      [path = path as String, start = start as Int, end = end as Int, size = size as Int] in
      let file = try File(creating: path)
      try file.resize(to: 16 * 4096)
      let mapped = try MappedFile(path)
      try file.resize(to: size * 4096)
      mapped.touch(start..<end)
      exit(0)
    }
  }

  @Test func `that is cut short ends the process with one line and status 1`() async throws {
    let folder = try TemporaryFolder()
    let path = folder.file("a")
    let result = await #expect(processExitsWith: .exitCode(1), observing: [\.standardErrorContent]) {
      [path = path as String] in
      let file = try File(creating: path)
      try file.resize(to: 1 << 20)
      // Another mapping, made before and gone, must not be blamed.
      do { _ = try MappedFile(path) }
      let mapped = try MappedFile(path)
      try file.resize(to: 0)
      let byte = unsafe mapped.bytes.unsafeLoad(fromByteOffset: 1 << 19, as: UInt8.self)
      exit(Int32(byte))
    }
    let lines = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self).split(separator: "\n")
    let message = "error: \(path): the file was cut short, or its disk failed, while it was being read"
    #expect(lines.count == 1 && lines.first?.hasSuffix("\(message): restore it and try again") == true, "\(lines)")
  }
}
