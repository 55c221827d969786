extension Tape {
  /// `weight · Σ |p − y|`: with a weight of 1 / N, a batch's part of the mean absolute error.
  ///
  /// The gradient where p equals y is 0, as PyTorch's.
  ///
  /// - Parameters:
  ///   - predictions: `[R, 1]`.
  ///   - targets: `[R]`.
  /// - Returns: `[1, 1]`.
  package mutating func l1Loss(_ predictions: Value, targets: Span<Float>, weight: Float) -> Value {
    precondition(predictions.columns == 1 && predictions.rows == targets.count, "one target a prediction")
    let signs = values.take(targets.count)
    let result = add("L1 loss", rows: 1, columns: 1, isConstant: isConstant(predictions))
    let p = block(predictions).span
    var sum: Float = 0
    signs.write { signs in
      for row in p.indices {
        let difference = p[row] - targets[row]
        sum += abs(difference)
        signs[row] = difference > 0 ? weight : difference < 0 ? -weight : 0
      }
    }
    block(result).fill(weight * sum)
    record(result, .l1Loss(L1Loss(predictions: predictions, result: result, signs: signs)))
    return result
  }
}

struct L1Loss: Step {
  let predictions: Tape.Value
  let result: Tape.Value
  /// `[R]`: the weight, with the sign of each difference.
  let signs: Block

  func backward(_ tape: inout Tape) {
    guard let dy = tape.incoming(result), let (dp, adds) = tape.outgoing(predictions) else { return }
    dp.take(signs, scale: dy.span[0], adds: adds)
  }
}
