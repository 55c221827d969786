internal import CCurl
internal import Files

extension HTTPClient {
  /// Sends a request with its body, once, and takes the answer, whatever its status.
  ///
  /// It does not go where a redirection points: whoever posts is to know whom to.
  ///
  /// - Throws: ``RetrievalError`` where no whole answer came; ``RetrievalError/redirected(to:)``.
  package borrowing func exchange(
    _ exchange: HTTPExchange, patience: Patience, isStopRequested: @escaping @Sendable () -> Bool
  ) throws(RetrievalError) -> HTTPAnswer {
    guard let handle = unsafe handle else { throw .transfer("libcurl could not be set up; memory is short") }
    let collector = BodyCollector(greatest: exchange.greatestAnswer)
    let conversation = Conversation(collector, isStopRequested, body: exchange.body, takesFailures: true)
    var request = HTTPRequest(exchange.url)
    // What libcurl would add of its own for long bodies: a question that many servers never answer.
    request.fields = exchange.fields + [("Expect", "")]
    let began = ContinuousClock.now
    let code = unsafe perform(handle, request, patience, conversation) { handle in
      unsafe Self.set(exchange, on: handle)
    }
    if let failure = conversation.failure { throw failure }
    // libcurl counts whole milliseconds of a clock of its own, and may end a little early.
    if code == CURLE_OPERATION_TIMEDOUT, let seconds = exchange.seconds,
      ContinuousClock.now - began >= .seconds(seconds) - .milliseconds(20)
    {
      throw .cutOff("no whole answer within \(Int(seconds.rounded(.up))) s")
    }
    guard code == CURLE_OK else { throw unsafe failure(code, handle, patience, conversation.head) }
    // SAFETY: the text is copied at once.
    if let target = unsafe grf_curl_redirect_target(handle).map({ unsafe String(cString: $0) }) {
      throw .redirected(to: URLText.withoutCredentials(target))
    }
    return HTTPAnswer(head: conversation.head, body: collector.bytes)
  }

  /// - Parameter handle: the request's, of which everything else is set.
  private static func set(_ exchange: HTTPExchange, on handle: Handle) {
    func set(_ option: CURLoption, _ value: Int) { _ = unsafe grf_curl_set_number(handle, option, value) }
    set(CURLOPT_FAILONERROR, 0)
    let count = exchange.body.count
    switch exchange.method {
    case .get: break
    case .post:
      set(CURLOPT_POST, 1)
      unsafe grf_curl_set_size(handle, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(count))
    case .put:
      set(CURLOPT_UPLOAD, 1)
      unsafe grf_curl_set_size(handle, CURLOPT_INFILESIZE_LARGE, curl_off_t(count))
    }
    if let seconds = exchange.seconds { set(CURLOPT_TIMEOUT_MS, max(1, Int(seconds * 1000))) }
    switch exchange.trust {
    case .system: break
    case .anyone:
      set(CURLOPT_SSL_VERIFYPEER, 0)
      set(CURLOPT_SSL_VERIFYHOST, 0)
    case .authorities(let path, let isFolder):
      unsafe grf_curl_set_text(handle, isFolder ? CURLOPT_CAPATH : CURLOPT_CAINFO, path)
    }
  }
}
