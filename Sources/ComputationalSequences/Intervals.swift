/// The time intervals of rows, in seconds, as Doubles: `[rows]` starts and ends.
///
/// Published files store Float32 as well as Float64; both are promoted before anything is compared, because a Float's
/// unit in the last place exceeds the overlap tolerance after 128 seconds.
public struct Intervals: Sendable, Equatable {
  public private(set) var starts: [Double] = []
  public private(set) var ends: [Double] = []

  public init() {}

  public var count: Int { starts.count }

  /// Appends rows given as `[rows, 2]`.
  ///
  /// - Throws: ``SequenceError/invalidInterval(path:entry:row:start:end:)`` where a bound is not finite or an end lies
  ///   before its start.
  package mutating func append(_ values: [Double], path: String, entry: String) throws(SequenceError) {
    let rows = values.count / 2
    starts.reserveCapacity(count + rows)
    ends.reserveCapacity(count + rows)
    for row in 0..<rows {
      let (start, end) = (values[2 * row], values[2 * row + 1])
      guard start.isFinite, end.isFinite, end >= start else {
        throw .invalidInterval(path: path, entry: entry, row: row, start: start, end: end)
      }
      starts.append(start)
      ends.append(end)
    }
  }

  package mutating func append(start: Double, end: Double) {
    starts.append(start)
    ends.append(end)
  }

  /// The least start and the greatest end, or nil without rows.
  package var hull: (start: Double, end: Double)? {
    guard let start = starts.min(), let end = ends.max() else { return nil }
    return (start, end)
  }
}
