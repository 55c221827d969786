extension Tape {
  /// `y = max(x, 0)`; the gradient at 0 is 0.
  package mutating func relu(_ x: Value) -> Value {
    let result = add("relu", rows: x.rows, columns: x.columns, isConstant: isConstant(x))
    block(result).assignReLU(block(x))
    record(result, .relu(ReLU(x: x, result: result)))
    return result
  }
}

struct ReLU: Step {
  let x: Tape.Value
  let result: Tape.Value

  func backward(_ tape: inout Tape) {
    guard let dy = tape.incoming(result), let (dx, adds) = tape.outgoing(x) else { return }
    dx.takeReLUGradient(tape.block(x), dy, adds: adds)
  }
}
