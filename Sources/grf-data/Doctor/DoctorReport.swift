import Inspection
import Terminals

/// What the doctor found, in text.
struct DoctorReport {
  private let report: InspectionReport
  private let isQuiet: Bool

  init(_ report: InspectionReport, isQuiet: Bool) {
    self.report = report
    self.isQuiet = isQuiet
  }

  var lines: [String] {
    let shown = report.sequences.filter { !isQuiet || !$0.findings.isEmpty }
    var blocks = (found.isEmpty ? [] : [summary]) + shown.map { Self.lines(of: $0) }
    if let lag = report.wordLag { blocks.append(Self.lines(of: lag)) }
    if !isQuiet && !found.isEmpty { blocks.append(advice) }
    return Array(blocks.joined(separator: [""]))
  }

  private static func lines(of lag: WordLag) -> [String] {
    func percent(_ share: Double) -> String { "\(Format.fixed(100 * share, 1))%" }
    let (segments, words) = (Format.count(lag.whole.segments, "segment"), Format.count(lag.whole.words, "word"))
    var lines = ["\(lag.root.printable) against \(lag.transcripts)"]
    lines.append("  \(segments) of \(Format.count(lag.videos.count, "video")), \(words)")
    var table = TextTable([.number("lag"), .number("agreement"), .text("")], indent: 2)
    for step in WordLag.lags {
      let sign = step > 0 ? "+" : ""
      table.add(["\(sign)\(step)", percent(lag.whole.agreement(at: step)), step == lag.best ? "best" : ""])
    }
    lines += table.lines()
    if lag.best != 0 {
      lines += "convert --lag words=\(lag.best),text=\(lag.best) moves words, and vectors of them, to where they belong"
        .wrapped(indent: 2)
    }
    let differing = lag.differing
    guard !differing.isEmpty else { return lines + ["  best in every video"] }
    lines.append("  \(Format.count(differing.count, "video")) with another best lag")
    for (id, tally) in differing.prefix(shownVideos) {
      let (its, whole) = (percent(tally.agreement(at: tally.best)), percent(tally.agreement(at: lag.best)))
      lines.append("    \(id.printable): \(tally.best) with \(its), \(lag.best) with \(whole)".cut(to: 80))
    }
    return differing.count > shownVideos ? lines + ["    …"] : lines
  }

  /// Videos with a lag of their own that are listed; --json has all.
  private static let shownVideos = 20

  private static func lines(of sequence: SequenceReport) -> [String] {
    let columns = sequence.holdsTokens ? "text" : Format.count(sequence.columns, "column")
    let shape = "\(Format.count(sequence.rows, "row")) of \(columns)"
    let title = "\(sequence.root.printable) (\(sequence.modality))"
    let size = "  \(sequence.file): \(Format.count(sequence.entries, "entry", "entries")), \(shape)"
    let findings = sequence.findings.flatMap(lines(of:))
    return [title, size] + (findings.isEmpty ? ["  nothing found"] : findings)
  }

  private static func lines(of finding: Finding) -> [String] {
    let rule = finding.rule
    let more = finding.places.count < finding.count && finding.places.count == Finding.keptPlaces ? ["    …"] : []
    let ordered = finding.countInFileOrder.map { " by start, \(Format.count($0)) in the order of the file" } ?? ""
    return ["  \(rule.rawValue): \(Format.count(finding.count, rule.unit, rule.units))\(ordered)"]
      + finding.places.map { "    \(text(of: $0))".cut(to: 80) } + more
  }

  private static func text(of place: Place) -> String {
    var parts: [String] = []
    if let entry = place.entry { parts.append(entry.printable) }
    if let row = place.row { parts.append("row \(row)") }
    if let column = place.column { parts.append("column \(column)") }
    var text = parts.joined(separator: " ")
    if let time = place.time { text += " at \(Format.number(time, digits: 6)) s" }
    if let detail = place.detail { text += (text.isEmpty ? "" : ": ") + detail.printable }
    return text
  }

  /// Rules by what they cost whoever overlooks them: values that are none, frames that go to wrong samples or to none,
  /// targets that contradict each other; the others follow as they are.
  private static let mostHarmful: [Rule] = [
    .unreadable, .absent, .unfit, .relativeTimes, .timeUnit, .wordLag, .conflictingLabels, .unknownVideo,
    .outsideSegments, .missingEntry, .positiveInfinity, .negativeInfinity, .overflow, .nan, .zeroFrames, .rateChange,
    .gap,
  ]

  private var summary: [String] {
    let rules = Self.mostHarmful + Rule.allCases.filter { !Self.mostHarmful.contains($0) }
    var table = TextTable([.text(""), .text(""), .text("")], indent: 2)
    for rule in rules where found.contains(rule) {
      let places = report.sequences.compactMap { sequence in
        sequence.findings.first { $0.rule == rule }.map { (sequence.modality, $0.count) }
      }
      let count = Format.count(places.reduce(0) { $0 + $1.1 }, rule.unit, rule.units)
      table.add([rule.rawValue, count, places.map(\.0).joined(separator: ", ")])
    }
    return ["found, the most harmful first"] + table.lines()
  }

  private var found: Set<Rule> { Set(report.sequences.flatMap { $0.findings.map(\.rule) }) }

  private var advice: [String] {
    let found = found
    var groups: [(rules: [String], advice: String)] = []
    for rule in Rule.allCases where found.contains(rule) {
      if groups.last?.advice == rule.advice {
        groups[groups.count - 1].rules.append(rule.rawValue)
      } else {
        groups.append(([rule.rawValue], rule.advice))
      }
    }
    let lines = groups.flatMap { ["  \($0.rules.joined(separator: ", "))"] + $0.advice.wrapped(indent: 4) }
    return ["what convert does about it"] + lines
  }
}
