extension Tape {
  /// `[a; b]`: the columns of b after those of a.
  ///
  /// - Parameters:
  ///   - a: `[R, m]`.
  ///   - b: `[R, n]`.
  /// - Returns: `[R, m + n]`.
  package mutating func concatenation(_ a: Value, _ b: Value) -> Value {
    precondition(a.rows == b.rows, "\(a.rows) rows beside \(b.rows)")
    let (m, n) = (a.columns, b.columns)
    let result = add("concatenation", rows: a.rows, columns: m + n, isConstant: isConstant(a) && isConstant(b))
    let (left, right, y) = (block(a), block(b), block(result))
    for row in 0..<a.rows {
      let start = row * (m + n)
      y[start..<start + m].take(left[row * m..<(row + 1) * m], adds: false)
      y[start + m..<start + m + n].take(right[row * n..<(row + 1) * n], adds: false)
    }
    record(result, .concatenation(Concatenation(a: a, b: b, result: result)))
    return result
  }
}

struct Concatenation: Step {
  let a: Tape.Value
  let b: Tape.Value
  let result: Tape.Value

  func backward(_ tape: inout Tape) {
    guard let dy = tape.incoming(result) else { return }
    for (value, first) in [(a, 0), (b, a.columns)] {
      guard let (target, adds) = tape.outgoing(value) else { continue }
      let n = value.columns
      for row in 0..<value.rows {
        let start = row * result.columns + first
        target[row * n..<(row + 1) * n].take(dy[start..<start + n], adds: adds)
      }
    }
  }
}
