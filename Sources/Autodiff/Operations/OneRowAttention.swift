internal import CKernels

extension Tape {
  /// Attention within segments that have one key each: its weight is 1, whatever queries and keys are, so that every query
  /// gets the segment's values, dropped head by head as ``attention(queries:keys:values:querySegments:keySegments:settings:limits:validKeys:observe:)``
  /// drops weights.
  ///
  /// - Parameters:
  ///   - v: `[segments, heads × width]`.
  ///   - querySegments: whose queries are whose.
  /// - Returns: `[ΣTq, heads × width]`.
  package mutating func attention(
    toOneRow v: Value, querySegments: Segments, settings: AttentionSettings
  ) -> Value {
    precondition(v.rows == querySegments.count, "\(v.rows) keys for \(querySegments.count) segments")
    precondition(v.columns == settings.heads * settings.width, "heads beyond columns")
    let operation = dropout != nil && settings.dropout > 0 ? nextDropout() : nil
    let factors = values.take(querySegments.rows * settings.heads)
    let result = add("attention", rows: querySegments.rows, columns: v.columns, isConstant: isConstant(v))
    let step = OneRowAttention(
      v: v, result: result, factors: factors, querySegments: querySegments, settings: settings)
    step.drawFactors(self, operation)
    let (source, target) = (block(v), block(result))
    step.forEachHead(self) { source[$0].spread(factors[$1], into: target, from: $2, stride: v.columns) }
    record(result, .oneRowAttention(step))
    return result
  }
}

struct OneRowAttention: Step {
  let v: Tape.Value
  let result: Tape.Value
  /// By head and query: what the weight 1 becomes when it is dropped or kept.
  let factors: Block
  let querySegments: Segments
  let settings: AttentionSettings

  func drawFactors(_ tape: borrowing Tape, _ operation: UInt32?) {
    factors.fill(1)
    guard let operation, let key = tape.dropout else { return }
    for segment in 0..<querySegments.count {
      let queries = tape.rows(of: segment, in: querySegments)
      for head in 0..<settings.heads {
        let part = factors[place(head, queries)]
        part.assignDropped(
          part, key.stream(segment: segment, operation: operation, head: head, probability: settings.dropout))
      }
    }
  }

  func backward(_ tape: inout Tape) {
    guard let dy = tape.incoming(result), let dv = tape.accumulator(v) else { return }
    forEachHead(tape) { dv[$0].addGathered(dy, from: $2, stride: v.columns, factors[$1]) }
  }

  /// Gives each head's values, the places of its queries' factors, and the first element of its results.
  func forEachHead(
    _ tape: borrowing Tape, _ body: (_ values: Range<Int>, _ factors: Range<Int>, _ result: Int) -> Void
  ) {
    for segment in 0..<querySegments.count {
      let queries = tape.rows(of: segment, in: querySegments)
      for head in 0..<settings.heads {
        let first = head * settings.width
        let values = segment * v.columns + first
        body(values..<values + settings.width, place(head, queries), queries.lowerBound * v.columns + first)
      }
    }
  }

  private func place(_ head: Int, _ queries: Range<Int>) -> Range<Int> {
    let start = head * querySegments.rows
    return start + queries.lowerBound..<start + queries.upperBound
  }
}
