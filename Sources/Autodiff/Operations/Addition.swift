internal import CKernels

extension Tape {
  /// `y = a + b`, of equal shapes.
  package mutating func addition(_ a: Value, _ b: Value) -> Value {
    precondition(a.rows == b.rows && a.columns == b.columns, "shapes differ")
    let result = add("addition", rows: a.rows, columns: a.columns, isConstant: isConstant(a) && isConstant(b))
    block(result).assignSum(block(a), block(b))
    record(result, .addition(Addition(a: a, b: b, result: result, mask: nil)))
    return result
  }

  /// `y = a + drop(b)`: the residual connection, in one go.
  ///
  /// - Parameters:
  ///   - a, b: `[R, n]`.
  ///   - dropout: the probability that an element of b is dropped; the others are divided by 1 − probability.
  ///   - segments: whose rows are whose.
  package mutating func addition(_ a: Value, _ b: Value, dropout: Float, segments: Segments) -> Value {
    guard let mask = mask(dropout, segments, b) else { return addition(a, b) }
    precondition(a.rows == b.rows && a.columns == b.columns, "shapes differ")
    let result = add("addition", rows: a.rows, columns: a.columns, isConstant: isConstant(a) && isConstant(b))
    let (x, branch, y) = (block(a), block(b), block(result))
    mask.forEachSegment(self, columns: b.columns) { range, stream in
      y[range].assignSum(x[range], dropped: branch[range], stream)
    }
    record(result, .addition(Addition(a: a, b: b, result: result, mask: mask)))
    return result
  }
}

struct Addition: Step {
  let a: Tape.Value
  let b: Tape.Value
  let result: Tape.Value
  let mask: Mask?

  func backward(_ tape: inout Tape) {
    guard let dy = tape.incoming(result) else { return }
    if let (db, adds) = tape.outgoing(b) {
      if let mask {
        mask.forEachSegment(tape, columns: b.columns) { range, stream in
          if adds { db[range].addDropped(dy[range], stream) } else { db[range].assignDropped(dy[range], stream) }
        }
      } else {
        db.take(dy, adds: adds)
      }
    }
    tape.pass(result, to: a)
  }
}
