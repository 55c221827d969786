internal import CKernels

/// What a feed-forward network applies between its two linear maps.
package enum Activation: Sendable {
  /// The exact GELU, x Φ(x), Φ being the standard normal distribution. Source: Hendrycks and Gimpel 2016.
  case gelu
  /// max(x, 0); the gradient at 0 is 0.
  case relu
}

extension Tape {
  /// `y = W₂ drop(f(W₁ x + b₁)) + b₂`: a feed-forward network.
  ///
  /// Kept for the way back is what enters the activation; what leaves it is computed again there.
  ///
  /// - Parameters:
  ///   - x: `[R, k]`.
  ///   - inner: W₁ `[m, k]` and b₁; outer: W₂ `[n, m]` and b₂.
  ///   - dropout: see ``dropout(_:probability:segments:)``; 0: none.
  /// - Returns: `[R, n]`.
  package mutating func feedForward(
    _ x: Value, _ inner: AffineMap, _ activation: Activation, _ outer: AffineMap, dropout: Float, segments: Segments
  ) -> Value {
    let hidden = product(x, inner.weight, inner.bias)
    let mask = mask(dropout, segments, hidden)
    let result = add(
      "feed-forward", rows: x.rows, columns: outer.weight.rows, isConstant: false, isReplaceable: true)
    let step = FeedForward(
      x: x, hidden: hidden, result: result, inner: inner, activation: activation, outer: outer, mask: mask)
    scratch.reset()
    let active = scratch.take(hidden.count)
    let before = block(hidden)
    step.forEachSegment(self) { range, stream in
      switch activation {
      case .gelu: active[range].assignGELU(before[range], stream)
      case .relu: active[range].assignReLU(before[range], stream)
      }
    }
    Product.times(
      Matrix(active, hidden.rows, hidden.columns), transpose(outer.weight), from: .bias(weights(outer.bias)),
      into: matrix(result))
    record(result, .feedForward(step))
    return result
  }

}

struct FeedForward: Step {
  let x: Tape.Value
  /// What enters the activation.
  let hidden: Tape.Value
  let result: Tape.Value
  let inner: AffineMap
  let activation: Activation
  let outer: AffineMap
  let mask: Mask?

  func backward(_ tape: inout Tape) {
    guard let incoming = tape.incoming(result) else { return }
    let dy = Matrix(incoming, result.rows, result.columns)
    let before = tape.block(hidden)
    let active = tape.scratch.take(hidden.count)
    let gradient = tape.scratch.take(hidden.count)
    let dHidden = Matrix(gradient, hidden.rows, hidden.columns)
    Product.times(dy, tape.matrix(outer.weight), into: dHidden, adds: false)
    forEachSegment(tape) { range, stream in
      switch activation {
      case .gelu: gradient[range].becomeGELUGradient(before[range], result: active[range], stream)
      case .relu: gradient[range].becomeReLUGradient(before[range], result: active[range], stream)
      }
    }
    tape.addGradients(outer.weight, outer.bias, of: dy, over: Matrix(active, hidden.rows, hidden.columns))
    tape.propagate(dHidden, through: inner.weight, inner.bias, from: x)
  }

  /// Gives each segment's elements and where its random bits come from; all elements at once where nothing is dropped.
  func forEachSegment(_ tape: borrowing Tape, _ body: (_ elements: Range<Int>, _ stream: grf_dropout_stream) -> Void) {
    if let mask { mask.forEachSegment(tape, columns: hidden.columns, body) } else { body(0..<hidden.count, .none) }
  }
}
