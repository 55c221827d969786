internal import CKernels

extension Tape {
  /// `y = drop(x Φ(x))`, Φ the standard normal distribution: the exact GELU, and the dropout that follows it.
  ///
  /// - Parameters:
  ///   - x: `[R, n]`.
  ///   - dropout: see ``dropout(_:probability:segments:)``; 0: none.
  /// - Source: Hendrycks and Gimpel 2016.
  package mutating func gelu(_ x: Value, dropout: Float, segments: Segments) -> Value {
    let mask = mask(dropout, segments, x)
    let result = add("gelu", rows: x.rows, columns: x.columns, isConstant: isConstant(x))
    let (source, target) = (block(x), block(result))
    if let mask {
      mask.forEachSegment(self, columns: x.columns) { range, stream in
        target[range].assignGELU(source[range], stream)
      }
    } else {
      target.assignGELU(source, .none)
    }
    record(result, .gelu(GELU(x: x, result: result, mask: mask)))
    return result
  }
}

struct GELU: Step {
  let x: Tape.Value
  let result: Tape.Value
  let mask: Mask?

  func backward(_ tape: inout Tape) {
    guard let dy = tape.incoming(result), let (dx, adds) = tape.outgoing(x) else { return }
    let source = tape.block(x)
    guard let mask else {
      dx.takeGELUGradient(source, dy, .none, adds: adds)
      return
    }
    mask.forEachSegment(tape, columns: x.columns) { range, stream in
      dx[range].takeGELUGradient(source[range], dy[range], stream, adds: adds)
    }
  }
}
