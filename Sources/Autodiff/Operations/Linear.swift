extension Tape {
  /// `y = x Wᵀ + b`.
  ///
  /// - Parameters:
  ///   - x: `[R, k]`.
  ///   - weight: `[n, k]`.
  ///   - bias: `[n]`, or nil for none.
  /// - Returns: `[R, n]`.
  package mutating func linear(_ x: Value, weight: Parameter, bias: Parameter?) -> Value {
    let result = product(x, weight, bias)
    record(result, .linear(Linear(x: x, result: result, weight: weight, bias: bias)))
    return result
  }

  package mutating func linear(_ x: Value, _ map: AffineMap) -> Value { linear(x, weight: map.weight, bias: map.bias) }

  func matrix(_ value: Value) -> Matrix { Matrix(block(value), value.rows, value.columns) }

  /// `x Wᵀ + b`, of which the caller records how to go back.
  mutating func product(_ x: Value, _ weight: Parameter, _ bias: Parameter?) -> Value {
    precondition(weight.columns == x.columns, "\(x.columns) columns for a weight of \(weight.columns)")
    precondition(bias == nil || bias?.columns == weight.rows)
    let result = add("linear", rows: x.rows, columns: weight.rows, isConstant: false, isReplaceable: true)
    Product.times(
      matrix(x), transpose(weight), from: bias.map { .bias(weights($0)) } ?? .zero, into: matrix(result))
    return result
  }

  /// Adds the gradients of a linear map's parameters and gives that of its argument, from that of its result.
  mutating func propagate(_ dy: Matrix, through weight: Parameter, _ bias: Parameter?, from x: Value) {
    addGradients(weight, bias, of: dy, over: matrix(x))
    guard let (dx, adds) = outgoing(x) else { return }
    Product.times(dy, matrix(weight), into: Matrix(dx, x.rows, x.columns), adds: adds)
  }

  /// Adds the gradients of a linear map's parameters: `dW += dyᵀ x`, `db += Σ dy`.
  mutating func addGradients(_ weight: Parameter, _ bias: Parameter?, of dy: Matrix, over x: Matrix) {
    if let bias { gradient(bias).addColumnSums(dy.block) }
    let (block, adds) = weightGradient(weight)
    Product.transposedTimes(dy, x, into: Matrix(block, weight.rows, weight.columns), adds: adds)
  }
}

/// Weight `[n, k]` and bias `[n]` of a linear map.
package struct AffineMap: Sendable {
  package let weight: Parameter
  package let bias: Parameter

  package init(weight: Parameter, bias: Parameter) {
    precondition(bias.columns == weight.rows)
    self.weight = weight
    self.bias = bias
  }

  /// Some of its outputs.
  package subscript(outputs: Range<Int>) -> AffineMap { AffineMap(weight: weight[outputs], bias: bias[outputs]) }
}

struct Linear: Step {
  let x: Tape.Value
  let result: Tape.Value
  let weight: Parameter
  let bias: Parameter?

  func backward(_ tape: inout Tape) {
    guard let dy = tape.incoming(result) else { return }
    tape.propagate(Matrix(dy, result.rows, result.columns), through: weight, bias, from: x)
  }
}
