/// How often a sequence has a row, judged by some of its entries.
public struct FrameRate: Sendable, Equatable {
  /// Rows a second.
  public let perSecond: Double
  /// Whether rows follow each other at the same step; otherwise the rate is an average.
  public let isRegular: Bool

  /// - Parameter entries: the starts of each entry's rows, in seconds, in any order.
  /// - Returns: nil where no entry has two rows that start at different times.
  package init?(starts entries: [[Double]]) {
    let sorted = entries.map { $0.sorted() }
    let steps = sorted.flatMap { starts in zip(starts.dropFirst(), starts).map { $0 - $1 } }.filter { $0 > 0 }.sorted()
    guard !steps.isEmpty else { return nil }
    let median = steps[steps.count / 2]
    let near = steps.count { abs($0 - median) <= 0.02 * median }
    isRegular = near * 10 >= steps.count * 9
    let seconds = steps.reduce(0, +)
    perSecond = isRegular ? 1 / median : Double(steps.count) / seconds
  }
}

extension SequenceFile {
  /// Estimates a root's frame rate from the intervals of a few entries, spread over the root.
  ///
  /// - Throws: ``SequenceError`` where those intervals cannot be read or make no sense.
  public func frameRate(of root: SequenceRoot) throws -> FrameRate? {
    let entries = root.entries.filter { $0.rows > 1 }
    let wanted = 8
    let step = max(1, (entries.count + wanted - 1) / wanted)
    let starts = try stride(from: 0, to: entries.count, by: step).map { index in
      try readIntervals(of: entries[index], in: root).starts
    }
    return FrameRate(starts: starts)
  }
}
