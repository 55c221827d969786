import Files
import Retrieval
import Synchronization
import TestSupport
import Testing

@Suite struct `A download that was cut off` {
  private let shop: Workshop
  private let bytes = SmallFile.bytes(300_000)

  init() throws { shop = try Workshop() }

  /// A server that cuts the first answer off after so many bytes.
  private func server(
    cutting count: Int = 120_000, _ ending: LocalServer.Answer.Ending = .closes,
    then: @escaping @Sendable (LocalServer.Request, [UInt8]) -> LocalServer.Answer = { .file($1, for: $0) }
  ) throws -> LocalServer {
    let bytes = bytes
    return try LocalServer { request in
      request.earlier == 0 ? .file(bytes, for: request).cut(after: count, ending) : then(request, bytes)
    }
  }

  @Test(arguments: [LocalServer.Answer.Ending.closes, .resets, .stalls])
  func `goes on where it was`(ending: LocalServer.Answer.Ending) throws {
    let server = try server(ending)
    let file = try shop.labels(from: server.url)
    #expect(try shop.content == bytes)
    #expect(server.requests.count == 2)
    let second = server.requests[1]
    // A reset may take bytes with it that were on their way.
    let first = try #require(second.firstByte)
    #expect(first <= 120_000 && (ending == .resets || first == 120_000))
    #expect(second.fields["if-range"] == "\"1\"")
    #expect(file.resumedAt == 0 && file.failures.isEmpty)
    #expect(try shop.names == [Workshop.name, "SHA256SUMS"])
  }

  @Test func `goes on in a later run`() throws {
    let server = try server()
    var patience = Workshop.patience
    patience.attempts = 1
    let first = try shop.labels(from: server.url, patience: patience)
    #expect(first.outcome == .failed && first.reasons.contains { if case .cutOff = $0 { true } else { false } })
    #expect(try shop.names == [Workshop.name + ".part", Workshop.name + ".part.json"])
    let file = try shop.labels(from: server.url)
    #expect(file.resumedAt == 120_000 && server.requests.last?.firstByte == 120_000)
    #expect(try shop.content == bytes)
  }

  @Test func `does not write a password down, and goes on with it`() throws {
    let server = try server()
    let mirror = server.url.replacing("http://", with: "http://me:secret@")
    var patience = Workshop.patience
    patience.attempts = 1
    let first = try shop.labels(from: mirror, patience: patience)
    #expect(!"\(first)".contains("secret"))
    #expect(!String(decoding: try File.contents(of: shop.notes), as: UTF8.self).contains("secret"))
    #expect(try shop.labels(from: mirror).resumedAt == 120_000)
    #expect(server.requests.allSatisfy { $0.fields["authorization"] == "Basic bWU6c2VjcmV0" })
  }

  @Test func `is not asked for again where all of it is there`() throws {
    let server = try server(cutting: 300_000)
    try leave(300_000, of: server)
    let file = try shop.labels(from: server.url)
    #expect(file.resumedAt == 300_000 && server.requests.isEmpty)
    #expect(try shop.content == bytes)
  }

  /// Leaves a part of so many bytes, as an interrupted run does.
  private func leave(
    _ count: Int, of server: LocalServer, url: String? = nil, tag: String = "\"1\"", synced: Int? = nil,
    run: String? = nil
  ) throws {
    var content = Array(bytes.prefix(count))
    content += [UInt8](repeating: 0xEE, count: count - content.count)
    try shop.put(content, at: shop.part)
    let url = url ?? server.url + Workshop.path.dropFirst()
    let run = try run ?? String(decoding: boot(), as: UTF8.self)
    let notes = """
      {"url": "\(url)", "etag": \(quoted(tag)), "last_modified": null, "length": 300000,
       "synced": \(synced ?? count), "run": "\(run)"}
      """
    try shop.put(Array(notes.utf8), at: shop.notes)
  }

  private func quoted(_ text: String) -> String { "\"\(text.replacing("\"", with: "\\\""))\"" }

  private func boot() throws -> [UInt8] {
    #if os(Linux)
      try File(reading: "/proc/sys/kernel/random/boot_id").read(bytes: 36, at: 0)
    #else
      []
    #endif
  }

  @Test(arguments: [1, 511, 512, 299_999])
  func `goes on from any byte`(count: Int) throws {
    let bytes = bytes
    let server = try LocalServer { .file(bytes, for: $0) }
    try leave(count, of: server)
    #expect(try shop.labels(from: server.url).resumedAt == count)
    #expect(try shop.content == bytes)
  }

  @Test func `begins anew where the file has changed in the meantime`() throws {
    let new = SmallFile.bytes(200_000, seed: 5)
    let server = try server { request, _ in .file(new, for: request, tag: "\"2\"") }
    #expect(try shop.labels(from: server.url).isThere)
    #expect(server.requests[1].firstByte == 120_000)
    #expect(try shop.content == new)
  }

  @Test func `begins anew where the server sends a range of another version`() throws {
    let new = SmallFile.bytes(300_000, seed: 5)
    let server = try server { request, _ in
      // It pays no heed to If-Range.
      guard let first = request.firstByte else { return .file(new, for: request, tag: "\"2\"") }
      let fields = [("ETag", "\"2\""), ("Content-Range", "bytes \(first)-299999/300000")]
      return LocalServer.Answer(206, fields, body: Array(new[first...]))
    }
    #expect(try shop.labels(from: server.url).isThere)
    #expect(server.requests.count == 3 && server.requests[2].firstByte == nil)
    #expect(try shop.content == new)
  }

  @Test(arguments: ["bytes 100-299999/300000", "bytes 120000-299999/400000", "bytes */300000", "nonsense", ""])
  func `begins anew where another range is sent`(range: String) throws {
    let server = try server { request, bytes in
      guard request.firstByte != nil else { return .file(bytes, for: request) }
      return LocalServer.Answer(206, [("Content-Range", range)], body: Array(bytes[100...]))
    }
    #expect(try shop.labels(from: server.url).isThere)
    #expect(server.requests.count == 3)
    #expect(try shop.content == bytes)
  }

  @Test func `begins anew where the server knows nothing of ranges`() throws {
    let server = try server { .file($1, for: $0, takesRanges: false) }
    #expect(try shop.labels(from: server.url).isThere)
    #expect(server.requests[1].firstByte == 120_000)
    #expect(try shop.content == bytes)
  }

  @Test func `begins anew where there is no such range`() throws {
    let bytes = bytes
    let server = try LocalServer { request in
      request.firstByte == nil ? .file(bytes, for: request) : LocalServer.Answer(416)
    }
    try leave(1000, of: server)
    #expect(try shop.labels(from: server.url).resumedAt == 0)
    #expect(server.requests.count == 2)
    #expect(try shop.content == bytes)
  }

  @Test func `fails where there is no range at all`() throws {
    let server = try LocalServer { _ in LocalServer.Answer(416) }
    let file = try shop.labels(from: server.url)
    #expect(file.reasons == Array(repeating: .status(416, retryAfter: nil), count: 3))
  }

  @Test func `is held to the time of the file's last change where there is no tag`() throws {
    let modified = "Wed, 25 Nov 2026 10:00:00 GMT"
    let bytes = bytes
    let server = try LocalServer { request in
      let answer = LocalServer.Answer.file(bytes, for: request, tag: "W/\"weak\"", modified: modified)
      return request.earlier == 0 ? answer.cut(after: 120_000) : answer
    }
    #expect(try shop.labels(from: server.url).isThere)
    #expect(server.requests[1].fields["if-range"] == modified && server.requests[1].firstByte == 120_000)
    #expect(try shop.content == bytes)
  }

  @Test func `begins anew where the server tells nothing to hold it to`() throws {
    let bytes = bytes
    let server = try LocalServer { request in
      let answer = LocalServer.Answer.file(bytes, for: request, tag: nil)
      return request.earlier == 0 ? answer.cut(after: 120_000) : answer
    }
    #expect(try shop.labels(from: server.url).isThere)
    #expect(server.requests[1].fields["range"] == nil)
    #expect(try shop.content == bytes)
  }

  @Test func `begins anew from another server`() throws {
    let bytes = bytes
    let server = try LocalServer { .file(bytes, for: $0) }
    try leave(1000, of: server, url: "http://example.org/file.csd")
    #expect(try shop.labels(from: server.url).resumedAt == 0)
    #expect(server.requests[0].fields["range"] == nil)
  }

  @Test func `is kept where the next server has nothing`() throws {
    let server = try LocalServer { _ in .notFound }
    try leave(1000, of: server, url: "http://example.org/file.csd")
    #expect(try shop.labels(from: server.url).outcome == .failed)
    #expect(try File.contents(of: shop.part) == Array(bytes.prefix(1000)))
    #expect(try shop.names.count == 2)
  }

  @Test func `is built upon after a crash of the machine as far as it was synced`() throws {
    let bytes = bytes
    let server = try LocalServer { .file(bytes, for: $0) }
    try leave(200_000, of: server, synced: 70_000, run: "another run")
    #expect(try shop.labels(from: server.url).resumedAt == 70_000)
    #expect(try shop.content == bytes)
  }

  @Test func `that is longer than the file is dropped`() throws {
    let bytes = bytes
    let server = try LocalServer { .file(bytes, for: $0) }
    try leave(300_001, of: server)
    #expect(try shop.labels(from: server.url).resumedAt == 0)
    #expect(try shop.content == bytes)
  }

  @Test(arguments: ["", "{", "[]", "{\"url\": 1}", "{\"url\": \"x\", \"synced\": -1}", "\u{0}\u{1}"])
  func `is begun anew where its notes are damaged`(notes: String) throws {
    let bytes = bytes
    let server = try LocalServer { .file(bytes, for: $0) }
    try leave(1000, of: server)
    try shop.put(Array(notes.utf8), at: shop.notes)
    #expect(try shop.labels(from: server.url).resumedAt == 0)
    #expect(try shop.content == bytes)
  }

  @Test func `with wrong bytes is found out by the digest`() throws {
    let bytes = bytes
    let server = try LocalServer { .file(bytes, for: $0) }
    let right = try #require(try shop.labels(from: server.url).digest)
    try Folder.removeAll(shop.target)
    try leave(1000, of: server)
    var wrong = Array(bytes.prefix(1000))
    wrong[500] ^= 1
    try shop.put(wrong, at: shop.part)
    // The next place of the same mirror has it whole.
    let file = try shop.labels(from: server.url)
    #expect(file.digest == right && file.failures.count == 1)
    #expect(try shop.content == bytes)
  }

  @Test func `many times over goes on as long as each attempt brings something`() throws {
    let bytes = bytes
    let server = try LocalServer { .file(bytes, for: $0).with { $0.sent = 20_000 } }
    #expect(try shop.labels(from: server.url).isThere)
    #expect(server.requests.count == 15)
    #expect(try shop.content == bytes)
  }

  @Test func `by a stop goes on in a later run`() throws {
    let bytes = bytes
    let server = try LocalServer { request in
      .file(bytes, for: request).with { $0.bytesPerSecond = request.earlier == 0 ? 400_000 : nil }
    }
    let came = Mutex(0)
    let report = try shop.fetch(
      from: server.url, isStopRequested: { came.withLock { $0 > 50_000 } },
      observe: { if case .received(_, let bytes) = $0 { came.withLock { $0 += bytes } } })
    #expect(report.isStopped && report.files[0].outcome == .stopped)
    let there = try #require(try FileStatus.of(shop.part)?.size)
    #expect(there > 50_000 && there < 300_000)
    #expect(try shop.labels(from: server.url).resumedAt == there)
    #expect(try shop.content == bytes)
  }
}
