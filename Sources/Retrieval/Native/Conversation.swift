internal import CCurl
internal import Files

/// What libcurl calls back with while a request is under way.
final class Conversation {
  var head = HTTPHead()
  /// Why the request was ended from this side.
  var failure: RetrievalError?
  private let receiver: any HTTPReceiver
  private let isStopRequested: @Sendable () -> Bool
  private let body: HTTPExchange.Body
  /// Bytes of the body that were handed over.
  private var sent = 0
  /// Whether the bodies of failures are wanted as well.
  private let takesFailures: Bool

  init(
    _ receiver: any HTTPReceiver, _ isStopRequested: @escaping @Sendable () -> Bool, body: HTTPExchange.Body = .none,
    takesFailures: Bool = false
  ) {
    self.receiver = receiver
    self.isStopRequested = isStopRequested
    self.body = body
    self.takesFailures = takesFailures
  }

  /// Whether the request is to go on.
  func goesOn() -> Bool {
    if isStopRequested() { failure = .stopped }
    return failure == nil
  }

  /// Returns whether the request is to go on.
  func take(_ bytes: RawSpan) -> Bool {
    // The page that comes with a redirection.
    guard head.isSuccess || takesFailures else { return true }
    guard goesOn() else { return false }
    do throws(RetrievalError) { try receiver.take(bytes, of: head) } catch { failure = error }
    return failure == nil
  }

  /// The next bytes to send, at most `count`; nil where they cannot be read.
  func give(_ count: Int) -> [UInt8]? {
    guard goesOn() else { return nil }
    do throws(FileError) {
      let bytes = try body.read(at: sent, count: count)
      sent += bytes.count
      return bytes
    } catch {
      failure = .file(error)
      return nil
    }
  }

  /// Begins again at `offset`: a connection that was kept had gone, and the body is sent over another.
  func rewind(to offset: Int) { sent = offset }

  // SAFETY: `context` is the one that perform gave to libcurl.
  static func of(_ context: UnsafeMutableRawPointer?) -> Conversation? {
    unsafe context.map { unsafe Unmanaged<Conversation>.fromOpaque($0).takeUnretainedValue() }
  }
}

// libcurl's callbacks. A count other than the one that was handed over ends the request.

func takeHeader(
  _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?
) -> Int {
  guard let conversation = unsafe Conversation.of(context) else { return 0 }
  // SAFETY: libcurl hands over `size * count` readable bytes.
  let line = unsafe UnsafeRawBufferPointer(start: bytes, count: size * count)
  conversation.head.take(unsafe String(decoding: line, as: UTF8.self))
  return size * count
}

func takeBody(
  _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?
) -> Int {
  guard let conversation = unsafe Conversation.of(context), let bytes = unsafe bytes else { return 0 }
  // SAFETY: libcurl hands over `size * count` readable bytes, which live until this returns.
  let span = unsafe RawSpan(_unsafeStart: UnsafeRawPointer(bytes), byteCount: size * count)
  return conversation.take(span) ? size * count : size * count + 1
}

func giveBody(
  _ target: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?
) -> Int {
  guard let conversation = unsafe Conversation.of(context), let target = unsafe target,
    let bytes = conversation.give(size * count)
  else { return Int(CURL_READFUNC_ABORT) }
  // SAFETY: libcurl hands over `size * count` writable bytes, and there are at most as many.
  unsafe UnsafeMutableRawPointer(target).copyMemory(from: bytes, byteCount: bytes.count)
  return bytes.count
}

func seekBody(_ context: UnsafeMutableRawPointer?, _ offset: curl_off_t, _ origin: CInt) -> CInt {
  // From the start (SEEK_SET) is all that libcurl asks for.
  guard let conversation = unsafe Conversation.of(context), origin == 0, offset >= 0 else { return 1 }
  conversation.rewind(to: Int(offset))
  return 0
}

func watch(
  _ context: UnsafeMutableRawPointer?, _: curl_off_t, _: curl_off_t, _: curl_off_t, _: curl_off_t
) -> CInt {
  unsafe Conversation.of(context)?.goesOn() == true ? 0 : 1
}
