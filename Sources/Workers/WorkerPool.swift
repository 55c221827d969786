internal import Foundation

/// A bounded pool: a fixed number of threads, and jobs in flight only as long as the memory that they say they need
/// stays within a budget. A job that alone exceeds the budget runs alone.
///
/// This is the only place that starts threads. Results must not depend on which thread ran what: a job writes where
/// nobody else writes, and whoever submitted it combines the results in an order of its own.
///
/// The pool lives inside ``withWorkers(threads:budget:state:_:)``; `State` is what each thread keeps from job to job
/// (buffers, decompressors).
package final class WorkerPool<State: ~Copyable>: Sendable {
  package typealias Job = @Sendable (inout State) throws -> Void

  private struct Pending: Sendable {
    let index: Int
    let cost: Int
    let job: Job
  }

  private struct Ledger: Sendable {
    var queue: [Pending] = []
    var submitted = 0
    /// Jobs that wait or run, and the bytes that they hold.
    var inFlight = 0
    var cost = 0
    var isClosed = false
    var failure: (index: Int, error: any Error)?

    mutating func release(_ pending: Pending) {
      inFlight -= 1
      cost -= pending.cost
    }
  }

  private let budget: Int
  private let depth: Int
  private let ledger = Monitor(Ledger())

  fileprivate init(threads: Int, budget: Int) {
    self.budget = budget
    // Enough waiting jobs that no thread starves, few enough that what they hold stays small.
    depth = threads * 4
  }

  /// Hands a job over; waits while the budget or the queue is full.
  ///
  /// - Parameter cost: the bytes that the job holds while it is waiting or running.
  /// - Throws: what ``wait()`` throws, once a job has failed and those that had begun are done; the others are dropped.
  package func submit(cost: Int, _ job: @escaping Job) throws {
    try ledger.wait { ledger -> Void? in
      if let failure = ledger.failure {
        // A job that was submitted earlier may still run, and fail: then its failure is the one to tell of.
        guard ledger.inFlight == 0 else { return nil }
        throw failure.error
      }
      guard ledger.inFlight == 0 || (ledger.cost + cost <= budget && ledger.inFlight < depth) else { return nil }
      ledger.queue.append(Pending(index: ledger.submitted, cost: cost, job: job))
      ledger.submitted += 1
      ledger.inFlight += 1
      ledger.cost += cost
      return ()
    }
  }

  /// Waits until every job submitted so far is done.
  ///
  /// - Throws: the failure of the job that was submitted first among those that failed.
  package func wait() throws {
    let failure = ledger.wait { $0.inFlight == 0 ? .some($0.failure) : nil }
    if let failure { throw failure.error }
  }

  fileprivate func close() { ledger.update { $0.isClosed = true } }

  fileprivate func work(_ state: inout State) {
    while let pending = take() {
      var failure: (any Error)?
      do { try pending.job(&state) } catch { failure = error }
      finish(pending, failure)
    }
  }

  /// The next job, or nil once the pool is closed and the queue empty.
  private func take() -> Pending? {
    ledger.wait { ledger in
      if ledger.queue.isEmpty { return ledger.isClosed ? .some(nil) : nil }
      return ledger.queue.removeFirst()
    }
  }

  private func finish(_ pending: Pending, _ failure: (any Error)?) {
    ledger.update { ledger in
      ledger.release(pending)
      guard let failure else { return }
      if pending.index < ledger.failure?.index ?? .max { ledger.failure = (pending.index, failure) }
      for dropped in ledger.queue { ledger.release(dropped) }
      ledger.queue.removeAll()
    }
  }
}

extension WorkerPool where State: ~Copyable {
  /// Runs `body` with a pool of `threads` threads, waits for every job, and ends the threads.
  ///
  /// - Parameters:
  ///   - threads: at least 1.
  ///   - budget: bytes that jobs may hold together.
  ///   - state: makes a thread's own state, on that thread.
  package static func withWorkers<Result>(
    threads: Int, budget: Int, state: @escaping @Sendable () -> State,
    _ body: (WorkerPool<State>) throws -> Result
  ) throws -> Result {
    let pool = WorkerPool(threads: threads, budget: budget)
    let ended = DispatchGroup()
    for _ in 0..<threads {
      ended.enter()
      let thread = Thread {
        // The state goes before the thread is said to have ended.
        do {
          var state = state()
          pool.work(&state)
        }
        ended.leave()
      }
      thread.name = "worker"
      thread.start()
    }
    defer {
      pool.close()
      ended.wait()
    }
    let result = try body(pool)
    try pool.wait()
    return result
  }
}

/// How many threads the machine runs at once, as far as this process may use them.
package enum Processors {
  package static var available: Int { max(1, ProcessInfo.processInfo.activeProcessorCount) }
}
