package import PackedSequences

/// How the frames that overlap a row become one.
package enum Collapse: String, Sendable, CaseIterable {
  /// The average of each dimension's finite values; NaN where there is none.
  case mean
  /// The frame that begins first, of several the first in its sequence.
  case first
  /// The frame that begins last, of several the last in its sequence.
  case last
  /// The greatest of each dimension's finite values; NaN where there is none.
  case max

  /// Whether it makes values that no frame had, which tokens do not allow.
  package var needsNumbers: Bool { self == .mean || self == .max }

  /// The frames that the result is made of, in source order.
  ///
  /// - Parameter frames: by start, ties by row.
  package func sources(_ frames: ArraySlice<RowRun>) -> [RowRun] {
    guard let first = frames.first, let last = frames.last else { return [] }
    switch self {
    case .first: return [RowRun(start: first.start, count: 1)]
    case .last: return [RowRun(start: last.end - 1, count: 1)]
    case .mean, .max: return frames.count == 1 ? [first] : frames.sorted { $0.start < $1.start }
    }
  }
}
