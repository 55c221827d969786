/// Consecutive frames of an entry that follow each other at one step.
struct Stretch: Sendable, Equatable {
  /// Fewer steps than this tell no rate.
  static let leastSteps = 10
  /// How far a step may lie from its stretch's first: 10 %.
  static let spread = 0.1
  /// How far a stretch's mean step may lie from the sequence's: 2 %.
  static let drift = 0.02
  /// A step of more than so many of its stretch's is a gap.
  static let gap = 1.5
  /// An entry is regular where at least this share of its steps lies in stretches.
  static let regularShare = 0.9

  let entry: String
  /// The row that the stretch begins with, and its start in seconds.
  let row: Int
  let time: Double
  let steps: Int
  /// Seconds, on average.
  let step: Double

  /// What a Float32 can say of times near `time`: differences of stored times are off by up to so much.
  private static func rounding(_ time: Double) -> Double { 2 * Double(Float(time).ulp) }

  static func areNear(_ step: Double, _ first: Double, at time: Double) -> Bool {
    abs(step - first) <= spread * first + rounding(time)
  }

  /// Whether this stretch goes at another rate than `expected` seconds a step.
  func departs(from expected: Double) -> Bool {
    abs(step - expected) > Self.drift * expected + Self.rounding(time) / Double(steps)
  }
}

/// The rates of an entry: its stretches, where it is regular, and the gaps between them.
struct EntryTiming: Sendable {
  /// Empty for an entry without a rate, as of words.
  private(set) var stretches: [Stretch] = []

  /// - Parameters:
  ///   - starts: by row.
  ///   - order: rows by start.
  init(entry: String, starts: [Double], order: [Int], into findings: inout Findings) {
    // Rows that start together are one point in time.
    var points: [Int] = []
    points.reserveCapacity(order.count)
    for row in order where points.last.map({ starts[$0] < starts[row] }) ?? true { points.append(row) }
    guard points.count > Stretch.leastSteps else { return }
    let steps = points.count - 1
    func step(_ index: Int) -> Double { starts[points[index + 1]] - starts[points[index]] }

    var found: [Stretch] = []
    var loose: [(step: Int, afterStretches: Int)] = []
    var covered = 0
    var low = 0
    while low < steps {
      let first = step(low)
      var high = low + 1
      while high < steps && Stretch.areNear(step(high), first, at: starts[points[high]]) { high += 1 }
      if high - low >= Stretch.leastSteps {
        let seconds = starts[points[high]] - starts[points[low]]
        found.append(
          Stretch(
            entry: entry, row: points[low], time: starts[points[low]], steps: high - low,
            step: seconds / Double(high - low)))
        covered += high - low
        low = high
      } else {
        loose.append((low, found.count))
        low += 1
      }
    }
    guard Double(covered) >= Stretch.regularShare * Double(steps) else { return }
    stretches = found
    for (index, after) in loose {
      let usual = found[max(0, after - 1)].step
      guard step(index) > Stretch.gap * usual else { continue }
      let row = points[index]
      findings.add(
        .gap,
        Place(
          entry: entry, row: row, time: starts[row],
          detail: "the next frame begins \(step(index).short) s later, not \(usual.short) s"))
    }
  }

  /// The step of a sequence: the median over the stretches of all its entries, each as often as it has steps.
  static func usualStep(_ stretches: [Stretch]) -> Double? {
    let total = stretches.reduce(0) { $0 + $1.steps }
    var seen = 0
    for stretch in stretches.sorted(by: { $0.step < $1.step }) {
      seen += stretch.steps
      if 2 * seen >= total { return stretch.step }
    }
    return nil
  }

  static func inspect(_ stretches: [Stretch], into findings: inout Findings) {
    guard let usual = usualStep(stretches) else { return }
    for stretch in stretches where stretch.departs(from: usual) {
      findings.add(
        .rateChange,
        Place(
          entry: stretch.entry, row: stretch.row, time: stretch.time,
          detail: "\((1 / stretch.step).short) rows a second, not \((1 / usual).short), for \(stretch.steps) steps"))
    }
  }
}
