/// An answer's status and header fields.
package struct HTTPHead: Equatable, Sendable {
  /// 0 as long as no answer has come.
  package private(set) var status = 0
  /// By their names in lower case; of those that come twice, the last.
  private var fields: [String: String] = [:]

  package init() {}

  /// Takes a line of the head. A status line begins anew: interim answers (1xx) come before the one that counts.
  mutating func take(_ line: String) {
    let line = line.trimmed
    if line.hasPrefix("HTTP/") {
      self = HTTPHead()
      let words = line.split(separator: " ", maxSplits: 2)
      status = words.count > 1 ? Int(words[1]) ?? 0 : 0
    } else if let colon = line.firstIndex(of: ":") {
      fields[line[..<colon].lowercased()] = String(line[line.index(after: colon)...]).trimmed
    }
  }

  package subscript(field: String) -> String? { fields[field.lowercased()] }

  /// Whether the body is what was asked for, or a range of it.
  package var isSuccess: Bool { status == 200 || status == 206 }

  /// Whether the body is said to be a page for people.
  package var isWebPage: Bool {
    guard let type = self["Content-Type"]?.lowercased() else { return false }
    return type.hasPrefix("text/html") || type.hasPrefix("application/xhtml")
  }

  /// The range of the whole that the body is: its first byte, and the size of the whole where it is told.
  package var contentRange: (first: Int, total: Int?)? {
    guard let text = self["Content-Range"]?.lowercased(), text.hasPrefix("bytes") else { return nil }
    let parts = text.dropFirst(5).split(separator: "/")
    guard parts.count == 2, let first = parts[0].split(separator: "-").first.flatMap({ Int(String($0).trimmed) }),
      first >= 0
    else { return nil }
    return (first, Int(String(parts[1]).trimmed))
  }

  /// The bytes of the whole, where they are told.
  package var totalLength: Int? {
    if status == 206 { return contentRange?.total }
    return self["Content-Length"].flatMap { Int($0) }.flatMap { $0 >= 0 ? $0 : nil }
  }
}

extension String {
  /// Without white space at its ends.
  fileprivate var trimmed: String {
    var text = Substring(self)
    while text.first?.isWhitespace == true { text.removeFirst() }
    while text.last?.isWhitespace == true { text.removeLast() }
    return String(text)
  }
}
