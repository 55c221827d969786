internal import Synchronization

/// A count that any number of threads add to.
final class ValueCounter: Sendable {
  private let count = Atomic<Int>(0)
  private let whole: ValueCounter?

  /// - Parameter whole: what is counted here is counted there as well.
  init(within whole: ValueCounter? = nil) { self.whole = whole }

  func add(_ number: Int) {
    count.add(number, ordering: .relaxed)
    whole?.add(number)
  }

  /// What was added by jobs that are done.
  var total: Int { count.load(ordering: .relaxed) }
}
