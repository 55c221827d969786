extension WorkerPool where State: ~Copyable {
  /// Runs `work` for every index below `count`, on the pool's threads, and hands the results to `use`, on this thread
  /// and in order.
  ///
  /// Only a few results a thread wait for their turn: where one takes long, those behind it are not begun.
  ///
  /// - Parameters:
  ///   - threads: at least 1.
  ///   - state: a thread's own state, made on that thread.
  /// - Throws: the failure of the first index that fails, or what `use` throws; what was begun is finished first.
  package static func inOrder<Result: Sendable>(
    count: Int, threads: Int, state: @autoclosure @escaping @Sendable () -> State,
    work: @escaping @Sendable (inout State, Int) throws -> Result, use: (Result) throws -> Void
  ) throws {
    let window = threads * 4
    let results = Monitor<[Int: Swift.Result<Result, any Error>]>([:])
    try withWorkers(threads: threads, budget: window, state: state()) { pool in
      var submitted = 0
      for next in 0..<count {
        while submitted < min(count, next + window) {
          let index = submitted
          try pool.submit(cost: 1) { state in
            let result: Swift.Result<Result, any Error>
            do { result = .success(try work(&state, index)) } catch { result = .failure(error) }
            results.update { $0[index] = result }
          }
          submitted += 1
        }
        try use(results.wait { $0.removeValue(forKey: next) }.get())
      }
    }
  }
}
