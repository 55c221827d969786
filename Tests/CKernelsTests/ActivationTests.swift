import CKernels
import Foundation
import Testing

@Suite struct `Activation kernels` {

  /// A function, how it is computed in Double, and how its derivative is.
  struct Activation: CustomTestStringConvertible, Sendable {
    let name: String
    /// From the first to the second.
    let forward: @Sendable (Shifted, Shifted) -> Void
    /// From the first and the second to the third, writing or, where it takes results, adding.
    let backward: @Sendable (Shifted, Shifted, Shifted, Int32) -> Void
    let value: @Sendable (Double) -> Double
    /// Of the argument, and whether `backward` takes results instead.
    let slope: @Sendable (Double) -> Double
    let takesResults: Bool

    var testDescription: String { name }
  }

  private static let plain = Stream().native
  private static let normal = { @Sendable (x: Double) in exp(-x * x / 2) / (2 * Double.pi).squareRoot() }
  private static let cumulated = { @Sendable (x: Double) in erfc(-x / 2.0.squareRoot()) / 2 }

  static let activations = [
    Activation(
      name: "GELU",
      forward: { unsafe grf_gelu_dropout($0.pointer, $1.pointer, $0.count, plain) },
      backward: { x, dy, dx, _ in
        let y = Shifted(repeating: 9, count: x.count)
        unsafe grf_gelu_dropout_backward(x.pointer, dy.pointer, dx.pointer, y.pointer, x.count, plain)
      },
      value: { $0 * cumulated($0) }, slope: { cumulated($0) + $0 * normal($0) }, takesResults: false),
    Activation(
      name: "ReLU", forward: { unsafe grf_relu_dropout($0.pointer, $1.pointer, $0.count, plain) },
      backward: { x, dy, dx, _ in
        let y = Shifted(repeating: 9, count: x.count)
        unsafe grf_relu_dropout_backward(x.pointer, dy.pointer, dx.pointer, y.pointer, x.count, plain)
      },
      value: { max($0, 0) }, slope: { $0 > 0 ? 1 : 0 }, takesResults: false),
    Activation(
      name: "sigmoid", forward: { unsafe grf_sigmoid($0.pointer, $1.pointer, $0.count) },
      backward: { unsafe grf_sigmoid_backward($0.pointer, $1.pointer, $2.pointer, $0.count, $3) },
      value: { 1 / (1 + exp(-$0)) },
      slope: { exp(-abs($0)) / pow(1 + exp(-abs($0)), 2) }, takesResults: true),
    Activation(
      name: "tanh", forward: { unsafe grf_tanh($0.pointer, $1.pointer, $0.count) },
      backward: { unsafe grf_tanh_backward($0.pointer, $1.pointer, $2.pointer, $0.count, $3) }, value: { tanh($0) },
      slope: { 1 - pow(tanh($0), 2) }, takesResults: true),
  ]

  private func values(_ activation: Activation, _ x: [Float], shift: Int = 0) -> [Float] {
    let (source, target) = (Shifted(x, by: shift), Shifted(repeating: 9, count: x.count, by: 15 - shift))
    activation.forward(source, target)
    return target.values
  }

  private func gradients(_ activation: Activation, _ x: [Float], _ dy: [Float], addedTo dx: [Float]? = nil) -> [Float] {
    let target = Shifted(dx ?? Array(repeating: 9, count: x.count), by: 5)
    let known = Shifted(activation.takesResults ? values(activation, x) : x, by: 2)
    activation.backward(known, Shifted(dy, by: 9), target, dx == nil ? 0 : 1)
    return target.values
  }

  /// Densely around 0, and out to where everything is constant.
  private static let grid: [Float] = {
    let near = (-60_000...60_000).map { Float($0) / 4000 }
    let far = (-4000...4000).map { Float($0) / 20 }
    let tiny = (0...45).map { pow(Float(10), -Float($0)) }
    return near + far + tiny + tiny.map { -$0 } + [0, -0.0, 1e30, -1e30]
  }()

  @Test(arguments: activations)
  func `agree with Double to a few units of the last place`(activation: Activation) {
    let x = Self.grid
    // Relative above 1, absolute below.
    expectClose(values(activation, x), x.map { activation.value(Double($0)) }, 3e-7, activation.name)
    let slopes = gradients(activation, x, Array(repeating: 1, count: x.count))
    expectClose(slopes, x.map { activation.slope(Double($0)) }, 5e-7, activation.name + "'")
  }

  @Test func `keep small results' digits`() {
    let small = Self.grid.filter { abs($0) < 80 }
    let sigmoid = Self.activations[2]
    let tanh = Self.activations[3]
    expectClose(values(sigmoid, small), small.map { sigmoid.value(Double($0)) }, 4e-7, floor: 0, "sigmoid")
    expectClose(
      values(tanh, small), small.map { tanh.value(Double($0)) }, 4e-7, floor: Double(Float.leastNormalMagnitude), "tanh"
    )
    let positive = small.filter { $0 > 1e-30 }
    let gelu = Self.activations[0]
    expectClose(values(gelu, positive), positive.map { gelu.value(Double($0)) }, 4e-7, floor: 0, "GELU")
  }

  @Test(arguments: activations, lengths)
  func `reach every element, and write or add gradients`(activation: Activation, count: Int) {
    var numbers = Numbers(seed: UInt64(count))
    let (x, dy, dx) = (numbers.floats(count), numbers.floats(count), numbers.floats(count))
    expectClose(values(activation, x), x.map { activation.value(Double($0)) }, 3e-7)
    let slopes = zip(x, dy).map { activation.slope(Double($0)) * Double($1) }
    expectClose(gradients(activation, x, dy), slopes, 4e-6)
    guard activation.takesResults else { return }
    expectClose(gradients(activation, x, dy, addedTo: dx), zip(dx, slopes).map { Double($0) + $1 }, 4e-6)
  }

  @Test(arguments: activations)
  func `hide no NaN, and depend on neither alignment nor place`(activation: Activation) {
    var numbers = Numbers(seed: 3)
    var x = numbers.floats(200)
    let ones = [Float](repeating: 1, count: 200)
    for i in stride(from: 0, to: 200, by: 11) { x[i] = i.isMultiple(of: 2) ? .nan : Float(bitPattern: 0xFFC0_1234) }
    let y = values(activation, x)
    #expect(zip(x, y).allSatisfy { $0.isNaN == $1.isNaN })
    #expect(zip(x, gradients(activation, x, ones)).allSatisfy { $0.isNaN == $1.isNaN })
    #expect(zip(x, gradients(activation, ones, x)).allSatisfy { $0.isNaN == $1.isNaN })
    for shift in 1..<16 {
      #expect(patterns(values(activation, x, shift: shift)) == patterns(y))
      #expect(patterns(values(activation, Array(x[shift...]))) == patterns(Array(y[shift...])))
    }
  }

  @Test func `take infinite arguments to their limits`() {
    let infinite: [Float] = [.infinity, -.infinity]
    #expect(values(Self.activations[0], infinite)[0] == .infinity)
    #expect(values(Self.activations[1], infinite) == [.infinity, 0])
    #expect(values(Self.activations[2], infinite) == [1, 0])
    #expect(values(Self.activations[3], infinite) == [1, -1])
    for activation in Self.activations where !activation.takesResults {
      #expect(gradients(activation, infinite, [1, 1]) == [1, 0])
    }
  }

  @Test(arguments: lengths)
  func `drop ReLU's results and gradients alike`(count: Int) {
    var numbers = Numbers(seed: UInt64(count))
    let (x, dy) = (numbers.floats(count), numbers.floats(count, in: 1...2))
    let stream = Stream(threshold: 20_000)
    let factors = doubles(stream.factors(count))
    let (y, again, dx) = (
      Shifted(repeating: 0, count: count), Shifted(repeating: 9, count: count, by: 1), Shifted(dy, by: 2)
    )
    unsafe grf_relu_dropout(x, y.pointer, count, stream.native)
    expectClose(y.values, zip(x, factors).map { max(0, Double($0)) * $1 }, 3e-7)
    // In place.
    unsafe grf_relu_dropout_backward(x, dx.pointer, dx.pointer, again.pointer, count, stream.native)
    expectClose(dx.values, zip(zip(x, dy), factors).map { $0.0 > 0 ? Double($0.1) * $1 : 0 }, 3e-7)
    #expect(patterns(again.values) == patterns(y.values))
  }

  @Test(arguments: lengths)
  func `drop GELU's results and gradients alike`(count: Int) {
    var numbers = Numbers(seed: UInt64(count))
    let (x, dy) = (numbers.floats(count, in: 0.5...4), numbers.floats(count, in: 1...2))
    let stream = Stream(threshold: 20_000)
    let gelu = Self.activations[0]
    let factors = doubles(stream.factors(count))
    let (y, dx) = (Shifted(repeating: 0, count: count), Shifted(repeating: 0, count: count))
    unsafe grf_gelu_dropout(x, y.pointer, count, stream.native)
    expectClose(y.values, zip(x, factors).map { gelu.value(Double($0)) * $1 }, 3e-7)
    let again = Shifted(repeating: 9, count: count, by: 3)
    unsafe grf_gelu_dropout_backward(x, dy, dx.pointer, again.pointer, count, stream.native)
    #expect(patterns(again.values) == patterns(y.values))
    let slopes = zip(zip(x, dy), factors).map { gelu.slope(Double($0.0)) * Double($0.1) * $1 }
    expectClose(dx.values, slopes, 1e-6)
    #expect(zip(y.values, dx.values).allSatisfy { ($0 == 0) == ($1 == 0) })
  }
}
