/// `count` consecutive rows from `start`.
///
/// The frames of a sample are almost always one run of a sequence's rows; lists of runs keep a plan small.
public struct RowRun: Hashable, Sendable {
  public var start: Int
  public var count: Int

  public init(start: Int, count: Int) {
    self.start = start
    self.count = count
  }

  public var end: Int { start + count }
  public var range: Range<Int> { start..<end }
}

extension [RowRun] {
  /// Appends one row, lengthening the last run where it continues it.
  public mutating func append(row: Int) {
    if let last = indices.last, self[last].end == row {
      self[last].count += 1
    } else {
      append(RowRun(start: row, count: 1))
    }
  }

  public var rowCount: Int { reduce(0) { $0 + $1.count } }
}
