internal import Foundation
internal import Synchronization

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// An HTTP server on this machine that does whatever a test wants of it, until it goes out of scope.
///
/// Every connection has a thread of its own and one answer.
package final class LocalServer: Sendable {
  package struct Failure: Error {}

  package struct Request: Sendable {
    package let method: String
    /// Path and query; the whole URL where the client takes this for a proxy.
    package let target: String
    /// By their names in lower case.
    package let fields: [String: String]
    /// How many requests for the same target came before.
    package let earlier: Int
    /// As long as its head says.
    package let body: [UInt8]
  }

  private struct State: Sendable {
    var requests: [Request] = []
    var connections: Set<Int32> = []
    var isClosed = false
  }

  private let listener: Int32
  private let port: UInt16
  private let state: Shared
  private let ended = DispatchGroup()

  private final class Shared: Sendable {
    let state = Mutex(State())
    let answer: @Sendable (Request) -> Answer

    init(_ answer: @escaping @Sendable (Request) -> Answer) { self.answer = answer }
  }

  package init(_ answer: @escaping @Sendable (Request) -> Answer) throws {
    state = Shared(answer)
    #if canImport(Glibc)
      let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    #else
      let listener = socket(AF_INET, SOCK_STREAM, 0)
    #endif
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    // SAFETY: inet_pton fills the struct that it is given, from a C string that Swift makes.
    unsafe inet_pton(AF_INET, "127.0.0.1", &address.sin_addr)
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    // SAFETY: an address of the internet family is a socket address of the size that is told.
    let isBound = unsafe withUnsafeMutablePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
        unsafe bind(listener, pointer, size) == 0 && listen(listener, 64) == 0
          && getsockname(listener, pointer, &size) == 0
      }
    }
    self.listener = listener
    port = UInt16(bigEndian: address.sin_port)
    guard listener >= 0, isBound else { throw Failure() }
    ended.enter()
    Thread { [listener, state, ended] in
      Self.accept(listener, state, ended)
      ended.leave()
    }.start()
  }

  deinit {
    // Wakes whoever waits for a connection, and those that stall.
    shutdown(listener, Int32(SHUT_RDWR))
    close(listener)
    state.state.withLock { state in
      state.isClosed = true
      for connection in state.connections { shutdown(connection, Int32(SHUT_RDWR)) }
    }
    ended.wait()
  }

  package var url: String { "http://127.0.0.1:\(port)/" }

  /// What came so far.
  package var requests: [Request] { state.state.withLock { $0.requests } }

  /// Those for a target.
  package func requests(for target: String) -> [Request] { requests.filter { $0.target == target } }

  private static func accept(_ listener: Int32, _ shared: Shared, _ ended: DispatchGroup) {
    while true {
      let connection = Foundation.accept(listener, nil, nil)
      if connection < 0 && errno == EINTR { continue }
      guard connection >= 0 else { return }
      let isOpen = shared.state.withLock { state in
        if !state.isClosed { state.connections.insert(connection) }
        return !state.isClosed
      }
      guard isOpen else {
        close(connection)
        return
      }
      ended.enter()
      Thread {
        serve(connection, shared)
        shared.state.withLock { _ = $0.connections.remove(connection) }
        close(connection)
        ended.leave()
      }.start()
    }
  }

  private static func serve(_ connection: Int32, _ shared: Shared) {
    guard let head = readHead(connection) else { return }
    let lines = head.split(separator: "\r\n")
    let words = lines.first?.split(separator: " ") ?? []
    guard words.count == 3 else { return }
    var fields: [String: String] = [:]
    for line in lines.dropFirst() {
      let parts = line.split(separator: ":", maxSplits: 1)
      fields[parts[0].lowercased()] = parts.count > 1 ? parts[1].trimmingCharacters(in: .whitespaces) : ""
    }
    let target = String(words[1])
    guard let body = read(Int(fields["content-length"] ?? "") ?? 0, connection) else { return }
    let request = shared.state.withLock { state in
      let earlier = state.requests.count { $0.target == target }
      let request = Request(
        method: String(words[0]), target: target, fields: fields, earlier: earlier, body: body)
      state.requests.append(request)
      return request
    }
    shared.answer(request).send { send(connection, $0) }.finish(connection)
  }

  private static func readHead(_ connection: Int32) -> String? {
    var bytes: [UInt8] = []
    while !bytes.suffix(4).elementsEqual([13, 10, 13, 10]) {
      var byte: UInt8 = 0
      // SAFETY: one byte is read into one.
      guard unsafe recv(connection, &byte, 1, 0) == 1, bytes.count < 1 << 16 else { return nil }
      bytes.append(byte)
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Nil where the client is gone before.
  private static func read(_ count: Int, _ connection: Int32) -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: count)
    var done = 0
    while done < count {
      // SAFETY: the pointer and the count are those of what is left of the array.
      let received = unsafe bytes.withUnsafeMutableBytes { buffer in
        unsafe recv(connection, buffer.baseAddress! + done, count - done, 0)
      }
      if received < 0 && errno == EINTR { continue }
      guard received > 0 else { return nil }
      done += received
    }
    return bytes
  }

  /// Returns false where the client is gone.
  private static func send(_ connection: Int32, _ bytes: ArraySlice<UInt8>) -> Bool {
    #if canImport(Darwin)
      let flags: Int32 = 0
    #else
      let flags = Int32(MSG_NOSIGNAL)
    #endif
    var rest = bytes
    while !rest.isEmpty {
      // SAFETY: the pointer and the count are the slice's.
      let count = unsafe rest.withUnsafeBytes { unsafe Foundation.send(connection, $0.baseAddress, $0.count, flags) }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { return false }
      rest = rest.dropFirst(count)
    }
    return true
  }
}

/// How a connection ends.
enum ConnectionEnd {
  case closed, stalled, reset

  func finish(_ connection: Int32) {
    switch self {
    case .closed:
      shutdown(connection, Int32(SHUT_WR))
    case .stalled:
      // Until the client goes, or the server.
      var byte: UInt8 = 0
      // SAFETY: one byte is read into one.
      while unsafe recv(connection, &byte, 1, 0) > 0 {}
    case .reset:
      var linger = linger(l_onoff: 1, l_linger: 0)
      // SAFETY: the call reads the struct that it is given.
      unsafe setsockopt(connection, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<linger>.size))
    }
  }
}
