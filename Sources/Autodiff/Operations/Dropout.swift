internal import CKernels

extension Tape {
  /// Sets each element to 0 with a probability and divides the others by 1 − probability; nothing while evaluating.
  ///
  /// - Parameters:
  ///   - x: `[R, n]`.
  ///   - segments: whose rows are whose, which decides on the mask; see ``DropoutKey``.
  /// - Source: Srivastava et al. 2014.
  package mutating func dropout(_ x: Value, probability: Float, segments: Segments) -> Value {
    guard let mask = mask(probability, segments, x) else { return x }
    let result = add("dropout", rows: x.rows, columns: x.columns, isConstant: isConstant(x))
    let (source, target) = (block(x), block(result))
    mask.forEachSegment(self, columns: x.columns) { range, stream in
      target[range].assignDropped(source[range], stream)
    }
    record(result, .dropout(Dropout(x: x, result: result, mask: mask)))
    return result
  }

  /// The mask of the next dropout operation; nil where nothing is dropped.
  mutating func mask(_ probability: Float, _ segments: Segments, _ value: Value) -> Mask? {
    precondition((0..<1).contains(probability), "a dropout of \(probability)")
    precondition(segments.rows == value.rows, "segments of \(segments.rows) rows for \(value.rows)")
    guard let dropout, probability > 0 else { return nil }
    precondition(
      dropout.samples.count == segments.count, "\(segments.count) segments, \(dropout.samples.count) samples")
    return Mask(operation: nextDropout(), probability: probability, segments: segments)
  }
}

/// Which elements a dropout operation drops; drawn again on the way back.
struct Mask {
  let operation: UInt32
  let probability: Float
  let segments: Segments

  /// Gives each segment's elements and where its random bits come from.
  func forEachSegment(
    _ tape: borrowing Tape, columns: Int, _ body: (_ elements: Range<Int>, _ stream: grf_dropout_stream) -> Void
  ) {
    guard let key = tape.dropout else { preconditionFailure("a mask without a key") }
    for segment in 0..<segments.count {
      let rows = tape.rows(of: segment, in: segments)
      let stream = key.stream(segment: segment, operation: operation, probability: probability)
      body(rows.lowerBound * columns..<rows.upperBound * columns, stream)
    }
  }
}

struct Dropout: Step {
  let x: Tape.Value
  let result: Tape.Value
  let mask: Mask

  func backward(_ tape: inout Tape) {
    guard let dy = tape.incoming(result), let (dx, adds) = tape.outgoing(x) else { return }
    mask.forEachSegment(tape, columns: x.columns) { range, stream in
      if adds { dx[range].addDropped(dy[range], stream) } else { dx[range].assignDropped(dy[range], stream) }
    }
  }
}
