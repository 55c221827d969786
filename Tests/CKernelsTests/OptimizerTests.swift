import CKernels
import Testing

@Suite struct `Optimizer kernels` {
  @Test(arguments: lengths)
  func `step as AdamW does`(count: Int) {
    var numbers = Numbers(seed: UInt64(count))
    let weights = numbers.floats(count)
    let (w, m, v) = (Shifted(weights, by: 1), Shifted(repeating: 0, count: count), Shifted(repeating: 0, count: count))
    var expected = doubles(weights)
    var first = expected.map { _ in 0.0 }
    var second = first
    let (rate, beta1, beta2, epsilon, decay, clip) = (1e-2, 0.9, 0.999, 1e-8, 0.1, 0.5)
    var (power1, power2) = (1.0, 1.0)
    for _ in 0..<5 {
      let gradients = numbers.floats(count)
      (power1, power2) = (power1 * beta1, power2 * beta2)
      unsafe grf_adamw_step(
        w.pointer, gradients, m.pointer, v.pointer, count,
        grf_adamw(
          gradient_scale: Float(clip), shrinkage: Float(1 - rate * decay), rate: Float(rate / (1 - power1)),
          rest1: Float(1 - beta1), beta2: Float(beta2), rest2: Float(1 - beta2), epsilon: Float(epsilon),
          correction2_root: Float((1 - power2).squareRoot())))
      for i in 0..<count {
        let g = clip * Double(gradients[i])
        first[i] = beta1 * first[i] + (1 - beta1) * g
        second[i] = beta2 * second[i] + (1 - beta2) * g * g
        expected[i] *= 1 - rate * decay
        expected[i] -= rate / (1 - power1) * first[i] / ((second[i] / (1 - power2)).squareRoot() + epsilon)
      }
    }
    expectClose(w.values, expected, 2e-6, "weights")
    expectClose(m.values, first, 1e-6, "first")
    expectClose(v.values, second, 2e-5, floor: 1e-3, "second")
  }

  @Test(arguments: lengths, [0, 1, 2, 5])
  func `sum gradients in order, and their squares in Double`(count: Int, sources: Int) {
    var numbers = Numbers(seed: UInt64(count))
    let parts = (0..<sources).map { Shifted(numbers.floats(count), by: $0) }
    let target = Shifted(repeating: 9, count: count, by: 3)
    let pointers = unsafe parts.map { unsafe UnsafePointer<Float>?($0.pointer) }
    let squares = unsafe grf_sum_gradients(pointers, sources, target.pointer, count)
    let sums = (0..<count).map { i in parts.reduce(Float(0)) { $0 + $1.values[i] } }
    #expect(target.values == sums)
    let expected = sums.reduce(0.0) { $0 + Double($1) * Double($1) }
    #expect(abs(squares - expected) <= 1e-12 * expected)
    guard count > 0, sources > 0 else { return }
    // SAFETY: the first element of a source that is not empty.
    unsafe parts[0].pointer[count - 1] = .nan
    #expect(unsafe grf_sum_gradients(pointers, sources, target.pointer, count).isNaN)
  }

  @Test(arguments: lengths)
  func `find the first value that is not finite`(count: Int) {
    var values = [Float](repeating: -.greatestFiniteMagnitude, count: count)
    #expect(unsafe grf_first_nonfinite(values, count) == count)
    for (i, value) in [(count - 1, Float.nan), (count / 2, -.infinity), (0, .infinity)] where i >= 0 && i < count {
      values[i] = value
      #expect(unsafe grf_first_nonfinite(values, count) == i)
    }
  }
}
