import Files
import Foundation
import TestSupport
import Testing

@Suite struct `A file` {
  private func bytes(_ count: Int) -> [UInt8] { (0..<count).map { UInt8(truncatingIfNeeded: $0 * 7 + 1) } }

  @Test(arguments: [0, 1, 4095, 4096, 100_003])
  func `reads back what was written, from any offset`(count: Int) throws {
    let folder = try TemporaryFolder()
    let content = bytes(count)
    let file = try File(creating: folder.file("a"))
    try file.write(content, at: 0)
    #expect(try file.size == count)
    #expect(try File.contents(of: folder.file("a")) == content)
    let reader = try File(reading: folder.file("a"))
    for offset in [0, 1, count / 2, count] where offset <= count {
      #expect(try reader.read(bytes: count - offset, at: offset) == Array(content[offset...]))
      #expect(try reader.read(bytes: 0, at: offset) == [])
    }
  }

  @Test func `is written at offsets in any order, with zeros between`() throws {
    let folder = try TemporaryFolder()
    let file = try File(creating: folder.file("a"))
    try file.write("end", at: 10)
    try file.write("mid", at: 4)
    try file.write([], at: 100)
    file.startWriteback(of: 0..<13)
    try file.sync()
    #expect(try File.contents(of: folder.file("a")) == [0, 0, 0, 0] + "mid".utf8 + [0, 0, 0] + "end".utf8)
  }

  @Test(arguments: [0, 1, 5, 9])
  func `is cut and lengthened with zeros`(size: Int) throws {
    let folder = try TemporaryFolder()
    let file = try File(creating: folder.file("a"))
    try file.write(bytes(5), at: 0)
    try file.resize(to: size)
    #expect(try File.contents(of: folder.file("a")) == Array((bytes(5) + [0, 0, 0, 0]).prefix(size)))
  }

  @Test(arguments: [(0, 1, 0), (5, 6, 0), (5, 1, 5), (5, 3, 4), (5, 2, 1000)])
  func `that ends too soon is an error that says what was wanted`(size: Int, wanted: Int, offset: Int) throws {
    let folder = try TemporaryFolder()
    let path = folder.file("a")
    let file = try File(creating: path)
    try file.write(bytes(size), at: 0)
    let expected = FileError(.read(bytes: wanted, offset: offset), path, code: 0)
    #expect(throws: expected) { try file.read(bytes: wanted, at: offset) }
    #expect(
      expected.description == "\(path): cannot read \(wanted) bytes at offset \(offset): the file ends before; "
        + "the file was cut short, restore it")
  }

  @Test func `that is missing is an error`() throws {
    let folder = try TemporaryFolder()
    for path in [folder.file("none"), folder.file("none/a")] {
      let expected = FileError(.open, path, code: ENOENT)
      #expect(throws: expected) { _ = try File(reading: path) }
      #expect(throws: expected) { _ = try File.contents(of: path) }
      #expect(throws: expected) { _ = try MappedFile(path) }
      #expect(expected.isMissing)
      #expect(expected.description == "\(path): cannot be opened: No such file or directory; check the path")
    }
    let inside = folder.file("none/a")
    #expect(throws: FileError(.create, inside, code: ENOENT)) { _ = try File(creating: inside) }
  }

  @Test func `that is there is not created again`() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("a")
    try File(creating: path).write("old", at: 0)
    #expect(throws: FileError(.create, path, code: EEXIST)) { _ = try File(creating: path) }
    #expect(try File.contents(of: path) == Array("old".utf8))
    try FileManager.default.createSymbolicLink(atPath: folder.file("link"), withDestinationPath: "nowhere")
    #expect(throws: FileError(.create, folder.file("link"), code: EEXIST)) {
      _ = try File(creating: folder.file("link"))
    }
  }

  @Test func `that is a folder is an error`() throws {
    let folder = try TemporaryFolder()
    #expect(throws: FileError.self) { _ = try File.contents(of: folder.path) }
    #expect(throws: FileError.self) { _ = try MappedFile(folder.path) }
    #expect(throws: FileError(.create, folder.path, code: EEXIST)) { _ = try File(creating: folder.path) }
  }

  @Test func `that may not be read is an error with a remedy`() async throws {
    let folder = try TemporaryFolder()
    let path = folder.file("a")
    try File(creating: path).write("secret", at: 0)
    try FileManager.default.setAttributes([.posixPermissions: 0], ofItemAtPath: path)
    await #expect(processExitsWith: .success) { [path = path as String] in
      ThisProcess.becomeOrdinaryUser()
      let expected = FileError(.open, path, code: EACCES)
      #expect(throws: expected) { _ = try File(reading: path) }
      #expect(expected.description == "\(path): cannot be opened: Permission denied; check its permissions")
    }
  }

  @Test func `is opened through its folder, even when that was renamed`() throws {
    let folder = try TemporaryFolder()
    try Folder.create(folder.file("a"))
    try File(creating: folder.file("a/x")).write("one", at: 0)
    let open = try OpenFolder(folder.file("a/"))
    #expect(open.path == folder.file("a"))
    try Folder.rename(folder.file("a"), to: folder.file("b"))
    try Folder.create(folder.file("a"))
    #expect(try File(reading: "x", in: open).read(bytes: 3, at: 0) == Array("one".utf8))
    #expect(throws: FileError(.open, folder.file("a/y"), code: ENOENT)) { _ = try File(reading: "y", in: open) }
    #expect(throws: FileError(.open, folder.file("b/x"), code: ENOTDIR)) { _ = try OpenFolder(folder.file("b/x")) }
  }

  @Test func `beyond the limit on file sizes is an error that names file and bytes`() async throws {
    let folder = try TemporaryFolder()
    await #expect(processExitsWith: .success) { [path = folder.file("a") as String] in
      Folder.reportFileSizeLimits()
      ThisProcess.limitFileSize(to: 1000)
      let file = try File(creating: path)
      try file.write([UInt8](repeating: 1, count: 900), at: 0)
      // The system writes what still fits, and refuses the rest.
      let expected = FileError(.write(bytes: 200, offset: 1000), path, code: EFBIG)
      #expect(throws: expected) { try file.write([UInt8](repeating: 2, count: 300), at: 900) }
      #expect(
        expected.description == "\(path): cannot write 200 bytes at offset 1000: File too large; "
          + "raise the limit on file sizes (ulimit -f)")
      #expect(throws: FileError(.write(bytes: 2000, offset: 0), path, code: EFBIG)) { try file.resize(to: 2000) }
    }
  }

  @Test(arguments: [
    (
      FileError(.write(bytes: 4, offset: 9), "p", code: ENOSPC),
      "p: cannot write 4 bytes at offset 9: No space left on device; free space there, or choose another place"
    ),
    (FileError(.list, "p", code: ENOTDIR), "p: cannot be listed: Not a directory"),
    (FileError(.remove, "p", code: EPERM), "p: cannot be removed: Operation not permitted; check its permissions"),
    (FileError(.sync, "p", code: EIO), "p: cannot be synced to disk: Input/output error; check the disk"),
    (FileError(.map, "p", code: ENOMEM), "p: cannot be mapped: Cannot allocate memory"),
    (
      FileError(.inspect, "p", code: ELOOP),
      "p: cannot be inspected: Too many levels of symbolic links; put what the symbolic link leads to in its place"
    ),
    (FileError(.lock, "p", code: ENOLCK), "p: cannot be locked: No locks available"),
    (FileError(.create, "p", code: EROFS), "p: cannot be created: Read-only file system; check its permissions"),
    (FileError(.rename(to: "q"), "p", code: EEXIST), "p: cannot be renamed to q: File exists; choose another name"),
    (FileError(.exchange(with: "q"), "p", code: EXDEV), "p: cannot be exchanged with q: Invalid cross-device link"),
    (
      FileError(.open, "p", code: EMFILE),
      "p: cannot be opened: Too many open files; raise the limit on open files (ulimit -n)"
    ),
  ])
  func `error says what, where, why and what to do`(error: FileError, text: String) {
    #expect(error.description == text)
  }
}
