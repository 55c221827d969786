internal import Foundation

/// One thread beside whoever hands it jobs, which it does one after another: for work that waits, such as reading ahead.
///
/// Its owner never waits for it: a job for which there is no room is refused. When the owner lets go of it, the job
/// under way is finished, those behind it are dropped, and the thread has ended.
///
/// Not for computing: that is a ``WorkerPool``'s. A job must not hold the thread itself.
package final class BackgroundThread: Sendable {
  package typealias Job = @Sendable () -> Void

  private struct Queue: Sendable {
    var jobs: [Job] = []
    var isRunning = false
    var isClosed = false
  }

  private let depth: Int
  private let queue = Monitor(Queue())
  private let ended = DispatchGroup()

  /// Starts the thread.
  ///
  /// - Parameters:
  ///   - name: what a debugger shows.
  ///   - depth: how many jobs may wait or run at once, at least 1.
  package init(name: String, depth: Int) {
    precondition(depth >= 1, "room for no job")
    self.depth = depth
    ended.enter()
    let thread = Thread { [queue, ended] in
      while let job = Self.next(queue) {
        job()
        queue.update { $0.isRunning = false }
      }
      ended.leave()
    }
    thread.name = name
    thread.start()
  }

  deinit {
    queue.update { queue in
      queue.isClosed = true
      queue.jobs.removeAll()
    }
    ended.wait()
  }

  /// Hands a job over, and comes back at once.
  ///
  /// - Returns: false where as many jobs as there is room for wait or run; the job is then dropped.
  package func submit(_ job: @escaping Job) -> Bool {
    queue.wait { queue in
      guard queue.jobs.count + (queue.isRunning ? 1 : 0) < depth else { return false }
      queue.jobs.append(job)
      return true
    }
  }

  /// Waits until every job submitted so far is done.
  package func wait() {
    queue.wait { $0.jobs.isEmpty && !$0.isRunning ? () : nil }
  }

  /// The next job, or nil once the owner has let go.
  private static func next(_ queue: Monitor<Queue>) -> Job? {
    queue.wait { queue -> Job?? in
      if queue.isClosed { return .some(nil) }
      guard !queue.jobs.isEmpty else { return nil }
      queue.isRunning = true
      return queue.jobs.removeFirst()
    }
  }
}
