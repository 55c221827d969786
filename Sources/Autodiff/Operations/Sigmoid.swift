extension Tape {
  /// `y = 1 / (1 + exp(−x))`.
  package mutating func sigmoid(_ x: Value) -> Value {
    let result = add("sigmoid", rows: x.rows, columns: x.columns, isConstant: isConstant(x))
    block(result).assignSigmoid(block(x))
    record(result, .sigmoid(Sigmoid(x: x, result: result)))
    return result
  }
}

struct Sigmoid: Step {
  let x: Tape.Value
  let result: Tape.Value

  func backward(_ tape: inout Tape) {
    guard let dy = tape.incoming(result), let (dx, adds) = tape.outgoing(x) else { return }
    dx.takeSigmoidGradient(result: tape.block(result), dy, adds: adds)
  }
}
