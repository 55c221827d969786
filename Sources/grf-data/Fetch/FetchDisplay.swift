import Retrieval
import Synchronization
import Terminals

/// How far files have come: bars in one line on a terminal, a line an event elsewhere.
final class FetchDisplay: Sendable {
  /// A file under way.
  private struct Active: Sendable {
    let name: String
    var bytes: Int
    let total: Int?
  }

  private struct State: Sendable {
    var line: LiveLine
    var active: [Active] = []
    var ended = 0
    var received = 0
  }

  /// Columns of a bar.
  private static let width = 8

  private let files: Int
  private let isQuiet: Bool
  private let start = ContinuousClock.now
  private let state: Mutex<State>

  init(files: Int, isQuiet: Bool) {
    self.files = files
    self.isQuiet = isQuiet
    state = Mutex(State(line: LiveLine(isQuiet: isQuiet)))
  }

  /// May be called from any thread.
  func show(_ event: FetchEvent) {
    if isQuiet { return }
    state.withLock { state in
      switch event {
      case .checking(let file):
        if !Terminal.hasErrorTerminal { tell("\(file.name): is there, being checked", &state) }
      case .began(let file, let place, let there, let total):
        state.active.removeAll { $0.name == file.name }
        state.active.append(Active(name: file.name, bytes: there, total: total))
        if !Terminal.hasErrorTerminal { tell("\(file.name): \(Self.beginning(place, there, total))", &state) }
      case .received(let file, let bytes):
        state.received += bytes
        if let i = state.active.firstIndex(where: { $0.name == file.name }) { state.active[i].bytes += bytes }
      case .waiting(let file, let place, let error, let seconds):
        tell("\(file.name): \(place): \(error); again in \(Format.duration(seconds))", &state)
      case .noted(let file, let text): tell("\(file.name): \(text)", &state)
      case .ended(let report):
        state.ended += 1
        state.active.removeAll { $0.name == report.file.name }
        if report.isThere { tell("\(report.file.name): whole", &state) }
      }
      // Composed only when it is time to draw.
      let now = state
      state.line.show(bars(now))
    }
  }

  func end() { state.withLock { $0.line.clear() } }

  /// A line that stays.
  private func tell(_ text: String, _ state: inout State) {
    state.line.clear()
    Terminal.writeError("[\(Format.fixed(seconds, 1)) s] \(text.printable)\n")
  }

  private var seconds: Double { (ContinuousClock.now - start).seconds }

  private static func beginning(_ place: String, _ there: Int, _ total: Int?) -> String {
    let all = total.map { "\(Format.bytes($0)) " } ?? ""
    return there == 0 ? "\(all)from \(place)" : "\(all)from \(place), \(Format.bytes(there)) are there"
  }

  private func bars(_ state: State) -> String {
    var parts = ["\(state.ended)/\(files) files", Format.bytes(state.received)]
    if seconds > 0.3 { parts.append(Format.bytes(Int(Double(state.received) / seconds)) + "/s") }
    for file in state.active {
      let name = file.name.split(separator: "_").dropFirst(2).joined(separator: "_").prefix { $0 != "." }
      guard let total = file.total, total > 0 else {
        parts.append("\(name) \(Format.bytes(file.bytes))")
        continue
      }
      let bar = Bar.solid(Double(file.bytes) / Double(total), width: Self.width)
      let rest = String(repeating: "░", count: Self.width - bar.count)
      parts.append("\(name) \(bar)\(rest) \(Format.percent(file.bytes, of: total))")
    }
    return parts.joined(separator: "  ")
  }
}
