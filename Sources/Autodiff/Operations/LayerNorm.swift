extension Tape {
  /// `y = γ (x − mean) / √(variance + ε) + β` by row, population variance.
  ///
  /// - Parameters:
  ///   - x: `[R, n]`.
  ///   - gain, shift: γ and β, `[n]`.
  ///   - epsilon: added to the variance; PyTorch's 1e-5.
  /// - Source: Ba et al. 2016.
  package mutating func layerNorm(_ x: Value, gain: Parameter, shift: Parameter, epsilon: Float = 1e-5) -> Value {
    precondition(gain.columns == x.columns && shift.columns == x.columns)
    let mean = values.take(x.rows)
    let scale = values.take(x.rows)
    let result = add("layer norm", rows: x.rows, columns: x.columns, isConstant: false)
    block(result).assignLayerNorm(
      block(x), gain: weights(gain), shift: weights(shift), epsilon: epsilon, mean: mean, scale: scale)
    record(
      result, .layerNorm(LayerNorm(x: x, result: result, gain: gain, shift: shift, mean: mean, scale: scale)))
    return result
  }
}

struct LayerNorm: Step {
  let x: Tape.Value
  let result: Tape.Value
  let gain: Parameter
  let shift: Parameter
  /// Of each row: the mean, and 1 / √(variance + ε).
  let mean: Block
  let scale: Block

  func backward(_ tape: inout Tape) {
    guard let dy = tape.incoming(result) else { return }
    // A constant argument's gradient is computed all the same, aside: the parameters' come with it.
    let (dx, adds) = tape.outgoing(x) ?? (tape.scratch.take(x.count), false)
    dx.takeLayerNormGradient(
      tape.block(x), gain: tape.weights(gain), mean: mean, scale: scale, gradient: dy,
      gainGradient: tape.gradient(gain), shiftGradient: tape.gradient(shift), adds: adds)
  }
}
