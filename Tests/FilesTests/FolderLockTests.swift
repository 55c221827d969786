import Files
import Foundation
import TestSupport
import Testing

@Suite struct `A folder's lock` {
  private static func isFree(_ path: String) throws -> Bool {
    let lock = try FolderLock(creating: path)
    return lock != nil
  }

  @Test func `creates the folder, leaves nothing in it, and ends with its scope`() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("a")
    #expect(try Self.isFree(path))
    #expect(try Folder.list(path) == [])
    #expect(try Self.isFree(path))
  }

  @Test func `is had by one at a time`() throws {
    let folder = try TemporaryFolder()
    let first = try FolderLock(creating: folder.file("a"))
    let isHeld = first != nil
    #expect(isHeld)
    #expect(try !Self.isFree(folder.file("a")))
    #expect(try Self.isFree(folder.file("b")))
    withExtendedLifetime(first) {}
  }

  @Test func `keeps another process out`() async throws {
    let folder = try TemporaryFolder()
    let path = folder.file("a")
    let lock = try FolderLock(creating: path)
    await #expect(processExitsWith: .exitCode(3)) { [path = path as String] in
      let lock = try FolderLock(creating: path)
      exit(lock == nil ? 3 : 0)
    }
    withExtendedLifetime(lock) {}
  }

  @Test func `ends with its process, however that ends`() async throws {
    let folder = try TemporaryFolder()
    let path = folder.file("a")
    await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
      let lock = try FolderLock(creating: path)
      if lock != nil { kill(getpid(), SIGKILL) }
    }
    #expect(try FileStatus.of(path)?.isFolder == true)
    #expect(try Self.isFree(path))
  }

  @Test func `moves with the folder when it is renamed`() throws {
    let folder = try TemporaryFolder()
    let lock = try FolderLock(creating: folder.file("a"))
    try Folder.rename(folder.file("a"), to: folder.file("b"))
    #expect(try !Self.isFree(folder.file("b")))
    #expect(try Self.isFree(folder.file("a")))
    withExtendedLifetime(lock) {}
  }

  @Test func `is refused on a file, a link, and where no folder can be made`() throws {
    let folder = try TemporaryFolder()
    try File(creating: folder.file("f")).write("", at: 0)
    try Folder.create(folder.file("d"))
    try FileManager.default.createSymbolicLink(atPath: folder.file("link"), withDestinationPath: "d")
    #expect(throws: FileError(.lock, folder.file("f"), code: ENOTDIR)) { try Self.isFree(folder.file("f")) }
    #expect(throws: FileError.self) { try Self.isFree(folder.file("link")) }
    #expect(throws: FileError(.create, folder.file("none/a"), code: ENOENT)) { try Self.isFree(folder.file("none/a")) }
    #expect(FolderLock.processID == Int(getpid()))
  }
}
