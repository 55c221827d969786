import Files
import Foundation
import TestSupport
import Testing

@Suite struct `A folder` {
  private func write(_ text: String, to path: String) throws { try File(creating: path).write(text, at: 0) }

  private func read(_ path: String) throws -> String { String(decoding: try File.contents(of: path), as: UTF8.self) }

  @Test func `lists its names in byte order`() throws {
    let folder = try TemporaryFolder()
    #expect(try Folder.list(folder.path) == [])
    for name in ["b", "é", "a10", "a2", "Z", ".hidden", " "] { try write("", to: folder.file(name)) }
    #expect(try Folder.list(folder.path) == [" ", ".hidden", "Z", "a10", "a2", "b", "é"])
  }

  @Test func `is listed only where it is one`() throws {
    let folder = try TemporaryFolder()
    try write("", to: folder.file("a"))
    #expect(throws: FileError(.list, folder.file("a"), code: ENOTDIR)) { try Folder.list(folder.file("a")) }
    #expect(throws: FileError(.list, folder.file("b"), code: ENOENT)) { try Folder.list(folder.file("b")) }
  }

  @Test func `is created once, or with all above it`() throws {
    let folder = try TemporaryFolder()
    try Folder.create(folder.file("a"))
    #expect(throws: FileError(.create, folder.file("a"), code: EEXIST)) { try Folder.create(folder.file("a")) }
    #expect(throws: FileError(.create, folder.file("x/y"), code: ENOENT)) { try Folder.create(folder.file("x/y")) }
    try Folder.createAll(folder.file("x/y/z/"))
    try Folder.createAll(folder.file("x/y/z"))
    #expect(try FileStatus.of(folder.file("x/y/z"))?.isFolder == true)
    try write("", to: folder.file("f"))
    for path in ["f", "f/g"] {
      #expect(throws: FileError(.create, folder.file("f"), code: EEXIST)) { try Folder.createAll(folder.file(path)) }
    }
    try Folder.sync(folder.path)
    #expect(throws: FileError(.sync, folder.file("none"), code: ENOENT)) { try Folder.sync(folder.file("none")) }
  }

  @Test func `tells what a path leads to`() throws {
    let folder = try TemporaryFolder()
    try write("four", to: folder.file("f"))
    try FileManager.default.createSymbolicLink(atPath: folder.file("link"), withDestinationPath: "f")
    try FileManager.default.createSymbolicLink(atPath: folder.file("broken"), withDestinationPath: "nothing")
    let file = try #require(try FileStatus.of(folder.file("link")))
    #expect(file.size == 4 && file.isRegularFile && !file.isFolder && !file.isSymbolicLink)
    #expect(try FileStatus.of(folder.file("link"), followingLinks: false)?.isSymbolicLink == true)
    #expect(try FileStatus.of(folder.path)?.isFolder == true)
    for path in ["broken", "none", "none/a", "f/a"] { #expect(try FileStatus.of(folder.file(path)) == nil) }
    #expect(try Folder.resolved(folder.file("link")).hasSuffix("/f"))
    #expect(try Folder.resolved(folder.file("none")) == folder.file("none"))
  }

  @Test func `goes with all it holds, while what its links lead to stays`() throws {
    let folder = try TemporaryFolder()
    try Folder.createAll(folder.file("kept/inner"))
    try write("kept", to: folder.file("kept/f"))
    try Folder.createAll(folder.file("gone/a/b"))
    try write("", to: folder.file("gone/a/b/f"))
    for (link, target) in [
      ("gone/a/out", "../../kept"), ("gone/file", "../kept/f"), ("gone/up", ".."), ("gone/x", "none"),
    ] {
      try FileManager.default.createSymbolicLink(atPath: folder.file(link), withDestinationPath: target)
    }
    try FileManager.default.createSymbolicLink(atPath: folder.file("link"), withDestinationPath: "kept")
    try Folder.removeAll(folder.file("gone"))
    try Folder.removeAll(folder.file("link"))
    try Folder.removeAll(folder.file("never there"))
    #expect(try Folder.list(folder.path) == ["kept"])
    #expect(try Folder.list(folder.file("kept")) == ["f", "inner"] && read(folder.file("kept/f")) == "kept")
    try Folder.removeAll(folder.file("kept/f"))
    #expect(try Folder.list(folder.file("kept")) == ["inner"])
  }

  @Test func `that may not be emptied is an error that names what stayed`() async throws {
    let folder = try TemporaryFolder()
    try Folder.create(folder.file("a"))
    try write("", to: folder.file("a/f"))
    await #expect(processExitsWith: .success) { [path = folder.file("a") as String] in
      try FileManager.default.setAttributes([.posixPermissions: 0o555], ofItemAtPath: path)
      ThisProcess.becomeOrdinaryUser()
      #expect(throws: FileError(.remove, path + "/f", code: EACCES)) { try Folder.removeAll(path) }
      #expect(throws: FileError(.create, path + "/g", code: EACCES)) { try Folder.create(path + "/g") }
    }
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder.file("a"))
  }

  @Test func `takes a new name, an empty folder's too, but replaces nothing else`() throws {
    let folder = try TemporaryFolder()
    try Folder.create(folder.file("a"))
    try write("mine", to: folder.file("a/f"))
    try Folder.rename(folder.file("a"), to: folder.file("b"))
    #expect(try Folder.list(folder.path) == ["b"])
    try Folder.create(folder.file("empty"))
    try Folder.rename(folder.file("b"), to: folder.file("empty"))
    #expect(try Folder.list(folder.path) == ["empty"] && read(folder.file("empty/f")) == "mine")

    try Folder.create(folder.file("full"))
    try write("other", to: folder.file("full/f"))
    try write("file", to: folder.file("file"))
    try FileManager.default.createSymbolicLink(atPath: folder.file("link"), withDestinationPath: "none")
    for target in ["full", "file", "link"] {
      #expect(throws: FileError(.rename(to: folder.file(target)), folder.file("empty"), code: EEXIST)) {
        try Folder.rename(folder.file("empty"), to: folder.file(target))
      }
    }
    #expect(throws: FileError(.rename(to: folder.file("x")), folder.file("none"), code: ENOENT)) {
      try Folder.rename(folder.file("none"), to: folder.file("x"))
    }
    #expect(try read(folder.file("full/f")) == "other" && read(folder.file("file")) == "file")
    #expect(try read(folder.file("empty/f")) == "mine")
  }

  @Test func `exchanges its name with another's in one step`() throws {
    let folder = try TemporaryFolder()
    for name in ["a", "b"] {
      try Folder.create(folder.file(name))
      try write(name, to: folder.file("\(name)/f"))
    }
    guard try Folder.exchange(folder.file("a"), with: folder.file("b")) else { return }
    #expect(try read(folder.file("a/f")) == "b" && read(folder.file("b/f")) == "a")
    #expect(throws: FileError(.exchange(with: folder.file("none")), folder.file("a"), code: ENOENT)) {
      try Folder.exchange(folder.file("a"), with: folder.file("none"))
    }
  }
}

@Suite struct `A path` {
  @Test(arguments: [
    ("a/b", "a/b", "a", "b"), ("a/b///", "a/b", "a", "b"), ("/", "/", "/", ""), ("//", "/", "/", ""),
    ("a", "a", ".", "a"),
    ("/a", "/a", "/", "a"), ("", "", ".", ""), ("a//b", "a//b", "a", "b"), ("./a/", "./a", ".", "a"),
  ])
  func `has a folder and a name`(path: String, trimmed: String, parent: String, name: String) {
    #expect(Path.trimmed(path) == trimmed && Path.parent(of: path) == parent && Path.name(of: path) == name)
  }

  @Test func `joins with one slash`() {
    #expect(Path.join("a", "b") == "a/b" && Path.join("a/", "b") == "a/b" && Path.join("/", "b") == "/b")
  }
}
