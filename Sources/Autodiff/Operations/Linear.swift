extension Tape {
  /// `y = x Wᵀ + b`.
  ///
  /// - Parameters:
  ///   - x: `[R, k]`.
  ///   - weight: `[n, k]`.
  ///   - bias: `[n]`, or nil for none.
  /// - Returns: `[R, n]`.
  package mutating func linear(_ x: Value, weight: Parameter, bias: Parameter?) -> Value {
    precondition(weight.columns == x.columns, "\(x.columns) columns for a weight of \(weight.columns)")
    precondition(bias == nil || bias?.columns == weight.rows)
    let result = add("linear", rows: x.rows, columns: weight.rows, isConstant: false)
    if let bias { block(result).fillRows(weights(bias)) }
    Product.timesTransposed(
      matrix(x), Matrix(weights(weight), weight.rows, weight.columns), into: matrix(result), adds: bias != nil)
    record(result, .linear(Linear(x: x, result: result, weight: weight, bias: bias)))
    return result
  }

  func matrix(_ value: Value) -> Matrix { Matrix(block(value), value.rows, value.columns) }
}

struct Linear: Step {
  let x: Tape.Value
  let result: Tape.Value
  let weight: Parameter
  let bias: Parameter?

  func backward(_ tape: inout Tape) {
    guard let incoming = tape.incoming(result) else { return }
    let dy = Matrix(incoming, result.rows, result.columns)
    if let bias { tape.gradient(bias).addColumnSums(incoming) }
    Product.addTransposedTimes(
      dy, tape.matrix(x), into: Matrix(tape.gradient(weight), weight.rows, weight.columns))
    guard let (dx, adds) = tape.outgoing(x) else { return }
    Product.times(
      dy, Matrix(tape.weights(weight), weight.rows, weight.columns), into: Matrix(dx, x.rows, x.columns), adds: adds)
  }
}
