internal import Synchronization

/// Shows how far work has come: a bar with rate and time left on a terminal, a line a stage elsewhere.
///
/// May be called from any thread. The bar is redrawn at most ten times a second, and gone after ``end()``.
package final class ProgressIndicator: Sendable {
  package enum Style: Sendable, Equatable {
    /// For a terminal of so many columns.
    case bar(columns: Int)
    case lines
    case silent
  }

  /// What is counted.
  package enum Unit: Sendable, Equatable {
    case bytes
    /// Things, such as `videos`.
    case things(String)
  }

  private struct Stage {
    var title: String
    var unit: Unit
    var total: Int?
    var done = 0
    var begun: Duration
    /// When the bar was drawn last.
    var drawn: Duration?
  }

  private static let interval = Duration.milliseconds(100)

  private let style: Style
  private let write: @Sendable (String) -> Void
  private let now: @Sendable () -> Duration
  private let stage = Mutex<Stage?>(nil)

  /// - Parameters:
  ///   - write: takes what is to be shown.
  ///   - now: the time since some moment.
  package init(
    style: Style, write: @escaping @Sendable (String) -> Void, now: @escaping @Sendable () -> Duration
  ) {
    self.style = style
    self.write = write
    self.now = now
  }

  /// An indicator on standard error, of the style that fits what standard error is.
  package convenience init(isQuiet: Bool) {
    let start = ContinuousClock.now
    self.init(
      style: isQuiet ? .silent : Terminal.hasErrorTerminal ? .bar(columns: Terminal.errorColumns) : .lines,
      write: { Terminal.writeError($0) }, now: { ContinuousClock.now - start })
  }

  /// Begins a stage; the one before ends.
  ///
  /// - Parameter total: the work in all; nil where that is not known.
  package func begin(_ title: String, total: Int?, unit: Unit = .bytes) {
    stage.withLock { stage in
      var next = Stage(title: title, unit: unit, total: total, begun: now())
      switch style {
      case .silent: break
      case .lines:
        let amount = total.map { " " + Self.amount($0, unit) } ?? ""
        write("[\(Format.fixed(next.begun.seconds, 1)) s] \(title)\(amount)\n")
      case .bar(let columns): draw(&next, columns: columns)
      }
      stage = next
    }
  }

  /// Adds work done.
  package func advance(_ amount: Int) {
    stage.withLock { stage in
      guard var current = stage else { return }
      current.done += amount
      if case .bar(let columns) = style, let drawn = current.drawn, now() - drawn >= Self.interval {
        draw(&current, columns: columns)
      }
      stage = current
    }
  }

  /// Erases the bar.
  package func end() {
    stage.withLock { stage in
      if case .bar = style, stage != nil { write(Terminal.eraseLine) }
      stage = nil
    }
  }

  private func draw(_ stage: inout Stage, columns: Int) {
    let time = now()
    stage.drawn = time
    // A full line would wrap in some terminals.
    write(Terminal.eraseLine + Self.line(stage, after: (time - stage.begun).seconds, width: columns - 1))
  }

  private static func line(_ stage: Stage, after seconds: Double, width: Int) -> String {
    guard let total = stage.total, total > 0 else { return "\(stage.title) …".cut(to: width) }
    let share = min(1, Double(stage.done) / Double(total))
    let percent = Format.percent(min(stage.done, total), of: total)
    var parts = [String(repeating: " ", count: max(0, 4 - percent.count)) + percent]
    parts.append("of " + amount(total, stage.unit))
    if seconds > 0.3 && stage.done > 0 {
      let rate = Double(stage.done) / seconds
      if stage.unit == .bytes { parts.append(Format.bytes(Int(rate)) + "/s") }
      parts.append(Format.clock(Double(max(0, total - stage.done)) / rate) + " left")
    }
    let numbers = parts.joined(separator: "  ")
    let room = width - stage.title.count - numbers.count - 4
    if room < 8 { return "\(stage.title)  \(numbers)".cut(to: width) }
    return "\(stage.title)  \(Bar.filled(share, width: min(30, room)))  \(numbers)"
  }

  private static func amount(_ amount: Int, _ unit: Unit) -> String {
    switch unit {
    case .bytes: Format.bytes(amount)
    case .things(let noun): "\(Format.count(amount)) \(noun)"
    }
  }
}

extension Duration {
  /// As a number of seconds.
  package var seconds: Double { self / .seconds(1) }
}
