internal import CKernels

/// A matrix's columns from one on, as attention's queries, keys or values.
package struct Columns: Sendable {
  let value: Tape.Value
  let first: Int

  /// - Parameter first: the column where head 0 begins.
  package init(_ value: Tape.Value, from first: Int = 0) {
    self.value = value
    self.first = first
  }
}

/// What an attention operation is told besides its matrices.
package struct AttentionSettings: Sendable {
  package var heads: Int
  /// Columns of one head.
  package var width: Int
  /// Probability that an attention weight is dropped.
  package var dropout: Float = 0

  package init(heads: Int, width: Int, dropout: Float = 0) {
    self.heads = heads
    self.width = width
    self.dropout = dropout
  }
}

extension Tape {
  /// Scaled dot-product attention of several heads within each packed segment: segment s's queries see segment s's keys.
  ///
  /// `softmax(q kᵀ / √width) v` by head, the weights dropped with a probability. A query that sees no key gets 0. The
  /// weights are never held but for a tile: the way back computes them again from each row's sum.
  ///
  /// - Parameters:
  ///   - queries: `[ΣTq, heads × width]` from a column on; keys, values: `[ΣTk, heads × width]`.
  ///   - querySegments, keySegments: as many segments on both sides.
  ///   - limits: which keys a query sees; nil: all of its segment.
  ///   - validKeys: `[ΣTk]`, 0 where a key is masked; nil: none is.
  ///   - observe: is given the weights' means, `[ΣTk, heads]`: for each key and head the mean of its weights, before
  ///     dropout, over those queries of its segment that see a key. A segment's rows add up to 1 by head, or are all 0
  ///     where no query sees a key. It costs about half of the forward pass; nil: nothing.
  /// - Returns: `[ΣTq, heads × width]`.
  /// - Complexity: O(Σ Tq·Tk·width·heads).
  /// - Source: Vaswani et al. 2017, eq. 1; for the tiles, Dao et al. 2022.
  package mutating func attention(
    queries: Columns, keys: Columns, values v: Columns, querySegments: Segments, keySegments: Segments,
    settings: AttentionSettings, limits: KeyLimits? = nil, validKeys: [UInt8]? = nil,
    observe: ((Value) -> Void)? = nil
  ) -> Value {
    let (heads, width) = (settings.heads, settings.width)
    precondition(querySegments.count == keySegments.count, "\(querySegments.count) segments for \(keySegments.count)")
    precondition(queries.value.rows == querySegments.rows && keys.value.rows == keySegments.rows)
    precondition(limits?.counts.count ?? queries.value.rows == queries.value.rows, "limits for other queries")
    precondition(v.value.rows == keys.value.rows && validKeys?.count ?? keys.value.rows == keys.value.rows)
    for columns in [queries, keys, v] {
      precondition(columns.first >= 0 && columns.first + heads * width <= columns.value.columns, "heads beyond columns")
    }
    let constant = isConstant(queries.value) && isConstant(keys.value) && isConstant(v.value)
    let logsums = values.take(queries.value.rows * heads)
    let result = add("attention", rows: queries.value.rows, columns: heads * width, isConstant: constant)
    let operation = dropout != nil && settings.dropout > 0 ? nextDropout() : nil
    let bits = operation == nil ? nil : values.take(bitCount(querySegments, keySegments, settings))
    let step = Attention(
      q: queries, k: keys, v: v, result: result, logsums: logsums, querySegments: querySegments,
      keySegments: keySegments, settings: settings, limits: limits, validKeys: validKeys, dropoutOperation: operation,
      bits: bits)
    step.forward(&self)
    record(result, .attention(step))
    if let observe {
      let means = add("attention means", rows: keys.value.rows, columns: heads, isConstant: true)
      step.means(&self, into: block(means))
      observe(means)
    }
    return result
  }
}

extension Tape {
  /// The floats that the dropout's bits take.
  private func bitCount(_ queries: Segments, _ keys: Segments, _ settings: AttentionSettings) -> Int {
    (0..<queries.count).reduce(0) { count, segment in
      count + settings.heads
        * AttentionHead.bitCount(rows(of: segment, in: queries).count, rows(of: segment, in: keys).count)
    }
  }
}

struct Attention: Step {
  let q: Columns
  let k: Columns
  let v: Columns
  let result: Tape.Value
  /// By head and query: the logarithm of the sum of the exponentials.
  let logsums: Block
  let querySegments: Segments
  let keySegments: Segments
  let settings: AttentionSettings
  let limits: KeyLimits?
  let validKeys: [UInt8]?
  /// The number of its dropout; nil where nothing is dropped.
  let dropoutOperation: UInt32?
  /// Which weights it keeps: by segment and head, from the forward pass.
  let bits: Block?

  func forward(_ tape: inout Tape) {
    tape.scratch.reset()
    let scratch = tape.scratch.take(scratchCount(tape))
    let blocks = AttentionBlocks(
      q: tape.block(q.value), k: tape.block(k.value), v: tape.block(v.value), result: tape.block(result))
    forEachHead(tape) { head in head.forward(self, blocks, scratch: scratch) }
  }

  func means(_ tape: inout Tape, into means: Block) {
    tape.scratch.reset()
    let scratch = tape.scratch.take(scratchCount(tape))
    let blocks = AttentionBlocks(
      q: tape.block(q.value), k: tape.block(k.value), v: tape.block(v.value), result: tape.block(result))
    forEachHead(tape) { head in head.means(self, blocks, into: means, scratch: scratch) }
  }

  func backward(_ tape: inout Tape) {
    guard let incoming = tape.incoming(result) else { return }
    let scratch = tape.scratch.take(scratchCount(tape))
    let blocks = AttentionBlocks(
      q: tape.block(q.value), k: tape.block(k.value), v: tape.block(v.value), result: tape.block(result))
    let gradients = AttentionBlocks(
      // What a constant would get goes aside.
      q: tape.accumulator(q.value) ?? tape.scratch.take(q.value.count),
      k: tape.accumulator(k.value) ?? tape.scratch.take(k.value.count),
      v: tape.accumulator(v.value) ?? tape.scratch.take(v.value.count), result: incoming)
    forEachHead(tape) { head in head.backward(self, blocks, gradients, scratch: scratch) }
  }

  private func forEachHead(_ tape: borrowing Tape, _ body: (AttentionHead) -> Void) {
    var drawn = 0
    for segment in 0..<querySegments.count {
      let queries = tape.rows(of: segment, in: querySegments)
      let keys = tape.rows(of: segment, in: keySegments)
      let count = bits == nil ? 0 : AttentionHead.bitCount(queries.count, keys.count)
      if let limits, let last = limits.counts[queries].last { precondition(Int(last) <= keys.count, "a limit beyond") }
      for head in 0..<settings.heads {
        var stream = grf_dropout_stream.none
        if let dropoutOperation, let key = tape.dropout {
          stream = key.stream(
            segment: segment, operation: dropoutOperation, head: head, probability: settings.dropout)
        }
        body(
          AttentionHead(head: head, queries: queries, keys: keys, stream: stream, bits: bits?[drawn..<drawn + count]))
        drawn += count
      }
    }
  }

  private func scratchCount(_ tape: borrowing Tape) -> Int {
    var largest = 0
    for segment in 0..<querySegments.count {
      largest = max(largest, grf_attention_scratch(tape.rows(of: segment, in: keySegments).count))
    }
    return largest
  }
}
