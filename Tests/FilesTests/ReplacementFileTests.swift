import Files
import Foundation
import TestSupport
import Testing

@Suite struct `A replacement of a file` {
  private static func text(_ path: String) throws -> String {
    String(decoding: try File.contents(of: path), as: UTF8.self)
  }

  @Test func `takes the file's place when it is committed`() throws {
    let folder = try TemporaryFolder()
    try ReplacementFile.write("old", to: folder.file("a"))
    let replacement = try ReplacementFile(folder.file("a"))
    try replacement.file.write("new", at: 0)
    #expect(try Self.text(folder.file("a")) == "old")
    #expect(try Folder.list(folder.path) == ["a", "a.partial"])
    try replacement.commit()
    #expect(try Self.text(folder.file("a")) == "new")
    #expect(try Folder.list(folder.path) == ["a"])
  }

  @Test func `leaves everything as it was without a commit`() throws {
    let folder = try TemporaryFolder()
    try ReplacementFile.write("old", to: folder.file("a"))
    func begin() throws {
      let replacement = try ReplacementFile(folder.file("a"))
      try replacement.file.write("newer", at: 0)
    }
    try begin()
    #expect(try Self.text(folder.file("a")) == "old")
    #expect(try Folder.list(folder.path) == ["a"])
  }

  @Test func `clears what a killed process has left`() throws {
    let folder = try TemporaryFolder()
    try File(creating: folder.file("a.partial")).write("a long leftover", at: 0)
    try ReplacementFile.write("new", to: folder.file("a"))
    #expect(try Self.text(folder.file("a")) == "new")
    #expect(try Folder.list(folder.path) == ["a"])
  }

  @Test func `is refused where nothing can be written, or a folder stands`() throws {
    let folder = try TemporaryFolder()
    #expect(throws: FileError(.create, folder.file("none/a.partial"), code: ENOENT)) {
      try ReplacementFile.write("x", to: folder.file("none/a"))
    }
    try Folder.create(folder.file("d"))
    #expect(throws: FileError(.replace, folder.file("d"), code: 0)) {
      try ReplacementFile.write("x", to: folder.file("d"))
    }
    #expect(try Folder.list(folder.path) == ["d"])
  }

  @Test func `leaves pipes and devices alone, and links to them`() throws {
    let folder = try TemporaryFolder()
    let status = unsafe mkfifo(folder.file("pipe"), 0o600)
    #expect(status == 0)
    try FileManager.default.createSymbolicLink(atPath: folder.file("link"), withDestinationPath: "pipe")
    for name in ["pipe", "link"] {
      let error = #expect(throws: FileError.self) { try ReplacementFile.write("x", to: folder.file(name)) }
      #expect(error?.description == "\(folder.file(name)): this is no regular file; give the name of a file")
    }
    #expect(try Folder.list(folder.path).sorted() == ["link", "pipe"])
  }
}
