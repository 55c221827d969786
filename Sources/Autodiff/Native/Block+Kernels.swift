internal import CKernels

// The kernels of CKernels over blocks. Each checks its sizes; what it computes is said there.

// SAFETY of this file: a block points to `count` initialized floats, and every size handed to a kernel is checked against
// the counts of its blocks first.

extension Block {
  var isFinite: Bool { unsafe grf_first_nonfinite(start, count) == count }

  // MARK: Arithmetic

  /// self = a + b
  func assignSum(_ a: Block, _ b: Block) {
    precondition(a.count == count && b.count == count)
    unsafe grf_add(a.start, b.start, start, count)
  }

  /// self += scale · x, or self = scale · x
  func take(_ x: Block, scale: Float = 1, adds: Bool) {
    precondition(x.count == count)
    if adds {
      unsafe grf_add_scaled(x.start, scale, start, count)
    } else if scale == 1 {
      unsafe start.update(from: x.start, count: count)
    } else {
      clear()
      unsafe grf_add_scaled(x.start, scale, start, count)
    }
  }

  func assignMix(_ h: Block, _ c: Block, gate z: Block) {
    precondition(h.count == count && c.count == count && z.count == count)
    unsafe grf_mix(h.start, c.start, z.start, start, count)
  }

  /// self is the gradient of the mix.
  func addMixGradients(h: Block, c: Block, gate z: Block, toH dh: Block, c dc: Block, gate dz: Block) {
    precondition([h.count, c.count, z.count, dh.count, dc.count, dz.count].allSatisfy { $0 == count })
    unsafe grf_mix_backward(h.start, c.start, z.start, start, dh.start, dc.start, dz.start, count)
  }

  // MARK: Rows

  /// Every row becomes `row`.
  func fillRows(_ row: Block) {
    precondition(row.count > 0 && count % row.count == 0)
    unsafe grf_fill_rows(row.start, start, count / row.count, row.count)
  }

  /// self `[columns]` += the sum of the rows of `x`.
  func addColumnSums(_ x: Block) {
    precondition(count > 0 && x.count % count == 0)
    unsafe grf_column_sums(x.start, x.count / count, count, start)
  }

  /// self `[columns]` = the mean of the rows of `x`.
  func assignMean(_ x: Block) {
    precondition(count > 0 && x.count % count == 0)
    unsafe grf_mean_rows(x.start, x.count / count, count, start)
  }

  /// Every row += scale · row.
  func addToRows(_ row: Block, scale: Float) {
    precondition(row.count > 0 && count % row.count == 0)
    unsafe grf_add_to_rows(row.start, scale, start, count / row.count, row.count)
  }

  /// self = scale · x + table[positions] by row.
  func assignSum(_ x: Block, scale: Float, table: FloatBuffer, positions: Span<Int32>, columns: Int) {
    precondition(x.count == count && positions.count * columns == count)
    let last = table.count / columns
    for index in positions.indices { precondition(positions[index] >= 0 && Int(positions[index]) < last) }
    unsafe positions.withUnsafeBufferPointer { positions in
      guard let base = positions.baseAddress else { return }
      unsafe grf_add_positions(x.start, scale, table.start, base, start, positions.count, columns)
    }
  }

  /// Rows of `target`, `stride` apart from the element `first` on, become factor · self, a row a factor.
  func spread(_ factors: Block, into target: Block, from first: Int, stride: Int) {
    if factors.count == 0 { return }
    precondition(first >= 0 && first + (factors.count - 1) * stride + count <= target.count)
    unsafe grf_spread(start, count, factors.start, factors.count, target.start + first, stride)
  }

  /// self += Σ factor · row, over rows of `source` that lie as above.
  func addGathered(_ source: Block, from first: Int, stride: Int, _ factors: Block) {
    if factors.count == 0 { return }
    precondition(first >= 0 && first + (factors.count - 1) * stride + count <= source.count)
    unsafe grf_gather(source.start + first, stride, factors.start, factors.count, start, count)
  }

  // MARK: Dropout

  /// self = drop(x)
  func assignDropped(_ x: Block, _ stream: grf_dropout_stream) {
    precondition(x.count == count)
    unsafe grf_dropout(x.start, start, count, stream)
  }

  /// self += drop(gradient)
  func addDropped(_ gradient: Block, _ stream: grf_dropout_stream) {
    precondition(gradient.count == count)
    unsafe grf_dropout_backward(gradient.start, start, count, stream)
  }

  /// self = x + drop(branch)
  func assignSum(_ x: Block, dropped branch: Block, _ stream: grf_dropout_stream) {
    precondition(x.count == count && branch.count == count)
    unsafe grf_add_dropout(x.start, branch.start, start, count, stream)
  }

  // MARK: Activations

  func assignGELU(_ x: Block, _ stream: grf_dropout_stream) {
    precondition(x.count == count)
    unsafe grf_gelu_dropout(x.start, start, count, stream)
  }

  func assignReLU(_ x: Block, _ stream: grf_dropout_stream) {
    precondition(x.count == count)
    unsafe grf_relu_dropout(x.start, start, count, stream)
  }

  /// self, the gradient of drop(gelu(x)), becomes that of x; `y` becomes drop(gelu(x)).
  func becomeGELUGradient(_ x: Block, result y: Block, _ stream: grf_dropout_stream) {
    precondition(x.count == count && y.count == count)
    unsafe grf_gelu_dropout_backward(x.start, start, start, y.start, count, stream)
  }

  /// As above, for drop(max(x, 0)).
  func becomeReLUGradient(_ x: Block, result y: Block, _ stream: grf_dropout_stream) {
    precondition(x.count == count && y.count == count)
    unsafe grf_relu_dropout_backward(x.start, start, start, y.start, count, stream)
  }

  func assignSigmoid(_ x: Block) {
    precondition(x.count == count)
    unsafe grf_sigmoid(x.start, start, count)
  }

  func takeSigmoidGradient(result y: Block, _ gradient: Block, adds: Bool) {
    precondition(y.count == count && gradient.count == count)
    unsafe grf_sigmoid_backward(y.start, gradient.start, start, count, adds ? 1 : 0)
  }

  func assignTanh(_ x: Block) {
    precondition(x.count == count)
    unsafe grf_tanh(x.start, start, count)
  }

  func takeTanhGradient(result y: Block, _ gradient: Block, adds: Bool) {
    precondition(y.count == count && gradient.count == count)
    unsafe grf_tanh_backward(y.start, gradient.start, start, count, adds ? 1 : 0)
  }

  // MARK: Layer norm

  func assignLayerNorm(_ x: Block, gain: Block, shift: Block, epsilon: Float, mean: Block, scale: Block) {
    let columns = gain.count
    precondition(x.count == count && shift.count == columns && columns > 0 && count % columns == 0)
    precondition(mean.count == count / columns && scale.count == count / columns)
    unsafe grf_layer_norm(
      x.start, gain.start, shift.start, start, count / columns, columns, epsilon, mean.start, scale.start)
  }

  func takeLayerNormGradient(
    _ x: Block, gain: Block, mean: Block, scale: Block, gradient: Block, gainGradient: Block, shiftGradient: Block,
    adds: Bool
  ) {
    let columns = gain.count
    precondition(x.count == count && gradient.count == count && columns > 0 && count % columns == 0)
    precondition(mean.count == count / columns && scale.count == count / columns)
    precondition(gainGradient.count == columns && shiftGradient.count == columns)
    unsafe grf_layer_norm_backward(
      x.start, gain.start, mean.start, scale.start, gradient.start, start, gainGradient.start, shiftGradient.start,
      count / columns, columns, adds ? 1 : 0)
  }
}
