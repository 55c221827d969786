internal import Foundation
internal import Synchronization

/// What the files of one fetch share.
final class FetchSession: Sendable {
  let folder: String
  let mirrors: [Mirror]
  let patience: Patience
  let checksums: ChecksumFile
  let isStopRequested: @Sendable () -> Bool
  let observe: @Sendable (FetchEvent) -> Void

  /// What is known of the servers, by their place among the mirrors.
  private struct Contacts: Sendable {
    var answered: Set<Int> = []
    var unreachable: [Int: RetrievalError] = [:]
  }

  private let contacts = Mutex(Contacts())
  private let count = Mutex(0)

  init(
    folder: String, mirrors: [Mirror], patience: Patience, checksums: ChecksumFile,
    isStopRequested: @escaping @Sendable () -> Bool, observe: @escaping @Sendable (FetchEvent) -> Void
  ) {
    self.folder = folder
    self.mirrors = mirrors
    self.patience = patience
    self.checksums = checksums
    self.isStopRequested = isStopRequested
    self.observe = observe
  }

  /// Bytes that came in all.
  var received: Int { count.withLock { $0 } }

  func receive(_ bytes: Int, of file: RecipeFile) {
    count.withLock { $0 += bytes }
    observe(.received(file, bytes: bytes))
  }

  // MARK: Servers

  func noteAnswer(of mirror: Int) { contacts.withLock { _ = $0.answered.insert(mirror) } }

  func hasAnswered(_ mirror: Int) -> Bool { contacts.withLock { $0.answered.contains(mirror) } }

  /// Spares the other files the wait for a server that is not there.
  func giveUp(_ mirror: Int, _ reason: RetrievalError) { contacts.withLock { $0.unreachable[mirror] = reason } }

  func whyGivenUp(_ mirror: Int) -> RetrievalError? { contacts.withLock { $0.unreachable[mirror] } }

  /// Waits.
  ///
  /// - Throws: ``RetrievalError/stopped`` as soon as that is requested.
  func pause(_ seconds: Double) throws(RetrievalError) {
    let end = ContinuousClock.now + .seconds(seconds)
    repeat {
      if isStopRequested() { throw .stopped }
      let left = (end - ContinuousClock.now) / .seconds(1)
      if left > 0 { usleep(UInt32(min(left, 0.05) * 1e6)) }
    } while ContinuousClock.now < end
  }
}
