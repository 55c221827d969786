internal import CCurl

/// Asks HTTP servers, and keeps the connection for the next request.
///
/// For one thread. The proxy comes from the environment (`http_proxy`, `https_proxy`, `all_proxy`, `no_proxy`), as curl's
/// does; certificates are checked against the system's.
@safe package struct HTTPClient: ~Copyable {
  typealias Handle = UnsafeMutableRawPointer

  // SAFETY: used by the owner alone until deinit; nil where memory ran out.
  let handle: Handle?
  private let agent: String

  /// Set up once, before any other thread calls libcurl; Swift sees to that.
  private static let isReady = grf_curl_start() == CURLE_OK

  /// - Parameter agent: what the program calls itself.
  package init(agent: String) {
    self.agent = agent
    unsafe handle = Self.isReady ? curl_easy_init() : nil
  }

  deinit { if let handle = unsafe handle { unsafe curl_easy_cleanup(handle) } }

  /// Sends a GET request, and again to where its answer points, until there is an answer of its own.
  ///
  /// - Parameter receiver: takes the body, where the answer is a success.
  /// - Returns: the answer's head.
  /// - Throws: what the receiver throws; ``RetrievalError`` for anything but 200 and 206, and where no whole answer came.
  package borrowing func get(
    _ request: HTTPRequest, patience: Patience, into receiver: any HTTPReceiver,
    isStopRequested: @escaping @Sendable () -> Bool
  ) throws(RetrievalError) -> HTTPHead {
    guard let handle = unsafe handle else { throw .transfer("libcurl could not be set up; memory is short") }
    var request = request
    for _ in 0...patience.redirects {
      let conversation = Conversation(receiver, isStopRequested)
      let code = unsafe perform(handle, request, patience, conversation)
      if let failure = conversation.failure { throw failure }
      guard code == CURLE_OK else { throw unsafe failure(code, handle, patience, conversation.head) }
      // SAFETY: the text is copied at once.
      if let target = unsafe grf_curl_redirect_target(handle).map({ unsafe String(cString: $0) }) {
        try URLText.checkRedirection(from: request.url, to: target)
        request.url = target
        continue
      }
      guard conversation.head.isSuccess else {
        throw .status(conversation.head.status, retryAfter: nil)
      }
      return conversation.head
    }
    throw .tooManyRedirections(patience.redirects)
  }

  /// Carries a request out.
  ///
  /// - Parameter adjust: sets what a request has of its own, after all that every request has.
  borrowing func perform(
    _ handle: Handle, _ request: HTTPRequest, _ patience: Patience, _ conversation: Conversation,
    adjust: (Handle) -> Void = { _ in }
  ) -> CURLcode {
    // Connections and names that were looked up survive it.
    unsafe curl_easy_reset(handle)
    func set(_ option: CURLoption, _ value: Int) { _ = unsafe grf_curl_set_number(handle, option, value) }
    unsafe grf_curl_set_text(handle, CURLOPT_URL, request.url)
    unsafe grf_curl_set_text(handle, CURLOPT_USERAGENT, agent)
    unsafe grf_curl_allow_only_http(handle)
    // Signals belong to the program, and libcurl's use of them is not for threads.
    set(CURLOPT_NOSIGNAL, 1)
    // Bodies of failures are not wanted, however long.
    set(CURLOPT_FAILONERROR, 1)
    set(CURLOPT_TCP_KEEPALIVE, 1)
    set(CURLOPT_BUFFERSIZE, 512 << 10)
    set(CURLOPT_CONNECTTIMEOUT_MS, Int(patience.connecting * 1000))
    set(CURLOPT_LOW_SPEED_LIMIT, 1)
    set(CURLOPT_LOW_SPEED_TIME, patience.stalling)
    set(CURLOPT_NOPROGRESS, 0)

    var headers: UnsafeMutablePointer<curl_slist>?
    defer { unsafe curl_slist_free_all(headers) }
    for (name, value) in [("Accept-Encoding", "identity")] + request.fields {
      unsafe headers = curl_slist_append(headers, "\(name): \(value)") ?? headers
    }
    unsafe grf_curl_set_headers(handle, headers)

    // SAFETY: libcurl calls back only during curl_easy_perform, and the conversation lives longer than that.
    let context = unsafe Unmanaged.passUnretained(conversation).toOpaque()
    unsafe grf_curl_set_receiver(handle, CURLOPT_HEADERFUNCTION, takeHeader)
    unsafe grf_curl_set_context(handle, CURLOPT_HEADERDATA, context)
    unsafe grf_curl_set_receiver(handle, CURLOPT_WRITEFUNCTION, takeBody)
    unsafe grf_curl_set_context(handle, CURLOPT_WRITEDATA, context)
    unsafe grf_curl_set_receiver(handle, CURLOPT_READFUNCTION, giveBody)
    unsafe grf_curl_set_context(handle, CURLOPT_READDATA, context)
    unsafe grf_curl_set_seeker(handle, seekBody)
    unsafe grf_curl_set_context(handle, CURLOPT_SEEKDATA, context)
    unsafe grf_curl_set_watcher(handle, watch)
    unsafe grf_curl_set_context(handle, CURLOPT_XFERINFODATA, context)
    unsafe adjust(handle)
    return withExtendedLifetime(conversation) { unsafe curl_easy_perform(handle) }
  }

  borrowing func failure(
    _ code: CURLcode, _ handle: Handle, _ patience: Patience, _ head: HTTPHead
  ) -> RetrievalError {
    // SAFETY: libcurl returns a valid C string for every code.
    let text = unsafe String(cString: curl_easy_strerror(code))
    switch code {
    case CURLE_HTTP_RETURNED_ERROR:
      let seconds = Int(unsafe grf_curl_number(handle, CURLINFO_RETRY_AFTER))
      return .status(head.status, retryAfter: seconds > 0 ? seconds : nil)
    case CURLE_OPERATION_TIMEDOUT:
      // Where a request was about to be sent, a connection stood.
      return unsafe grf_curl_number(handle, CURLINFO_PRETRANSFER_TIME_T) > 0
        ? .stalled(seconds: patience.stalling) : .unreachable("no connection in time")
    case CURLE_COULDNT_CONNECT, CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY: return .unreachable(text)
    case CURLE_PARTIAL_FILE, CURLE_GOT_NOTHING, CURLE_SEND_ERROR, CURLE_RECV_ERROR, CURLE_HTTP2, CURLE_HTTP2_STREAM:
      return .cutOff(text)
    default: return .transfer(text)
    }
  }
}
