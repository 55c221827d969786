extension Tape {
  /// `y = (1 − z) h + z c`, element by element: what a gated recurrent unit makes of its state and a candidate.
  ///
  /// - Parameters:
  ///   - h, c, z: `[R, n]`; the gate z lies between 0 and 1.
  /// - Source: Cho et al. 2014.
  package mutating func gatedMixing(_ h: Value, _ c: Value, gate z: Value) -> Value {
    precondition(h.rows == c.rows && h.columns == c.columns && h.rows == z.rows && h.columns == z.columns)
    let constant = isConstant(h) && isConstant(c) && isConstant(z)
    let result = add("gated mixing", rows: h.rows, columns: h.columns, isConstant: constant)
    block(result).assignMix(block(h), block(c), gate: block(z))
    record(result, .gatedMixing(GatedMixing(h: h, c: c, z: z, result: result)))
    return result
  }
}

struct GatedMixing: Step {
  let h: Tape.Value
  let c: Tape.Value
  let z: Tape.Value
  let result: Tape.Value

  func backward(_ tape: inout Tape) {
    guard let dy = tape.incoming(result) else { return }
    // What a constant would get goes aside.
    let dh = tape.accumulator(h) ?? tape.scratch.take(h.count)
    let dc = tape.accumulator(c) ?? tape.scratch.take(c.count)
    let dz = tape.accumulator(z) ?? tape.scratch.take(z.count)
    dy.addMixGradients(
      h: tape.block(h), c: tape.block(c), gate: tape.block(z), toH: dh, c: dc, gate: dz)
  }
}
