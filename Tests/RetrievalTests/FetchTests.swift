import Files
import Retrieval
import TestSupport
import Testing

@Suite struct `A fetch` {
  private let shop: Workshop
  private let bytes = SmallFile.bytes(100_000)

  init() throws { shop = try Workshop() }

  private func server(_ tag: String = "\"1\"") throws -> LocalServer {
    let bytes = bytes
    return shop.keep(try LocalServer { $0.target == Workshop.path ? .file(bytes, for: $0, tag: tag) : .notFound })
  }

  @Test func `brings a file, lists its digest and leaves nothing else`() throws {
    let server = try server()
    let file = try shop.labels(from: server.url)
    #expect(file.outcome == .fetched(from: server.url + Workshop.path.dropFirst(), there: 0))
    #expect(try shop.content == bytes && file.bytes == bytes.count)
    #expect(try shop.names == [Workshop.name, "SHA256SUMS"])
    let list = try String(decoding: File.contents(of: shop.sums), as: UTF8.self)
    #expect(list == "\(try #require(file.digest))  \(Workshop.name)\n")
    #expect(server.requests[0].fields["user-agent"] == "test/1")
    #expect(server.requests[0].fields["accept-encoding"] == "identity" && server.requests[0].fields["range"] == nil)
  }

  @Test func `lists what sha256sum finds right`() throws {
    _ = try shop.labels(from: server().url)
    let check = try Program.shell.run(["-c", "cd \"$1\" && sha256sum -c SHA256SUMS", "sh", shop.folder])
    #expect(check.status == 0 && check.output == "\(Workshop.name): OK\n")
  }

  @Test func `leaves a file alone that is there and whole, and asks nobody`() throws {
    let server = try server()
    _ = try shop.labels(from: server.url)
    let again = try shop.labels(from: server.url)
    #expect(again.outcome == .present && again.digest != nil && server.requests.count == 1)
  }

  @Test func `lists the digest of a whole file that it finds`() throws {
    try shop.put(bytes, at: shop.target)
    let server = try server()
    let file = try shop.labels(from: server.url)
    #expect(file.outcome == .present && server.requests.isEmpty)
    #expect(ChecksumList(parsing: try File.contents(of: shop.sums)).digests(of: Workshop.name) == [file.digest])
  }

  @Test(arguments: [0, 5, 60, 99_999])
  func `replaces a file that is cut short, and says so`(count: Int) throws {
    try shop.put(Array(bytes.prefix(count)), at: shop.target)
    let file = try shop.labels(from: server().url)
    #expect(file.resumedAt == 0 && file.notes.count == 1)
    #expect(file.notes.first?.hasPrefix("what is there is damaged") == true)
    #expect(try shop.content == bytes)
  }

  @Test func `replaces a file whose digest is not the listed one, and says so`() throws {
    _ = try shop.labels(from: server().url)
    try shop.put(SmallFile.bytes(100_000, seed: 9), at: shop.target)
    let file = try shop.labels(from: server().url)
    #expect(file.resumedAt == 0 && file.notes.count == 1)
    #expect(try shop.content == bytes)
  }

  @Test func `keeps a damaged file as long as no whole one can be had`() throws {
    let damaged = Array(bytes.prefix(500))
    try shop.put(damaged, at: shop.target)
    let server = try LocalServer { _ in .notFound }
    let file = try shop.labels(from: server.url)
    #expect(file.outcome == .failed && file.notes.count == 1)
    #expect(try shop.content == damaged)
  }

  @Test func `does not take a file with another digest than the listed one`() throws {
    let digest = String(repeating: "0123456789abcdef", count: 4)
    try shop.put(Array("\(digest)  \(Workshop.name)\n".utf8), at: shop.sums)
    let file = try shop.labels(from: server().url)
    #expect(file.outcome == .failed)
    guard case .wrongDigest(digest, _) = file.reasons.first else {
      Issue.record("\(file.reasons)")
      return
    }
    #expect(try shop.names == ["SHA256SUMS"])
    #expect(try String(decoding: File.contents(of: shop.sums), as: UTF8.self) == "\(digest)  \(Workshop.name)\n")
  }

  @Test func `takes from the next mirror what the first has with another digest`() throws {
    _ = try shop.labels(from: server().url)
    try Folder.removeAll(shop.target)
    let other = try LocalServer { .file(SmallFile.bytes(100_000, seed: 7), for: $0) }
    let file = try shop.labels(from: other.url, server().url)
    #expect(file.resumedAt == 0 && file.failures.count == 3)
    #expect(try shop.content == bytes)
  }

  @Test func `keeps what else the list of digests holds`() throws {
    let other = String(repeating: "a", count: 64) + "  another file.bin"
    try shop.put(Array("# mine\n\(other)\n".utf8), at: shop.sums)
    let file = try shop.labels(from: server().url)
    let list = try String(decoding: File.contents(of: shop.sums), as: UTF8.self)
    #expect(list == "# mine\n\(try #require(file.digest))  \(Workshop.name)\n\(other)\n")
  }

  @Test(arguments: ["CMU-MOSI/labels/", "labels/", ""])
  func `finds files in every layout of a mirror`(layout: String) throws {
    let bytes = bytes
    let server = try LocalServer { request in
      request.target == "/mirror/\(layout)\(Workshop.name)" ? .file(bytes, for: request) : .notFound
    }
    let file = try shop.labels(from: server.url + "mirror")
    #expect(file.outcome == .fetched(from: "\(server.url)mirror/\(layout)\(Workshop.name)", there: 0))
  }

  @Test(arguments: ["CMU-MOSI/labels/", "labels/", ""], [false, true])
  func `copies from a folder in every layout`(layout: String, isURL: Bool) throws {
    let folder = shop.temporary.file("a mirror ü")
    try shop.put(bytes, at: "\(folder)/\(layout)\(Workshop.name)")
    let url = "file://" + folder.replacing(" ", with: "%20").replacing("ü", with: "%C3%BC")
    let file = try shop.labels(from: isURL ? url : folder)
    #expect(file.outcome == .fetched(from: "\(folder)/\(layout)\(Workshop.name)", there: 0))
    #expect(try shop.content == bytes)
    #expect(try shop.names == [Workshop.name, "SHA256SUMS"])
  }

  @Test func `does not take a file from a folder that is cut short`() throws {
    let folder = shop.temporary.file("mirror")
    try shop.put(Array(bytes.prefix(80_000)), at: "\(folder)/\(Workshop.name)")
    let file = try shop.labels(from: folder)
    #expect(file.reasons.contains(.cutShort(expected: 100_000, found: 80_000, isDeclared: true)))
    #expect(try shop.names == [])
  }

  @Test func `brings many files at once, whatever is asked first`() throws {
    let server = try LocalServer { request in
      let size = 10_000 + request.target.utf8.count * 1000
      return .file(SmallFile.bytes(size), for: request).with { $0.delay = 0.1 }
    }
    let start = ContinuousClock.now
    let report = try shop.fetch(Recipe.cmuMOSI.files, from: server.url)
    #expect(ContinuousClock.now - start < .seconds(1))
    #expect(report.isComplete && report.files.map(\.file) == Recipe.cmuMOSI.files)
    #expect(try shop.names == (Recipe.cmuMOSI.files.map(\.name) + ["SHA256SUMS"]).sorted())
    #expect(report.received == report.files.reduce(0) { $0 + ($1.bytes ?? 0) })
  }

  @Test func `is alone in its folder`() throws {
    guard let lock = try FolderLock(creating: shop.folder) else { throw Workshop.Missing() }
    #expect(throws: RetrievalError.busy(folder: shop.folder)) { try shop.labels(from: shop.temporary.path) }
    withExtendedLifetime(lock) {}
  }

  @Test func `refuses a folder in the place of the file`() throws {
    try Folder.createAll(shop.target)
    let file = try shop.labels(from: server().url)
    #expect(file.reasons == [.notAFile(shop.target)])
  }

  @Test func `works through a link to its folder`() throws {
    try Folder.createAll(shop.temporary.file("real"))
    #expect(try Program.shell.run(["-c", "ln -s real \"$1\"", "sh", shop.folder]).status == 0)
    #expect(try shop.labels(from: server().url).isThere)
    #expect(try Folder.list(shop.temporary.file("real")) == [Workshop.name, "SHA256SUMS"])
  }

  @Test func `wants at least one mirror`() throws {
    #expect(throws: RetrievalError.nowhere) {
      try Fetch(Workshop.labels, to: shop.folder, mirrors: [], agent: "").run()
    }
  }

  @Test(.disabled(if: MemoryDisk.isMissing, "\(MemoryDisk.skipReason)"))
  func `on a full disk fails with one file's line, and keeps what came`() throws {
    let disk = try MemoryDisk(at: shop.temporary.file("disk"), bytes: 64 << 10)
    let server = try server()
    let fetch = Fetch(
      Workshop.labels, to: disk.file("data"), mirrors: try Workshop.mirrors([server.url]), agent: "test")
    let report = try fetch.run()
    #expect(!report.isComplete && report.files[0].failures.count == 1)
    #expect(report.files[0].reasons[0].description.contains("No space left on device; free space there"))
    #expect(try Folder.list(disk.file("data")).contains(Workshop.name + ".part"))
    #expect(server.requests.count == 1)
  }
}
