/// How long to wait for servers, and how often to come back. Times are in seconds.
package struct Patience: Equatable, Sendable {
  /// Until a connection stands.
  package var connecting = 20.0
  /// Without a byte before a transfer counts as stalled; whole seconds.
  package var stalling = 30
  /// Attempts one after another that bring nothing; one that brings something begins the count anew.
  package var attempts = 5
  /// Attempts to reach a server that has not answered once.
  package var firstContacts = 2
  /// Before the second attempt; doubled before each further one.
  package var firstDelay = 1.0
  package var longestDelay = 60.0
  /// The longest time that a server may ask for (`Retry-After`); it is left alone where it asks for more.
  package var longestRequest = 300.0
  package var redirects = 10

  package init() {}

  /// The time before another attempt, or nil where the server asks for too long a time.
  ///
  /// Half of it is left to chance, so that many who were cut off together do not come back together.
  ///
  /// - Parameters:
  ///   - failures: attempts that failed one after another, at least 1.
  ///   - requested: what the server asked for.
  ///   - chance: 0..<1.
  package func delay(after failures: Int, requested: Int?, chance: Double) -> Double? {
    var delay = firstDelay
    for _ in 1..<max(1, failures) where delay < longestDelay { delay *= 2 }
    delay = min(delay, longestDelay) * (0.5 + 0.5 * chance)
    guard let requested else { return delay }
    return Double(requested) > longestRequest ? nil : max(delay, Double(requested))
  }
}
