internal import Foundation

/// A value behind a lock, and threads that wait until it allows them to go on.
final class Monitor<Value>: @unchecked Sendable {
  private let condition = NSCondition()
  // Read and written only while `condition` is locked, which is what makes the class sendable.
  private var value: Value

  init(_ value: sending Value) { self.value = value }

  /// Tries `attempt` on the value, again after each change by another thread, until it returns something. It must
  /// leave the value alone when it returns nil.
  func wait<Result>(for attempt: (inout Value) throws -> Result?) rethrows -> Result {
    condition.lock()
    defer { condition.unlock() }
    while true {
      if let result = try attempt(&value) {
        condition.broadcast()
        return result
      }
      condition.wait()
    }
  }

  func update(_ change: (inout Value) -> Void) { wait { change(&$0) } }
}
