internal import Synchronization

/// A count that any number of threads add to.
final class ValueCounter: Sendable {
  private let count = Atomic<Int>(0)

  func add(_ number: Int) { count.add(number, ordering: .relaxed) }

  /// What was added by jobs that are done.
  var total: Int { count.load(ordering: .relaxed) }
}
