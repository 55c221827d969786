import Foundation
import Synchronization
import Terminals
import Testing

/// What an indicator wrote, and a clock that stands still until it is moved.
private final class Screen: Sendable {
  private let state = Mutex((text: "", seconds: 0.0))

  var text: String { state.withLock { $0.text } }
  /// What stands on the last line.
  var visible: String { text.components(separatedBy: "\r\u{1B}[K").last ?? "" }

  func pass(_ seconds: Double) { state.withLock { $0.seconds += seconds } }

  func indicator(_ style: ProgressIndicator.Style) -> ProgressIndicator {
    ProgressIndicator(
      style: style, write: { text in self.state.withLock { $0.text += text } },
      now: { .seconds(self.state.withLock { $0.seconds }) })
  }
}

@Suite struct ProgressIndicatorTests {
  @Test func aBarShowsShareRateAndTimeLeft() {
    let screen = Screen()
    let indicator = screen.indicator(.bar(columns: 80))
    indicator.begin("reading", total: 100 << 20)
    screen.pass(1)
    indicator.advance(25 << 20)
    #expect(screen.visible == "reading  ██████▊░░░░░░░░░░░░░░░░░░░░   25%  of 100.0 MiB  25.0 MiB/s  0:03 left")
  }

  @Test(arguments: [10, 20, 40, 60, 80, 200])
  func aBarFitsItsLine(columns: Int) {
    let screen = Screen()
    let indicator = screen.indicator(.bar(columns: columns))
    indicator.begin("reading", total: 1 << 40)
    screen.pass(1)
    indicator.advance(1 << 20)
    #expect(screen.visible.displayWidth < columns)
  }

  @Test func aBarIsDrawnAtMostTenTimesASecond() {
    let screen = Screen()
    let indicator = screen.indicator(.bar(columns: 80))
    indicator.begin("reading", total: 1000)
    for _ in 0..<1000 {
      screen.pass(0.001)
      indicator.advance(1)
    }
    #expect(screen.text.components(separatedBy: "\r").count - 1 <= 11)
  }

  @Test func nothingIsLeftOfABarAtTheEnd() {
    let screen = Screen()
    let indicator = screen.indicator(.bar(columns: 80))
    indicator.begin("sizing", total: nil)
    #expect(screen.visible == "sizing …")
    indicator.end()
    #expect(screen.visible.isEmpty)
    let text = screen.text
    indicator.end()
    indicator.advance(1)
    #expect(screen.text == text)
  }

  @Test func elsewhereAStageIsALine() {
    let screen = Screen()
    let indicator = screen.indicator(.lines)
    indicator.begin("sizing", total: nil)
    screen.pass(0.26)
    indicator.begin("reading", total: 1 << 20)
    indicator.advance(1 << 20)
    indicator.begin("raw.csd", total: 25, unit: .things("videos"))
    indicator.end()
    #expect(screen.text == "[0.0 s] sizing\n[0.3 s] reading 1.0 MiB\n[0.3 s] raw.csd 25 videos\n")
  }

  @Test func aSilentOneSaysNothing() {
    let screen = Screen()
    let indicator = screen.indicator(.silent)
    indicator.begin("sizing", total: 1)
    indicator.advance(1)
    indicator.end()
    #expect(screen.text.isEmpty)
  }

  @Test func anyThreadMayAdvance() async {
    let screen = Screen()
    let indicator = screen.indicator(.bar(columns: 80))
    indicator.begin("reading", total: 8000, unit: .things("rows"))
    await withTaskGroup { group in
      for _ in 0..<8 { group.addTask { for _ in 0..<1000 { indicator.advance(1) } } }
    }
    screen.pass(1)
    indicator.advance(0)
    #expect(screen.visible.contains(" 100%  of 8,000 rows"))
  }
}
