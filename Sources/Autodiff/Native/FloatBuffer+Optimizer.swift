internal import CKernels
internal import Foundation

/// What one step of AdamW is told.
package struct AdamWStep: Sendable {
  let settings: grf_adamw

  /// - Parameters:
  ///   - step: t, from 1.
  ///   - decay: decoupled, relative to the learning rate.
  ///   - gradientScale: multiplies every gradient first: global clipping.
  package init(
    step: Int, learningRate: Double, decay: Double, gradientScale: Double = 1, beta1: Double = 0.9,
    beta2: Double = 0.999, epsilon: Double = 1e-8
  ) {
    precondition(step >= 1, "steps count from 1")
    // In Double: 1 − 0.999 in Float would lose five digits.
    settings = grf_adamw(
      gradient_scale: Float(gradientScale), shrinkage: Float(1 - learningRate * decay),
      rate: Float(learningRate / (1 - pow(beta1, Double(step)))), rest1: Float(1 - beta1), beta2: Float(beta2),
      rest2: Float(1 - beta2), epsilon: Float(epsilon),
      correction2_root: Float((1 - pow(beta2, Double(step))).squareRoot()))
  }
}

extension FloatBuffer {
  /// Becomes, at `range`, the sum of the sources, added in their order.
  ///
  /// - Returns: the sum of the squares of the results, in Double.
  package func assignSum(of sources: [FloatBuffer], range: Range<Int>) -> Double {
    let target = block(range)
    defer { noteChange() }
    let starts = unsafe sources.map { unsafe UnsafePointer($0.block(range).start) as UnsafePointer<Float>? }
    return unsafe starts.withUnsafeBufferPointer { starts in
      // SAFETY: block(_:) has checked the range of each buffer.
      unsafe grf_sum_gradients(starts.baseAddress, starts.count, target.start, range.count)
    }
  }

  /// One step of AdamW on the weights at `range`, as PyTorch's.
  ///
  /// - Parameters:
  ///   - gradients: the weights' gradients.
  ///   - first, second: the moments, which the step changes, too.
  /// - Source: Loshchilov and Hutter 2019.
  package func stepAdamW(
    gradients: FloatBuffer, first: FloatBuffer, second: FloatBuffer, range: Range<Int>, _ step: AdamWStep
  ) {
    let (w, g, m, v) = (block(range), gradients.block(range), first.block(range), second.block(range))
    // SAFETY: block(_:) has checked the range of each buffer.
    unsafe grf_adamw_step(
      w.start, g.start, m.start, v.start, range.count, step.settings)
    noteChange()
  }

  /// The place of the first float that is NaN or infinite; nil where none is.
  package var firstNonfinite: Int? {
    // SAFETY: `count` floats are there.
    let place = unsafe grf_first_nonfinite(start, count)
    return place == count ? nil : place
  }
}
