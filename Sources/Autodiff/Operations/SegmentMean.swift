extension Tape {
  /// The mean of each segment's rows; 0 for a segment without rows.
  ///
  /// - Parameter x: `[ΣT, n]`.
  /// - Returns: `[segments, n]`.
  package mutating func segmentMean(_ x: Value, segments: Segments) -> Value {
    precondition(segments.rows == x.rows, "segments of \(segments.rows) rows for \(x.rows)")
    let n = x.columns
    let result = add("segment mean", rows: segments.count, columns: n, isConstant: isConstant(x))
    let (source, target) = (block(x), block(result))
    for segment in 0..<segments.count {
      let rows = rows(of: segment, in: segments)
      target[segment * n..<(segment + 1) * n].assignMean(source[rows.lowerBound * n..<rows.upperBound * n])
    }
    record(result, .segmentMean(SegmentMean(x: x, result: result, segments: segments)))
    return result
  }
}

struct SegmentMean: Step {
  let x: Tape.Value
  let result: Tape.Value
  let segments: Segments

  func backward(_ tape: inout Tape) {
    guard let dy = tape.incoming(result), let dx = tape.accumulator(x) else { return }
    let n = x.columns
    for segment in 0..<segments.count {
      let rows = tape.rows(of: segment, in: segments)
      if rows.isEmpty { continue }
      dx[rows.lowerBound * n..<rows.upperBound * n]
        .addToRows(dy[segment * n..<(segment + 1) * n], scale: 1 / Float(rows.count))
    }
  }
}
