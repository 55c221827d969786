package import Files

/// A request that may carry a body, whose answer is wanted whatever its status.
package struct HTTPExchange: Sendable {
  package enum Method: Sendable { case get, post, put }

  /// What is sent.
  package enum Body: Sendable {
    case none
    case bytes([UInt8])
    /// The first `count` bytes of a file.
    case file(SharedFile, count: Int)

    var count: Int {
      switch self {
      case .none: 0
      case .bytes(let bytes): bytes.count
      case .file(_, let count): count
      }
    }

    /// Up to `count` bytes from `offset`; none at the end.
    func read(at offset: Int, count: Int) throws(FileError) -> [UInt8] {
      let count = min(count, self.count - offset)
      guard count > 0 else { return [] }
      switch self {
      case .none: return []
      case .bytes(let bytes): return Array(bytes[offset..<offset + count])
      case .file(let file, _): return try file.file.read(bytes: count, at: offset)
      }
    }
  }

  package var method: Method
  package var url: String
  /// Fields of the head, besides those that every request has.
  package var fields: [(name: String, value: String)] = []
  package var body = Body.none
  package var trust = HTTPTrust.system
  /// The longest time in seconds that it may take in all; nil: any.
  package var seconds: Double?
  /// The longest answer that is taken.
  package var greatestAnswer = 16 << 20

  package init(_ method: Method, _ url: String) {
    self.method = method
    self.url = url
  }
}

/// Whose certificates are believed.
package enum HTTPTrust: Sendable, Equatable {
  /// The system's.
  case system
  /// Anyone's: the connection is encrypted, but not to somebody known.
  case anyone
  /// Those in a file, or in a folder of them.
  case authorities(String, isFolder: Bool)
}

/// What a server said, and with which status.
package struct HTTPAnswer: Sendable, Equatable {
  package let head: HTTPHead
  package let body: [UInt8]
}

/// Keeps an answer's body.
final class BodyCollector: HTTPReceiver {
  private(set) var bytes: [UInt8] = []
  private let greatest: Int

  init(greatest: Int) { self.greatest = greatest }

  func take(_ bytes: RawSpan, of head: HTTPHead) throws(RetrievalError) {
    guard self.bytes.count + bytes.byteCount <= greatest else {
      throw .transfer("its answer is longer than \(greatest) bytes")
    }
    self.bytes += bytes.copied
  }
}
