extension Tape {
  /// `y = tanh(x)`.
  package mutating func tanh(_ x: Value) -> Value {
    let result = add("tanh", rows: x.rows, columns: x.columns, isConstant: isConstant(x))
    block(result).assignTanh(block(x))
    record(result, .tanh(Tanh(x: x, result: result)))
    return result
  }
}

struct Tanh: Step {
  let x: Tape.Value
  let result: Tape.Value

  func backward(_ tape: inout Tape) {
    guard let dy = tape.incoming(result), let (dx, adds) = tape.outgoing(x) else { return }
    dx.takeTanhGradient(result: tape.block(result), dy, adds: adds)
  }
}
