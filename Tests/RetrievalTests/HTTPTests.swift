import Testing

@testable import Retrieval

@Suite struct `An answer's head` {
  private func head(_ lines: String...) -> HTTPHead {
    var head = HTTPHead()
    for line in lines { head.take(line + "\r\n") }
    return head
  }

  @Test func `has a status and fields in any case`() {
    let head = head("HTTP/1.1 200 OK", "ETag:  \"a:b\" ", "content-LENGTH: 12", "")
    #expect(head.status == 200 && head["etag"] == "\"a:b\"" && head.totalLength == 12 && head.isSuccess)
  }

  @Test func `is that of the last answer`() {
    let head = head("HTTP/1.1 100 Continue", "X: 1", "", "HTTP/2 206", "Content-Range: bytes 5-9/10")
    #expect(head.status == 206 && head["X"] == nil && head.totalLength == 10)
  }

  @Test(arguments: ["", "HTTP/1.1", "HTTP/1.1 abc", "nonsense", ":", ": x"])
  func `of nonsense tells of no success`(line: String) {
    #expect(!head(line).isSuccess && head(line).status == 0)
  }

  @Test(arguments: [
    ("bytes 0-9/10", 0, 10), ("bytes 5-9/*", 5, nil), ("Bytes  5 - 9 / 10", 5, 10), ("bytes 5-9/x", 5, nil),
  ])
  func `tells of a range`(text: String, first: Int, total: Int?) {
    let range = head("HTTP/1.1 206 P", "Content-Range: \(text)").contentRange
    #expect(range?.first == first && range?.total == total)
  }

  @Test(arguments: [
    "", "bytes", "bytes */10", "bytes -5/10", "lines 0-9/10", "bytes 0-9", "bytes 99999999999999999999-/1",
  ])
  func `tells of no range`(text: String) {
    #expect(head("HTTP/1.1 206 P", "Content-Range: \(text)").contentRange == nil)
  }

  @Test(arguments: ["-1", "x", "99999999999999999999"]) func `tells of no length`(text: String) {
    #expect(head("HTTP/1.1 200 OK", "Content-Length: \(text)").totalLength == nil)
  }
}

@Suite struct `Redirections` {
  @Test(arguments: [
    ("http://a/", "http://b/"), ("http://a/", "https://b/"), ("https://a/", "https://b/"), ("HTTPS://a/", "HTTPS://b/"),
  ])
  func `are followed where they are as safe`(from: String, to: String) throws {
    try URLText.checkRedirection(from: from, to: to)
  }

  @Test(arguments: [
    ("https://a/", "http://b/"), ("HTTPS://a/", "HTTP://b/"), ("http://a/", "file:///b"), ("http://a/", "b"),
    ("http://a/", ""),
  ])
  func `are refused where they are less safe`(from: String, to: String) {
    #expect(throws: RetrievalError.unsafeRedirection(to: to)) { try URLText.checkRedirection(from: from, to: to) }
  }
}

@Suite struct `The patience with servers` {
  @Test func `doubles the time between attempts, up to the longest`() {
    let delays = (1...9).map { Patience().delay(after: $0, requested: nil, chance: 1) }
    #expect(delays == [1, 2, 4, 8, 16, 32, 60, 60, 60])
  }

  @Test func `leaves half of it to chance`() {
    #expect(Patience().delay(after: 3, requested: nil, chance: 0) == 2)
    #expect(Patience().delay(after: 1000, requested: nil, chance: 0) == 30)
  }

  @Test func `gives servers the time that they ask for, within reason`() {
    #expect(Patience().delay(after: 1, requested: 90, chance: 0) == 90)
    #expect(Patience().delay(after: 7, requested: 5, chance: 1) == 60)
    #expect(Patience().delay(after: 1, requested: 301, chance: 0) == nil)
  }
}
