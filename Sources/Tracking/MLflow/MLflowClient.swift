internal import Files
internal import Foundation
internal import JSONValues
internal import Retrieval

/// Speaks MLflow's REST interface, version 2.0; for one thread.
struct MLflowClient: ~Copyable {
  let server: MLflowServer
  private let client: HTTPClient
  private let patience: Patience
  private let isStopRequested: @Sendable () -> Bool

  /// - Parameter isStopRequested: asked again and again; what is under way then ends with `RetrievalError.stopped`.
  init(_ server: MLflowServer, patience: Patience, isStopRequested: @escaping @Sendable () -> Bool) {
    self.server = server
    client = HTTPClient(agent: "grf-train")
    var patience = patience
    patience.stalling = max(1, min(patience.stalling, Int(server.seconds.rounded(.up))))
    patience.connecting = min(patience.connecting, server.seconds)
    self.patience = patience
    self.isStopRequested = isStopRequested
  }

  /// What a server may need beside a failure's status to be understood.
  struct Refusal: Error {
    /// MLflow's name of it, such as `RESOURCE_DOES_NOT_EXIST`.
    let code: String
    let error: TrackingError
    /// Whether the same request may be answered another time.
    var mayPass = false
  }

  // MARK: Requests

  borrowing func get(_ endpoint: String, _ query: [(String, String)]) throws(Refusal) -> JSONValue {
    let query = query.map { "\($0)=\(URLText.encoded($1))" }.joined(separator: "&")
    return try json(HTTPExchange(.get, url("mlflow/\(endpoint)?\(query)")))
  }

  /// - Parameter isRepeatable: whether asking twice does no harm where the first answer was lost.
  borrowing func post(
    _ endpoint: String, _ body: JSONValue, isRepeatable: Bool = true
  ) throws(Refusal) -> JSONValue {
    var exchange = HTTPExchange(.post, url("mlflow/\(endpoint)"))
    exchange.fields = [("Content-Type", "application/json")]
    exchange.body = .bytes(Array(body.compact().utf8))
    return try json(exchange, attempts: isRepeatable ? patience.attempts : 1)
  }

  /// Puts an artifact's bytes to where the server keeps them.
  ///
  /// - Parameter path: of the artifact, as the server's folders have it.
  borrowing func put(_ file: SharedFile, bytes: Int, to path: [String]) throws(TrackingError) {
    let place = path.map(URLText.encoded).joined(separator: "/")
    var exchange = HTTPExchange(.put, url("mlflow-artifacts/artifacts/\(place)"))
    exchange.fields = [("Content-Type", "application/octet-stream")]
    exchange.body = .file(file, count: bytes)
    do throws(Refusal) { _ = try answer(exchange, attempts: patience.attempts) } catch { throw error.error }
  }

  private borrowing func url(_ path: String) -> String { "\(server.address)/api/2.0/\(path)" }

  private borrowing func json(_ exchange: HTTPExchange, attempts: Int? = nil) throws(Refusal) -> JSONValue {
    var exchange = exchange
    exchange.seconds = server.seconds
    let answer = try answer(exchange, attempts: attempts ?? patience.attempts)
    guard let value = try? JSONValue.parse(answer.body), value.object != nil else {
      throw Refusal(code: "", error: .notMLflow(server: server.address))
    }
    return value
  }

  /// Asks, and again where that may help.
  private borrowing func answer(_ exchange: HTTPExchange, attempts: Int) throws(Refusal) -> HTTPAnswer {
    var exchange = exchange
    if let authorization = server.authorization { exchange.fields.append(("Authorization", authorization)) }
    exchange.trust = server.trust
    var failures = 0
    while true {
      var refusal: Refusal
      let remedy: RetrievalError.Remedy
      do throws(RetrievalError) {
        let answer = try client.exchange(exchange, patience: patience, isStopRequested: isStopRequested)
        let status = answer.head.status
        if (200..<300).contains(status) { return answer }
        refusal = self.refusal(answer)
        remedy = RetrievalError.status(status, retryAfter: answer.head["Retry-After"].flatMap { Int($0) }).remedy
      } catch {
        refusal = Refusal(code: "", error: .noAnswer(server: server.address, error))
        remedy = error.remedy
      }
      failures += 1
      guard case .again(let requested) = remedy else { throw refusal }
      refusal.mayPass = true
      guard failures < attempts, let delay = delay(after: failures, requested: requested) else { throw refusal }
      try pause(delay)
    }
  }

  /// Does again what may pass another time, as often as a request is repeated; `body` sees to it that nothing is done twice.
  borrowing func persist<Result>(_ body: () throws(Refusal) -> Result) throws(Refusal) -> Result {
    var failures = 0
    while true {
      do throws(Refusal) { return try body() } catch {
        failures += 1
        guard error.mayPass, failures < patience.attempts, let delay = delay(after: failures, requested: nil) else {
          throw error
        }
        try pause(delay)
      }
    }
  }

  private borrowing func delay(after failures: Int, requested: Int?) -> Double? {
    patience.delay(after: failures, requested: requested, chance: Double.random(in: 0..<1))
  }

  private borrowing func pause(_ seconds: Double) throws(Refusal) {
    let end = ContinuousClock.now + .seconds(seconds)
    while ContinuousClock.now < end {
      if isStopRequested() { throw Refusal(code: "", error: .noAnswer(server: server.address, .stopped)) }
      usleep(20_000)
    }
  }

  private borrowing func refusal(_ answer: HTTPAnswer) -> Refusal {
    let body = try? JSONValue.parse(answer.body)
    return Refusal(
      code: body?["error_code"]?.string ?? "",
      error: .refused(
        server: server.address, status: answer.head.status, message: Self.cut(body?["message"]?.string ?? "")))
  }

  /// One line of a text from outside.
  private static func cut(_ text: String) -> String {
    let scalars = text.unicodeScalars.prefix(160).map { scalar in
      scalar.properties.generalCategory == .control ? " " : Character(scalar)
    }
    return String(scalars) + (text.unicodeScalars.count > 160 ? "…" : "")
  }
}
