import Files
import Foundation
import TestSupport
import Testing

@Suite struct `A file's lock` {
  private static func isFree(_ path: String) throws -> Bool {
    let lock = try FileLock(path)
    return lock != nil
  }

  @Test func `is had by one at a time, and ends with its scope`() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("a")
    try Data().write(to: URL(filePath: path))
    #expect(try Self.isFree(path))
    do {
      let lock = try FileLock(path)
      let isHeld = lock != nil
      #expect(isHeld)
      #expect(try !Self.isFree(path))
      withExtendedLifetime(lock) {}
    }
    #expect(try Self.isFree(path))
  }

  @Test func `keeps another process out`() async throws {
    let folder = try TemporaryFolder()
    let path = folder.file("a")
    try Data().write(to: URL(filePath: path))
    let lock = try FileLock(path)
    await #expect(processExitsWith: .exitCode(3)) { [path = path as String] in
      let lock = try FileLock(path)
      exit(lock == nil ? 3 : 0)
    }
    withExtendedLifetime(lock) {}
  }

  @Test func `wants a file`() throws {
    let folder = try TemporaryFolder()
    let error = #expect(throws: FileError.self) { try Self.isFree(folder.file("a")) }
    #expect(error?.isMissing == true)
  }
}
