import Files
import Retrieval
import TestSupport
import Testing

@Suite struct `A server's trouble` {
  private let shop: Workshop
  private static let bytes = SmallFile.bytes(50_000)
  private var bytes: [UInt8] { Self.bytes }

  init() throws { shop = try Workshop() }

  /// A server that gives one answer first, and then the file.
  private func server(first: LocalServer.Answer) throws -> LocalServer {
    try LocalServer { $0.earlier == 0 ? first : .file(Self.bytes, for: $0) }
  }

  @Test(arguments: [408, 425, 429, 500, 502, 503, 504, 522])
  func `that passes is waited for`(status: Int) throws {
    let server = try server(first: LocalServer.Answer(status))
    #expect(try shop.labels(from: server.url).isThere)
    #expect(server.requests.count == 2)
  }

  @Test(arguments: [400, 401, 403, 404, 410, 451, 501])
  func `that does not pass is left to the next place`(status: Int) throws {
    let server = try LocalServer { _ in LocalServer.Answer(status) }
    let file = try shop.labels(from: server.url)
    // Each of the three layouts once.
    #expect(file.outcome == .failed && server.requests.count == 3)
    #expect(file.reasons == Array(repeating: .status(status, retryAfter: nil), count: 3))
    #expect(try shop.names == [])
  }

  @Test func `is left to the next mirror`() throws {
    let servers = [try LocalServer { _ in LocalServer.Answer(403) }, try LocalServer { .file(Self.bytes, for: $0) }]
    let file = try shop.labels(from: servers[0].url, servers[1].url)
    #expect(file.outcome == .fetched(from: servers[1].url + Workshop.path.dropFirst(), there: 0))
    #expect(file.failures.map(\.mirror) == Array(repeating: servers[0].url, count: 3))
  }

  @Test func `that lasts is given up after so many attempts`() throws {
    let server = try LocalServer { _ in LocalServer.Answer(503) }
    let file = try shop.labels(from: server.url)
    #expect(file.reasons == [.status(503, retryAfter: nil)] && server.requests.count == 3)
  }

  @Test func `is waited for as long as the server asks`() throws {
    let server = try server(first: LocalServer.Answer(429, [("Retry-After", "1")]))
    let start = ContinuousClock.now
    #expect(try shop.labels(from: server.url).isThere)
    #expect(ContinuousClock.now - start > .milliseconds(900))
  }

  @Test func `is not waited for too long`() throws {
    let server = try server(first: LocalServer.Answer(503, [("Retry-After", "3600")]))
    let file = try shop.labels(from: server.url)
    #expect(file.reasons == [.status(503, retryAfter: 3600)] && server.requests.count == 1)
  }

  @Test func `to say anything is waited for`() throws {
    let silence = LocalServer.Answer().with {
      $0.isSilent = true
      $0.ending = .stalls
    }
    let server = try server(first: silence)
    #expect(try shop.labels(from: server.url).isThere)
    #expect(server.requests.count == 2)
  }

  @Test func `by being slow is none`() throws {
    let server = try LocalServer { .file(Self.bytes, for: $0).with { $0.bytesPerSecond = 30_000 } }
    #expect(try shop.labels(from: server.url).isThere)
    #expect(server.requests.count == 1)
  }

  @Test func `to be there costs every file but the first ones nothing`() throws {
    let dead = try LocalServer { _ in .notFound }.url
    let server = try LocalServer { request in .file(Self.bytes, for: request) }
    let report = try shop.fetch(Recipe.cmuMOSI.files, from: dead, server.url)
    #expect(report.isComplete)
    for file in report.files {
      #expect(file.failures.count == 1 && file.failures[0].mirror == dead)
      guard case .unreachable = file.reasons[0] else {
        Issue.record("\(file.reasons)")
        continue
      }
    }
  }

  @Test func `by closing without a word is waited for`() throws {
    let bytes = bytes
    let server = try LocalServer { request in
      request.earlier == 0 ? LocalServer.Answer().with { $0.isSilent = true } : .file(bytes, for: request)
    }
    #expect(try shop.labels(from: server.url).isThere)
  }

  // MARK: Wrong bodies

  @Test(arguments: ["text/html", "text/html; charset=utf-8", "application/xhtml+xml", "Text/HTML"])
  func `to send a page instead of the file is seen by its type`(type: String) throws {
    let server = try LocalServer { _ in LocalServer.Answer(200, [("Content-Type", type)], body: Array("hello".utf8)) }
    let file = try shop.labels(from: server.url)
    #expect(file.reasons == Array(repeating: .webPage, count: 3))
    #expect(try shop.names == [])
  }

  @Test(arguments: ["<!DOCTYPE html><p>log in", " \r\n\t<html>", "\u{FEFF}<?xml version=\"1.0\"?>"])
  func `to send a page as if it were the file is seen by its first bytes`(text: String) throws {
    let server = try LocalServer { _ in
      LocalServer.Answer(200, [("Content-Type", "application/octet-stream")], body: Array(text.utf8))
    }
    #expect(try shop.labels(from: server.url).reasons == Array(repeating: .webPage, count: 3))
  }

  @Test func `to send a page does not cost what came before`() throws {
    let server = try LocalServer { request in
      let page = LocalServer.Answer(200, [("Content-Type", "text/html")], body: Array("<p>".utf8))
      return request.target != Workshop.path || request.earlier > 0
        ? page : .file(Self.bytes, for: request).cut(after: 30_000)
    }
    #expect(try shop.labels(from: server.url).outcome == .failed)
    #expect(try File.contents(of: shop.part) == Array(bytes.prefix(30_000)))
  }

  @Test(arguments: [0, 1, 9, 10_000]) func `to send something else is found out`(count: Int) throws {
    let server = try LocalServer { _ in LocalServer.Answer(body: [UInt8](repeating: 7, count: count)) }
    let file = try shop.labels(from: server.url)
    let reason = count == 0 ? "it is empty" : "it has no HDF5 signature"
    #expect(file.reasons == Array(repeating: .notHDF5(reason: reason), count: 3))
    #expect(try shop.names == [])
  }

  @Test func `to announce more than it sends is an interruption`() throws {
    let server = try LocalServer { .file(Self.bytes, for: $0).with { $0.length = 60_000 } }
    let file = try shop.labels(from: server.url)
    guard case .cutOff = file.reasons.first else {
      Issue.record("\(file.reasons)")
      return
    }
    #expect(file.outcome == .failed)
  }

  @Test func `to announce less than the file is found out by its head`() throws {
    let server = try LocalServer { .file(Self.bytes, for: $0).with { $0.length = 40_000 } }
    let file = try shop.labels(from: server.url)
    #expect(file.reasons == Array(repeating: .cutShort(expected: 50_000, found: 40_000, isDeclared: true), count: 3))
    // The same from the same server would be the same.
    #expect(server.requests.count == 3)
    #expect(try shop.names == [])
  }

  @Test func `to announce no length is made up for by the file's head`() throws {
    let bytes = bytes
    let server = try LocalServer { request in
      let answer = LocalServer.Answer.file(bytes, for: request).with { $0.length = nil }
      return request.earlier == 0 ? answer.cut(after: 20_000) : answer
    }
    #expect(try shop.labels(from: server.url).isThere)
    #expect(server.requests.count == 2 && server.requests[1].firstByte == 20_000)
    #expect(try shop.content == bytes)
  }

  // MARK: Redirections

  @Test func `to lie elsewhere is followed, range and all`() throws {
    let bytes = bytes
    let server = try LocalServer { request in
      if request.target == Workshop.path { return .redirection(to: "/elsewhere") }
      let answer = LocalServer.Answer.file(bytes, for: request)
      return request.earlier == 0 ? answer.cut(after: 20_000) : answer
    }
    #expect(try shop.labels(from: server.url).isThere)
    #expect(server.requests(for: "/elsewhere").map(\.firstByte) == [nil, 20_000])
    #expect(try shop.content == bytes)
  }

  @Test func `to be sent round in a circle ends`() throws {
    let server = try LocalServer { .redirection(to: $0.target) }
    let file = try shop.labels(from: server.url)
    #expect(file.reasons == Array(repeating: .tooManyRedirections(10), count: 3))
    #expect(server.requests.count == 33)
  }

  @Test(arguments: ["ftp://127.0.0.1/file", "file:///etc/passwd", "gopher://127.0.0.1/"])
  func `to be sent on to something else than HTTP is refused`(target: String) throws {
    let server = try LocalServer { _ in .redirection(to: target) }
    #expect(try shop.labels(from: server.url).reasons == Array(repeating: .unsafeRedirection(to: target), count: 3))
  }

  @Test func `to be sent on without a target is a failure`() throws {
    let server = try LocalServer { _ in LocalServer.Answer(302) }
    #expect(try shop.labels(from: server.url).reasons.first == .status(302, retryAfter: nil))
  }
}
