internal import CKernels

/// The memory of an attention operation, or of its gradients.
struct AttentionBlocks {
  let q: Block
  let k: Block
  let v: Block
  let result: Block
}

/// One head of one segment: where its rows and columns lie, as the kernel wants to know it.
struct AttentionHead {
  let head: Int
  let queries: Range<Int>
  let keys: Range<Int>
  let stream: grf_dropout_stream
  /// Where its bits are; nil where nothing is dropped.
  let bits: Block?

  /// The floats that one head's bits take.
  static func bitCount(_ queries: Int, _ keys: Int) -> Int { (grf_attention_bits(queries, keys) + 3) / 4 }

  func forward(_ step: Attention, _ blocks: AttentionBlocks, scratch: Block) {
    if queries.isEmpty { return }
    let width = step.settings.width
    unsafe withArguments(step, blocks) { arguments in
      // SAFETY: the operation has checked rows and columns of every matrix; `scratch` is as large as the kernel said.
      unsafe grf_attention_forward(
        arguments, blocks.result.start + queries.lowerBound * step.result.columns + head * width, step.result.columns,
        logsums(step), scratch.start)
    }
  }

  /// Writes the mean weight of every key into the head's column of `means` `[ΣTk, heads]`.
  func means(_ step: Attention, _ blocks: AttentionBlocks, into means: Block, scratch: Block) {
    let heads = step.settings.heads
    if keys.isEmpty { return }
    unsafe withArguments(step, blocks) { arguments in
      // SAFETY: as above; `means` has a row for every key.
      unsafe grf_attention_means(
        arguments, logsums(step), means.start + keys.lowerBound * heads + head, heads, scratch.start)
    }
  }

  func backward(_ step: Attention, _ blocks: AttentionBlocks, _ gradients: AttentionBlocks, scratch: Block) {
    if queries.isEmpty || keys.isEmpty { return }
    let stride = step.result.columns
    let place = queries.lowerBound * stride + head * step.settings.width
    unsafe withArguments(step, blocks) { arguments in
      // SAFETY: as above; gradients have the shapes of what they are gradients of.
      unsafe grf_attention_backward(
        arguments, blocks.result.start + place, gradients.result.start + place, stride, logsums(step),
        gradients.q.start + offset(step.q, queries, step), gradients.k.start + offset(step.k, keys, step),
        gradients.v.start + offset(step.v, keys, step), scratch.start)
    }
  }

  private func withArguments(
    _ step: Attention, _ blocks: AttentionBlocks, _ body: (UnsafePointer<grf_attention>) -> Void
  ) {
    let width = step.settings.width
    // SAFETY: the offsets lie within the blocks, as the operation has checked.
    var arguments = unsafe grf_attention(
      q: blocks.q.start + offset(step.q, queries, step), k: blocks.k.start + offset(step.k, keys, step),
      v: blocks.v.start + offset(step.v, keys, step), q_stride: step.q.value.columns, k_stride: step.k.value.columns,
      v_stride: step.v.value.columns, queries: queries.count, keys: keys.count, width: width,
      scale: 1 / Float(width).squareRoot(), valid: nil, limits: nil, dropout: stream,
      bits: nil)
    // SAFETY: the block has as many floats as the bits take.
    if let bits { unsafe arguments.bits = UnsafeMutableRawPointer(bits.start).assumingMemoryBound(to: UInt8.self) }
    let (valid, limits) = (step.validKeys, step.limits?.counts)
    unsafe (valid ?? []).withUnsafeBufferPointer { places in
      // SAFETY: the operation has checked that there is one for each row.
      if valid != nil { unsafe arguments.valid = places.baseAddress.map { unsafe $0 + keys.lowerBound } }
      unsafe (limits ?? []).withUnsafeBufferPointer { counts in
        if limits != nil { unsafe arguments.limits = counts.baseAddress.map { unsafe $0 + queries.lowerBound } }
        unsafe body(&arguments)
      }
    }
  }

  private func offset(_ columns: Columns, _ rows: Range<Int>, _ step: Attention) -> Int {
    rows.lowerBound * columns.value.columns + columns.first + head * step.settings.width
  }

  private func logsums(_ step: Attention) -> UnsafeMutablePointer<Float> {
    unsafe step.logsums.start + head * step.querySegments.rows + queries.lowerBound
  }
}
