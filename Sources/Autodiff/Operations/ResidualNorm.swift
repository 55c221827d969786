extension Tape {
  /// `y = γ (s − mean) / √(variance + ε) + β` by row, with `s = x + drop(branch)`: a residual connection and the norm after
  /// it.
  ///
  /// The sum takes the place of a branch that a linear map made: its values are gone, and nothing else may read them.
  ///
  /// - Parameters:
  ///   - x, branch: `[R, n]`.
  ///   - dropout: see ``dropout(_:probability:segments:)``; 0: none.
  ///   - gain, shift, epsilon: see ``layerNorm(_:gain:shift:epsilon:)``.
  package mutating func residualNorm(
    _ x: Value, _ branch: Value, dropout: Float, segments: Segments, gain: Parameter, shift: Parameter,
    epsilon: Float = 1e-5
  ) -> Value {
    precondition(x.rows == branch.rows && x.columns == branch.columns, "shapes differ")
    precondition(gain.columns == x.columns && shift.columns == x.columns)
    let mask = mask(dropout, segments, branch)
    let mean = values.take(x.rows)
    let scale = values.take(x.rows)
    let sum = place(of: branch)
    let result = add("layer norm", rows: x.rows, columns: x.columns, isConstant: false)
    let (a, b) = (block(x), block(branch))
    if let mask {
      mask.forEachSegment(self, columns: x.columns) { range, stream in
        sum[range].assignSum(a[range], dropped: b[range], stream)
      }
    } else {
      sum.assignSum(a, b)
    }
    block(result).assignLayerNorm(
      sum, gain: weights(gain), shift: weights(shift), epsilon: epsilon, mean: mean, scale: scale)
    record(
      result,
      .residualNorm(
        ResidualNorm(
          x: x, branch: branch, sum: sum, result: result, mask: mask, gain: gain, shift: shift, mean: mean, scale: scale
        )))
    return result
  }
}

struct ResidualNorm: Step {
  let x: Tape.Value
  let branch: Tape.Value
  /// `[R, n]`: what the norm reads.
  let sum: Block
  let result: Tape.Value
  let mask: Mask?
  let gain: Parameter
  let shift: Parameter
  /// Of each row: the mean, and 1 / √(variance + ε).
  let mean: Block
  let scale: Block

  func backward(_ tape: inout Tape) {
    guard let dy = tape.incoming(result) else { return }
    // The branch has no gradient yet, because nothing else reads it; where it is constant, the sum's is made aside.
    let (ds, adds) = tape.outgoing(branch) ?? (tape.scratch.take(sum.count), false)
    precondition(!adds, "something else reads the branch")
    ds.takeLayerNormGradient(
      sum, gain: tape.weights(gain), mean: mean, scale: scale, gradient: dy,
      gainGradient: tape.gradient(gain), shiftGradient: tape.gradient(shift), adds: false)
    if let (dx, adds) = tape.outgoing(x) { dx.take(ds, adds: adds) }
    mask?.forEachSegment(tape, columns: branch.columns) { range, stream in
      ds[range].assignDropped(ds[range], stream)
    }
  }
}
