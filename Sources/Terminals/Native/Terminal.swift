#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// The standard streams of this process.
package enum Terminal {
  /// Moves to the start of the line and clears it.
  static let eraseLine = "\r\u{1B}[K"

  /// Whether standard error is a terminal that understands ``eraseLine``.
  package static var hasErrorTerminal: Bool {
    // SAFETY: the C string is compared at once.
    let isDumb = unsafe getenv("TERM").map { unsafe String(cString: $0) == "dumb" } ?? true
    return isatty(STDERR_FILENO) == 1 && !isDumb
  }

  /// The columns of the terminal on standard error; 80 where it does not say.
  static var errorColumns: Int {
    var size = winsize()
    // SAFETY: the call fills the struct it is given.
    let result = unsafe ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size)
    return result == 0 && size.ws_col > 0 ? Int(size.ws_col) : 80
  }

  /// Writes text to standard error; what cannot be written there is lost.
  package static func writeError(_ text: String) { _ = write(text, to: STDERR_FILENO) }

  /// Writes `program: error: message` in one line to standard error, over a bar that may still stand there.
  package static func writeError(_ message: String, of program: String) {
    let line = message.split(whereSeparator: \.isNewline).joined(separator: " ").printable
    writeError("\(hasErrorTerminal ? eraseLine : "")\(program): error: \(line)\n")
  }

  /// Writes lines to standard output.
  ///
  /// - Throws: ``OutputError`` where they cannot be written.
  package static func print(_ lines: [String]) throws(OutputError) {
    let text = lines.map { $0 + "\n" }.joined()
    let code = write(text, to: STDOUT_FILENO)
    // SAFETY: the C string is copied at once.
    if code != 0 { throw OutputError(reason: unsafe String(cString: strerror(code))) }
  }

  package static func print(_ text: String) throws(OutputError) { try print([text]) }

  /// Returns 0, or the system's error number.
  private static func write(_ text: String, to descriptor: Int32) -> Int32 {
    let bytes = Array(text.utf8)
    var done = 0
    while done < bytes.count {
      let count = unsafe bytes.withUnsafeBytes { buffer in
        // SAFETY: `done` is less than the count of the buffer.
        unsafe systemWrite(descriptor, buffer.baseAddress.map { unsafe $0 + done }, buffer.count - done)
      }
      if count < 0 {
        if errno == EINTR { continue }
        return errno
      }
      done += count
    }
    return 0
  }
}

/// Standard output does not take what is written there.
package struct OutputError: Error, Equatable, CustomStringConvertible {
  package let reason: String

  package var description: String { "standard output: cannot be written: \(reason); check where it leads" }
}

/// `write(2)`, under a name that ``Terminal`` does not hide.
private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
  unsafe write(descriptor, bytes, count)
}
