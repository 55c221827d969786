internal import Crypto
internal import Files
internal import Synchronization
internal import Workers

/// The SHA-256 of a file that is still being written: a thread of its own reads behind the writer, from memory mostly.
package final class FileDigest: Sendable {
  private let reader: Reader
  private let helper = BackgroundThread(name: "digest", depth: 1)

  init(_ path: String) throws(FileError) { reader = try Reader(path) }

  /// Says that the file has `size` bytes by now. Comes back at once.
  func follow(to size: Int) {
    // Where there is no room the one before is still under way, and a later call makes up for this one.
    _ = helper.submit { [reader] in reader.advance(to: size) { false } }
  }

  /// The digest of the first `size` bytes, as 64 lower-case hexadecimal digits.
  func finish(at size: Int) throws(RetrievalError) -> String {
    helper.wait()
    return try reader.finish(at: size) { false }
  }

  /// The digest of a file as it is.
  ///
  /// - Parameter isStopRequested: asked again and again; the result is then ``RetrievalError/stopped``.
  package static func of(_ path: String, size: Int, isStopRequested: () -> Bool) throws(RetrievalError) -> String {
    try onDisk { () throws(FileError) in try Reader(path) }.finish(at: size, isStopRequested)
  }

  /// Apart from ``FileDigest``, so that a job never holds the thread that it runs on.
  private final class Reader: Sendable {
    private struct State: Sendable {
      var hash = SHA256()
      var done = 0
      var failure: FileError?
    }

    /// Stays in a core's own cache.
    private static let block = 256 << 10

    private let file: File
    private let state = Mutex(State())

    init(_ path: String) throws(FileError) { file = try File(reading: path) }

    func advance(to size: Int, _ isStopRequested: () -> Bool) {
      state.withLock { state in
        do throws(FileError) {
          while state.done < size && state.failure == nil && !isStopRequested() {
            let bytes = try file.read(bytes: min(Self.block, size - state.done), at: state.done)
            state.hash.update(data: bytes)
            state.done += bytes.count
          }
        } catch { state.failure = error }
      }
    }

    func finish(at size: Int, _ isStopRequested: () -> Bool) throws(RetrievalError) -> String {
      advance(to: size, isStopRequested)
      let state = state.withLock { $0 }
      if let failure = state.failure { throw .file(failure) }
      guard state.done == size else { throw .stopped }
      return state.hash.finalize().map { byte in
        let digits = String(byte, radix: 16)
        return digits.count == 1 ? "0" + digits : digits
      }.joined()
    }
  }
}
