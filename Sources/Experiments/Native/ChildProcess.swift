internal import CSystem

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// Another program under way, whose output goes to a file. It is asked to stop when this process ends, however that ends.
///
/// To be used by one thread only, which must live as long as the child.
final class ChildProcess {
  private let id: pid_t
  private var status: Int32?

  /// Starts a program.
  ///
  /// - Parameters:
  ///   - program: its path.
  ///   - arguments: without the program's own name.
  ///   - output: the file that output and errors go to; it is made anew.
  /// - Throws: ``ExperimentError/cannotStart(program:reason:)``.
  init(_ program: String, _ arguments: [String], output: String) throws(ExperimentError) {
    // SAFETY: the copies are freed below, and the child has its own of them.
    var words = unsafe ([program] + arguments).map { unsafe strdup($0) } + [nil]
    defer { for index in unsafe words.indices { unsafe free(words[index]) } }
    let id = unsafe words.withUnsafeMutableBufferPointer { words -> pid_t in
      // SAFETY: the list ends with nil, as the call wants it.
      guard let start = words.baseAddress else { return -1 }
      return unsafe grf_child_start(program, start, output)
    }
    guard id > 0 else {
      // SAFETY: strerror returns a valid C string for every number, which is copied at once.
      throw .cannotStart(program: program, reason: unsafe String(cString: strerror(errno)))
    }
    self.id = id
  }

  deinit {
    if ended == nil { grf_child_kill(id) }
    while ended == nil { Pause.milliseconds(1) }
  }

  /// The exit status, or minus the number of the signal that ended it; nil while it goes on.
  var ended: Int32? {
    if let status { return status }
    var found: Int32 = 0
    // SAFETY: the call fills the number that it is given.
    if unsafe grf_child_ended(id, &found) == 1 { status = found }
    return status
  }

  /// Asks it to stop at the next good place.
  func stop() { if ended == nil { grf_child_stop(id) } }
}

/// Waiting.
enum Pause {
  static func milliseconds(_ count: UInt32) { usleep(count * 1000) }
}
