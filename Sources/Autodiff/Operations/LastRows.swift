extension Tape {
  /// The last row of each segment; 0 for a segment without rows.
  ///
  /// - Parameter x: `[ΣT, n]`.
  /// - Returns: `[segments, n]`.
  package mutating func lastRows(_ x: Value, segments: Segments) -> Value {
    precondition(segments.rows == x.rows, "segments of \(segments.rows) rows for \(x.rows)")
    let n = x.columns
    let result = add("last rows", rows: segments.count, columns: n, isConstant: isConstant(x))
    let (source, target) = (block(x), block(result))
    for segment in 0..<segments.count {
      let part = target[segment * n..<(segment + 1) * n]
      if let last = rows(of: segment, in: segments).last {
        part.take(source[last * n..<(last + 1) * n], adds: false)
      } else {
        part.clear()
      }
    }
    record(result, .lastRows(LastRows(x: x, result: result, segments: segments)))
    return result
  }
}

struct LastRows: Step {
  let x: Tape.Value
  let result: Tape.Value
  let segments: Segments

  func backward(_ tape: inout Tape) {
    guard let dy = tape.incoming(result), let dx = tape.accumulator(x) else { return }
    let n = x.columns
    for segment in 0..<segments.count {
      guard let last = tape.rows(of: segment, in: segments).last else { continue }
      dx[last * n..<(last + 1) * n].take(dy[segment * n..<(segment + 1) * n], adds: true)
    }
  }
}
