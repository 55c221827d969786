import Files
import TestSupport
import Testing

@testable import Retrieval

@Suite struct `An exchange over HTTP` {
  private static var patience: Patience {
    var patience = Patience()
    patience.connecting = 2
    patience.stalling = 1
    return patience
  }

  private func answer(
    _ exchange: HTTPExchange, isStopRequested: @escaping @Sendable () -> Bool = { false }
  ) throws(RetrievalError) -> HTTPAnswer {
    try HTTPClient(agent: "test/1").exchange(exchange, patience: Self.patience, isStopRequested: isStopRequested)
  }

  @Test(arguments: [HTTPExchange.Method.post, .put], [0, 1, 70_000, 3_000_000])
  func `brings a body of any length, and the answer back`(method: HTTPExchange.Method, count: Int) throws {
    let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    let server = try LocalServer { .init(body: Array("\($0.method) \($0.body.count)".utf8)) }
    var exchange = HTTPExchange(method, server.url + "a?b=c")
    exchange.fields = [("Content-Type", "text/x")]
    exchange.body = .bytes(bytes)
    let name = method == .post ? "POST" : "PUT"
    #expect(try answer(exchange).body == Array("\(name) \(count)".utf8))
    let request = try #require(server.requests.first)
    #expect(request.body == bytes && request.fields["content-type"] == "text/x" && request.target == "/a?b=c")
    #expect(request.fields["expect"] == nil)
  }

  @Test(arguments: [0, 1, 300_000]) func `brings a file`(count: Int) throws {
    let folder = try TemporaryFolder()
    let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7) }
    let file = try File(creating: folder.file("f"))
    try file.write(bytes + [1, 2, 3], at: 0)
    let server = try LocalServer { _ in .init() }
    var exchange = HTTPExchange(.put, server.url)
    exchange.body = .file(SharedFile(file), count: count)
    _ = try answer(exchange)
    #expect(server.requests.first?.body == bytes)
  }

  @Test func `fails where its file ends too soon`() throws {
    let folder = try TemporaryFolder()
    let server = try LocalServer { _ in .init() }
    var exchange = HTTPExchange(.put, server.url)
    exchange.body = .file(SharedFile(try File(creating: folder.file("f"))), count: 5)
    #expect(throws: RetrievalError.file(FileError(.read(bytes: 5, offset: 0), folder.file("f"), code: 0))) {
      try answer(exchange)
    }
  }

  @Test(arguments: [201, 204, 400, 404, 503]) func `has the answer whatever its status`(status: Int) throws {
    let server = try LocalServer { _ in .init(status, body: status == 204 ? [] : Array("why".utf8)) }
    let answer = try answer(HTTPExchange(.get, server.url))
    #expect(answer.head.status == status && answer.body == (status == 204 ? [] : Array("why".utf8)))
  }

  @Test func `goes nowhere else`() throws {
    let server = try LocalServer { _ in .redirection(to: "https://name:word@elsewhere/x") }
    var exchange = HTTPExchange(.post, server.url)
    exchange.body = .bytes([1])
    #expect(throws: RetrievalError.redirected(to: "https://elsewhere/x")) { try answer(exchange) }
    #expect(server.requests.count == 1)
  }

  @Test func `takes no answer without end`() throws {
    let server = try LocalServer { _ in .init(body: [UInt8](repeating: 0, count: 5000)) }
    var exchange = HTTPExchange(.get, server.url)
    exchange.greatestAnswer = 4999
    #expect(throws: RetrievalError.transfer("its answer is longer than 4999 bytes")) { try answer(exchange) }
    exchange.greatestAnswer = 5000
    #expect(try answer(exchange).body.count == 5000)
  }

  @Test func `ends where the server takes too long in all`() throws {
    let server = try LocalServer { _ in
      LocalServer.Answer(body: [UInt8](repeating: 0, count: 1000)).with { $0.bytesPerSecond = 50 }
    }
    var exchange = HTTPExchange(.get, server.url)
    exchange.seconds = 0.5
    // It does not count as stalled: something comes all the time.
    #expect(throws: RetrievalError.cutOff("no whole answer within 1 s")) {
      try HTTPClient(agent: "test/1").exchange(exchange, patience: Patience(), isStopRequested: { false })
    }
  }

  @Test func `ends where the server says nothing, and where a stop is requested`() throws {
    let server = try LocalServer { _ in LocalServer.Answer().with { ($0.isSilent, $0.ending) = (true, .stalls) } }
    #expect(throws: RetrievalError.stalled(seconds: 1)) { try answer(HTTPExchange(.get, server.url)) }
    #expect(throws: RetrievalError.stopped) { try answer(HTTPExchange(.get, server.url), isStopRequested: { true }) }
  }
}

@Suite struct `A URL` {
  @Test(arguments: [
    ("http://a:b@c/", "a", "b"), ("https://a@c", "a", ""), ("http://a%40x:b%3Ac@h:1/p@q", "a@x", "b:c"),
    ("http://a:b:c@d", "a", "b:c"), ("http://%zz:%@h", "%zz", "%"),
  ])
  func `tells its credentials`(url: String, name: String, password: String) {
    let found = URLText.credentials(of: url)
    #expect(found?.name == name && found?.password == password)
  }

  @Test(arguments: ["", "a", "http://a/", "http://a/b@c", "a@b"]) func `without credentials tells none`(url: String) {
    #expect(URLText.credentials(of: url) == nil)
  }

  @Test(arguments: [("", ""), ("aZ0-._~", "aZ0-._~"), ("a b/c?", "a%20b%2Fc%3F"), ("ä\n", "%C3%A4%0A"), ("%", "%25")])
  func `has texts encoded in it`(text: String, encoded: String) { #expect(URLText.encoded(text) == encoded) }
}
