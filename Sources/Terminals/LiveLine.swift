/// A line on standard error that is written over again and again; nothing where that is no terminal.
///
/// At most ten times a second. Not for several threads.
package struct LiveLine {
  private let columns: Int?
  private var drawn: ContinuousClock.Instant?

  package init(isQuiet: Bool) {
    columns = !isQuiet && Terminal.hasErrorTerminal ? Terminal.errorColumns : nil
  }

  /// Shows the text in place of what stood there, if it is time.
  package mutating func show(_ text: @autoclosure () -> String) {
    guard let columns else { return }
    let now = ContinuousClock.now
    if let drawn, drawn.duration(to: now) < .milliseconds(100) { return }
    drawn = now
    // A full line would wrap in some terminals.
    Terminal.writeError(Terminal.eraseLine + text().cut(to: columns - 1))
  }

  /// Erases the line, so that other text can be printed.
  package mutating func clear() {
    if drawn != nil { Terminal.writeError(Terminal.eraseLine) }
    drawn = nil
  }
}
