import Foundation
import Synchronization
import Testing
import Workers

@Suite struct `A pool of workers` {
  struct Failure: Error, Equatable { let number: Int }

  /// Numbers that any thread may change.
  final class Counters: Sendable {
    struct Values {
      var running = 0
      var most = 0
      var cost = 0
      var greatestCost = 0
      var sharedRuns = 0
      var order: [Int] = []
      var alive = 0
    }
    let values = Mutex(Values())

    func begin(_ index: Int, cost: Int) {
      values.withLock { values in
        values.running += 1
        values.cost += cost
        values.most = max(values.most, values.running)
        values.greatestCost = max(values.greatestCost, values.cost)
        values.order.append(index)
      }
    }

    func end(cost: Int) {
      values.withLock { values in
        values.running -= 1
        values.cost -= cost
      }
    }

    var order: [Int] { values.withLock { $0.order } }
  }

  /// A thread's state, which says how many there are.
  struct Witness: ~Copyable {
    let counters: Counters
    init(_ counters: Counters) {
      self.counters = counters
      counters.values.withLock { $0.alive += 1 }
    }
    deinit { counters.values.withLock { $0.alive -= 1 } }
  }

  /// The state of a thread that needs none.
  @Sendable private static func nothing() -> Int { 0 }

  @Test(arguments: [1, 2, 3, 8], [0, 1, 2, 500])
  func `gives the same results on any number of threads`(threads: Int, jobs: Int) throws {
    let results = Mutex([Int](repeating: -1, count: jobs))
    let sum = try WorkerPool<Int>.withWorkers(threads: threads, budget: 100, state: Self.nothing) { pool in
      for job in 0..<jobs {
        try pool.submit(cost: job % 60) { _ in results.withLock { $0[job] = job * job } }
      }
      try pool.wait()
      return results.withLock { $0.reduce(0, +) }
    }
    #expect(results.withLock { $0 } == (0..<jobs).map { $0 * $0 } && sum == (0..<jobs).reduce(0) { $0 + $1 * $1 })
  }

  @Test func `begins jobs in the order in which they were submitted`() throws {
    let counters = Counters()
    try WorkerPool<Int>.withWorkers(threads: 1, budget: 1000, state: Self.nothing) { pool in
      for job in 0..<50 { try pool.submit(cost: 1) { _ in counters.begin(job, cost: 1) } }
    }
    #expect(counters.order == Array(0..<50))
  }

  @Test func `keeps a state for each thread, from job to job`() throws {
    let jobs = Mutex(0)
    let states = Mutex(0)
    @Sendable func begin() -> Int {
      states.withLock { $0 += 1 }
      return 0
    }
    try WorkerPool<Int>.withWorkers(threads: 3, budget: 1000, state: begin) { pool in
      for _ in 0..<100 {
        try pool.submit(cost: 1) { state in
          state += 1
          let mine = state
          jobs.withLock { $0 = max($0, mine) }
        }
      }
    }
    #expect(states.withLock { $0 } == 3 && jobs.withLock { $0 } >= 34)
  }

  @Test(arguments: [1, 2, 4])
  func `holds no more than its budget`(threads: Int) throws {
    let counters = Counters()
    try WorkerPool<Int>.withWorkers(threads: threads, budget: 10, state: Self.nothing) { pool in
      for job in 0..<60 {
        let cost = 1 + job * 7 % 6
        // What waits holds memory, too: it counts from here on.
        try pool.submit(cost: cost) { _ in
          counters.begin(job, cost: cost)
          usleep(500)
          counters.end(cost: cost)
        }
      }
    }
    counters.values.withLock { values in
      #expect(values.greatestCost <= 10 && values.most <= threads && values.order.count == 60)
    }
  }

  @Test func `waits at the budget before it takes another job`() throws {
    let isOpen = Mutex(false)
    let counters = Counters()
    try WorkerPool<Int>.withWorkers(threads: 2, budget: 10, state: Self.nothing) { pool in
      try pool.submit(cost: 10) { _ in
        usleep(50_000)
        isOpen.withLock { $0 = true }
      }
      try pool.submit(cost: 1) { _ in counters.begin(0, cost: 1) }
      // The second could be taken only when the first was done.
      #expect(isOpen.withLock { $0 })
    }
    #expect(counters.order == [0])
  }

  @Test func `runs a job that is beyond the budget, alone`() throws {
    let counters = Counters()
    try WorkerPool<Int>.withWorkers(threads: 4, budget: 10, state: Self.nothing) { pool in
      for job in 0..<40 {
        let cost = job % 5 == 2 ? 1000 : 2
        try pool.submit(cost: cost) { _ in
          counters.begin(job, cost: cost)
          usleep(500)
          counters.values.withLock { if cost == 1000 && $0.running > 1 { $0.sharedRuns += 1 } }
          counters.end(cost: cost)
        }
      }
    }
    counters.values.withLock { values in
      #expect(values.sharedRuns == 0 && values.greatestCost == 1000 && values.order.count == 40)
    }
  }

  @Test(arguments: [1, 2, 4], [0, 1, 7, 39])
  func `throws a job's failure`(threads: Int, failing: Int) {
    #expect(throws: Failure(number: failing)) {
      try WorkerPool<Int>.withWorkers(threads: threads, budget: 1000, state: Self.nothing) { pool in
        for job in 0..<40 {
          try pool.submit(cost: 1) { _ in if job == failing { throw Failure(number: job) } }
        }
      }
    }
  }

  @Test(arguments: 0..<30)
  func `throws the failure of the job that was submitted first, whichever fails first`(round: Int) {
    let hasFailed = Mutex(false)
    #expect(throws: Failure(number: 2)) {
      try WorkerPool<Int>.withWorkers(threads: 4, budget: 1000, state: Self.nothing) { pool in
        for job in 0..<200 {
          try pool.submit(cost: 1) { _ in
            if job == 2 {
              // Until the later one has failed, or for a while where there is no later one yet.
              for _ in 0..<200 where !hasFailed.withLock({ $0 }) { usleep(100) }
              usleep(UInt32(round) * 20)
              throw Failure(number: 2)
            }
            if job >= 3 {
              hasFailed.withLock { $0 = true }
              throw Failure(number: job)
            }
          }
        }
      }
    }
  }

  @Test(arguments: [1, 3])
  func `begins no job after a failure`(threads: Int) {
    let counters = Counters()
    #expect(throws: Failure(number: 5)) {
      try WorkerPool<Int>.withWorkers(threads: threads, budget: 1000, state: Self.nothing) { pool in
        for job in 0..<1000 {
          try pool.submit(cost: 1) { _ in
            counters.begin(job, cost: 1)
            if job == 5 { throw Failure(number: 5) }
            if job > 5 { usleep(2000) }
          }
        }
      }
    }
    // At most those that other threads had begun while the failure was on its way.
    #expect(counters.order.count <= 6 + (threads - 1) * 2 && counters.order.prefix(6).sorted() == [0, 1, 2, 3, 4, 5])
  }

  @Test func `refuses jobs after a failure, and says why again`() throws {
    var failures: [Failure] = []
    func attempt(_ body: () throws -> Void) {
      do { try body() } catch { failures.append(error as? Failure ?? Failure(number: -1)) }
    }
    attempt {
      try WorkerPool<Int>.withWorkers(threads: 2, budget: 1000, state: Self.nothing) { pool in
        try pool.submit(cost: 1) { _ in throw Failure(number: 1) }
        attempt { try pool.wait() }
        attempt { try pool.submit(cost: 1) { _ in Issue.record("a job ran") } }
      }
    }
    #expect(failures == [Failure(number: 1), Failure(number: 1), Failure(number: 1)])
  }

  @Test(arguments: [1, 2, 8])
  func `ends its threads, however its use ends`(threads: Int) throws {
    let counters = Counters()
    @Sendable func witness() -> Witness { Witness(counters) }
    try WorkerPool<Witness>.withWorkers(threads: threads, budget: 10, state: witness) { pool in
      for _ in 0..<20 { try pool.submit(cost: 1) { _ in } }
    }
    #expect(counters.values.withLock { $0.alive } == 0)
    #expect(throws: Failure(number: 9)) {
      try WorkerPool<Witness>.withWorkers(threads: threads, budget: 10, state: witness) { pool in
        try pool.submit(cost: 1) { _ in }
        throw Failure(number: 9)
      }
    }
    #expect(counters.values.withLock { $0.alive } == 0)
  }

  @Test func `is as large as the machine by default`() { #expect(Processors.available >= 1) }
}
