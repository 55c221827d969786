internal import Foundation

extension LocalServer {
  /// What a server says to one request, and how.
  package struct Answer: Sendable {
    package enum Ending: Sendable { case closes, stalls, resets }

    package var status: Int
    package var fields: [(name: String, value: String)]
    package var body: [UInt8]
    /// The length that is announced; nil: none.
    package var length: Int?
    /// So many bytes of the body are sent; nil: all.
    package var sent: Int?
    /// What comes after them.
    package var ending = Ending.closes
    package var bytesPerSecond: Int?
    /// Seconds before the first byte.
    package var delay = 0.0
    /// Not even a head is sent.
    package var isSilent = false

    package init(_ status: Int = 200, _ fields: [(String, String)] = [], body: [UInt8] = []) {
      self.status = status
      self.fields = fields
      self.body = body
      length = body.count
    }

    package static let notFound = Answer(
      404, [("Content-Type", "text/html")], body: Array("<html>not here</html>".utf8))

    package static func redirection(to target: String) -> Answer { Answer(302, [("Location", target)]) }

    /// A file, or the rest of it where that is asked for and the file is still the same.
    ///
    /// - Parameters:
    ///   - tag: the version, with its quotes; nil: no `ETag` is sent.
    ///   - modified: sent as `Last-Modified` where it is there.
    ///   - takesRanges: whether the server knows of them.
    package static func file(
      _ bytes: [UInt8], for request: Request, tag: String? = "\"1\"", modified: String? = nil, takesRanges: Bool = true
    ) -> Answer {
      var fields = [("Content-Type", "application/octet-stream")]
      if let tag { fields.append(("ETag", tag)) }
      if let modified { fields.append(("Last-Modified", modified)) }
      let condition = request.fields["if-range"]
      guard takesRanges, let first = request.firstByte, condition == nil || condition == tag || condition == modified
      else { return Answer(200, fields, body: bytes) }
      guard first < bytes.count else { return Answer(416, [("Content-Range", "bytes */\(bytes.count)")]) }
      fields.append(("Content-Range", "bytes \(first)-\(bytes.count - 1)/\(bytes.count)"))
      return Answer(206, fields, body: Array(bytes[first...]))
    }

    package func cut(after count: Int, _ ending: Ending = .closes) -> Answer {
      var answer = self
      answer.sent = count
      answer.ending = ending
      return answer
    }

    package func with(_ change: (inout Answer) -> Void) -> Answer {
      var answer = self
      change(&answer)
      return answer
    }

    /// Hands head and body to `write`, which returns false once the client is gone.
    func send(_ write: (ArraySlice<UInt8>) -> Bool) -> ConnectionEnd {
      if delay > 0 { usleep(UInt32(delay * 1e6)) }
      if isSilent { return end }
      var head = "HTTP/1.1 \(status) Word\r\nConnection: close\r\n"
      for (name, value) in fields { head += "\(name): \(value)\r\n" }
      if let length { head += "Content-Length: \(length)\r\n" }
      guard write(Array((head + "\r\n").utf8)[...]) else { return .closed }
      var rest = body.prefix(sent ?? body.count)
      // Ten times a second where it is to be slow.
      let step = bytesPerSecond.map { max(1, $0 / 10) } ?? max(1, rest.count)
      while !rest.isEmpty {
        guard write(rest.prefix(step)) else { return .closed }
        rest = rest.dropFirst(step)
        if bytesPerSecond != nil { usleep(100_000) }
      }
      // What was sent shall arrive before a reset does.
      if ending == .resets { usleep(50_000) }
      return end
    }

    private var end: ConnectionEnd {
      switch ending {
      case .closes: .closed
      case .stalls: .stalled
      case .resets: .reset
      }
    }
  }
}

extension LocalServer.Request {
  /// Where the range begins that is asked for (`bytes=N-`).
  package var firstByte: Int? {
    guard let range = fields["range"], range.hasPrefix("bytes="), range.hasSuffix("-") else { return nil }
    return Int(range.dropFirst(6).dropLast())
  }
}
