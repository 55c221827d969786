import Foundation
import TestSupport
import Testing

@Suite final class `fetch` {
  private let folder: TemporaryFolder
  private static let labels = "CMU_MOSI_Opinion_Labels.csd"

  init() throws { folder = try TemporaryFolder() }

  private var data: String { folder.file("data") }

  /// The fixture, which is HDF5 and whole, under every name.
  private static func fixture() throws -> [UInt8] { try Array(Data(contentsOf: URL(filePath: Project.fixture))) }

  private func server() throws -> LocalServer {
    let bytes = try Self.fixture()
    return try LocalServer { .file(bytes, for: $0) }
  }

  private func bring(_ server: LocalServer, _ options: String...) throws -> Program.Result {
    try Program.data.run(["fetch", "cmu-mosi", data, "--mirrors-only", "--mirror", server.url] + options)
  }

  @Test func `tells what came, and then what was there`() throws {
    let server = try server()
    let result = try bring(server, "--only", "labels", "--only", "CMU_MOSI_COVAREP")
    #expect(result.status == 0)
    let text = result.output.replacing(data, with: "DIR").replacing(/in [0-9.]+ m?s/, with: "in TIME")
    try expectSnapshot("fetch", text)
    #expect(
      result.errorLines.count == 4 && result.errors.contains("\(Self.labels): 1.3 MiB from \(server.url)CMU-MOSI/"))
    let again = try bring(server, "--only", "labels")
    #expect(again.status == 0 && again.output.contains("was there") && server.requests.count == 2)
  }

  @Test func `has a folder that convert takes`() throws {
    #expect(try bring(server(), "--only", "labels", "--quiet").status == 0)
    #expect(try Program.data("convert", data, folder.file("out"), "--quiet").status == 0)
  }

  @Test func `tells what could not be had, why, and what to do`() throws {
    try FileManager.default.createDirectory(atPath: folder.file("mirror"), withIntermediateDirectories: true)
    let server = try LocalServer { _ in .notFound }
    let result = try Program.data.run([
      "fetch", "cmu-mosi", data, "--mirrors-only", "--mirror", folder.file("mirror"), "--mirror", server.url,
    ])
    #expect(result.status == 1)
    let text = result.output.replacing(data, with: "DIR").replacing(folder.file("mirror"), with: "MIRROR")
      .replacing(server.url, with: "http://SERVER/").replacing(/in [0-9.]+ m?s/, with: "in TIME")
    try expectSnapshot("fetch-failed", text)
    #expect(result.errorLines.count == 1)
    #expect(result.errors.contains("error: \(data): 11 of 11 files could not be had: CMU_MOSI_TimestampedWords.csd ("))
    #expect(result.errors.contains("and 8 more; what came is kept: run the same again later, or name another place"))
  }

  @Test func `says nothing where it shall be quiet`() throws {
    let result = try bring(server(), "--only", "labels", "--quiet")
    #expect(result.status == 0 && result.output.isEmpty && result.errors.isEmpty)
  }

  @Test func `tells it in JSON, too`() throws {
    let bytes = try Self.fixture()
    let server = try LocalServer { $0.target.contains("COVAREP") ? .file(bytes, for: $0) : .notFound }
    let result = try bring(server, "--only", "labels", "--only", "CMU_MOSI_COVAREP", "--json")
    #expect(result.status == 1 && result.errorLines.count == 1)
    let json = try result.json()
    #expect(json["complete"] as? Bool == false && json["received"] as? Int == bytes.count)
    let files = try #require(json["files"] as? [[String: Any]])
    #expect(files.map { $0["status"] as? String } == ["fetched", "failed"])
    #expect(files[0]["bytes"] as? Int == bytes.count && (files[0]["sha256"] as? String)?.count == 64)
    #expect(files[0]["resumed_at"] as? Int == 0)
    let failures = try #require(files[1]["failures"] as? [[String: String]])
    #expect(failures.count == 3 && failures[0]["reason"] == "answers 404, not found")
  }

  @Test(arguments: [
    (["cmu-mos", "d"], "did you mean"), (["cmu-mosi"], "Missing expected argument"),
    (["cmu-mosi", "d", "--only", "label"], "did you mean \"labels\"?"),
    (["cmu-mosi", "d", "--mirror", "ftp://x/"], "give an http, https or file URL"),
    (["cmu-mosi", "d", "--mirror", "/no/such"], "no folder is there"),
    (["cmu-mosi", "d", "--mirrors-only"], "there is no mirror"), (["cmu-mosi", "d", "--jobs", "0"], "give 1 to 64"),
    (["cmu-mosi", "d", "--timeout", "0"], "give 1 to"), (["cmu-mosi", "d", "--retries", "-1"], "--retries"),
  ])
  func `refuses what cannot be asked`(arguments: [String], reason: String) throws {
    let result = try Program.data.run(["fetch"] + arguments, folder: folder.path)
    #expect(result.status == 64 && result.output.isEmpty && result.errorLines.count == 1)
    #expect(result.errors.contains(reason))
    #expect(!FileManager.default.fileExists(atPath: folder.file("d")))
  }

  @Test func `gives its name to servers`() throws {
    let server = try server()
    _ = try bring(server, "--only", "labels")
    #expect(server.requests[0].fields["user-agent"]?.wholeMatch(of: /grf-data\/[0-9.]+/) != nil)
  }

  @Test func `asks the proxy of the environment`() throws {
    let proxy = try server()
    var environment = ProcessInfo.processInfo.environment
    environment["http_proxy"] = proxy.url
    environment["no_proxy"] = nil
    let result = try Program.data.run(
      ["fetch", "cmu-mosi", data, "--mirrors-only", "--mirror", "http://mirror.invalid/csd", "--only", "labels"],
      environment: environment)
    #expect(result.status == 0)
    #expect(proxy.requests.map(\.target) == ["http://mirror.invalid/csd/CMU-MOSI/labels/\(Self.labels)"])
  }

  // MARK: Interrupted

  private func start(_ server: LocalServer) throws -> TestSupport.Program.Running {
    try TestSupport.Program.grfData.start(
      ["fetch", "cmu-mosi", data, "--mirrors-only", "--mirror", server.url, "--only", "labels"])
  }

  /// Sends the first half of the file at once and then nothing more; later the rest.
  private func halting() throws -> LocalServer {
    let bytes = try Self.fixture()
    return try LocalServer { request in
      let answer = LocalServer.Answer.file(bytes, for: request)
      return request.earlier == 0 ? answer.cut(after: bytes.count / 2, .stalls) : answer
    }
  }

  /// Waits until the part has so many bytes.
  private func awaitPart(_ count: Int) throws {
    let path = "\(data)/\(Self.labels).part"
    for _ in 0..<2000 {
      let size = try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int
      if size ?? 0 >= count { return }
      usleep(5000)
    }
    Issue.record("the part did not grow to \(count) bytes")
  }

  @Test(arguments: [SIGINT, SIGTERM, SIGKILL]) func `goes on after a signal`(signal: Int32) throws {
    let server = try halting()
    let half = try Self.fixture().count / 2
    let running = try start(server)
    try awaitPart(half)
    running.send(signal)
    let ending = try running.end(within: 20)
    if signal == SIGKILL {
      #expect(ending.status == -SIGKILL)
    } else {
      #expect(ending.status == 130)
      #expect(ending.errorLines.last?.hasPrefix("stopped; what came is kept in \(data)") == true)
    }
    let result = try bring(server, "--only", "labels")
    #expect(result.status == 0 && result.output.contains("were there"))
    #expect(server.requests[1].firstByte == half)
    #expect(try Data(contentsOf: URL(filePath: "\(data)/\(Self.labels)")) == Data(try Self.fixture()))
  }

  @Test func `has its folder to itself`() throws {
    let server = try halting()
    let running = try start(server)
    try awaitPart(1)
    let second = try bring(server, "--only", "labels")
    #expect(second.status == 1 && second.errorLines.count == 1)
    #expect(second.errors.contains("\(data): another fetch is writing there; wait for it"))
    running.send(SIGKILL)
    _ = try running.end(within: 10)
  }
}
