import Testing

@testable import Autodiff

/// Holds an operation's gradients against central differences of its results.
///
/// What is differentiated is `Σ r · y` for fixed pseudo-random r, summed in Double. Float results carry relative errors
/// of some 1e-7, so that differences over a step of 1/64 are good to about 1e-5; what the step's square brings is of that
/// size, too.
struct GradientCheck {
  var inputs: [(rows: Int, columns: Int)] = []
  var parameters: [[Int]] = []
  var dropout: DropoutKey?
  /// Moves the arguments, such as away from kinks.
  var transform: (Float) -> Float = { $0 }
  let step: Float = 1.0 / 64

  typealias Build = (inout Tape, [Tape.Value], [Parameter]) -> Tape.Value

  func run(_ build: Build, tolerance: Float = 2e-3, sourceLocation: SourceLocation = #_sourceLocation) {
    var layout = ParameterLayout()
    let handles = parameters.enumerated().map { index, shape in
      shape.count == 2 ? layout.add("p\(index)", shape[0], shape[1]) : layout.add("p\(index)", shape[0])
    }
    let weights = FloatBuffer(count: layout.count)
    var numbers = Numbers(seed: 7)
    weights.withMutableSpan { span in for i in span.indices { span[i] = transform(numbers.next()) } }
    var arguments = inputs.map { shape in (0..<shape.rows * shape.columns).map { _ in transform(numbers.next()) } }
    let gradients = FloatBuffer(count: layout.count)

    var tape = Tape()
    func compute(_ gradients: FloatBuffer?) -> (y: Tape.Value, x: [Tape.Value]) {
      tape.begin(weights, gradients: gradients, dropout: dropout)
      let values = zip(inputs, arguments).map { shape, numbers in
        tape.input(numbers.span, columns: shape.columns, isConstant: false)
      }
      return (build(&tape, values, handles), values)
    }
    let first = compute(gradients)
    let weighting = (0..<first.y.rows * first.y.columns).map { _ in numbers.next() }
    tape.backward(from: first.y, gradient: weighting.span)
    let found = first.x.map { tape.gradient(of: $0) ?? [] }

    func objective() -> Double {
      let y = compute(nil).y
      return zip(tape.values(of: y), weighting).reduce(0) { $0 + Double($1.0) * Double($1.1) }
    }
    func compare(_ gradient: [Float], _ what: String, _ move: (Int, Float) -> Void) {
      var expected: [Float] = []
      for index in gradient.indices {
        move(index, step)
        let above = objective()
        move(index, -2 * step)
        let below = objective()
        move(index, step)
        expected.append(Float((above - below) / Double(2 * step)))
      }
      let scale = max(1e-2, expected.reduce(0) { max($0, abs($1)) })
      for (index, pair) in zip(gradient, expected).enumerated() {
        #expect(
          abs(pair.0 - pair.1) <= tolerance * scale, "\(what)[\(index)]: \(pair.0), by differences \(pair.1)",
          sourceLocation: sourceLocation)
      }
    }
    for (index, gradient) in found.enumerated() {
      #expect(
        gradient.count == arguments[index].count, "input \(index) has no gradient", sourceLocation: sourceLocation)
      compare(gradient, "input \(index)") { arguments[index][$0] += $1 }
    }
    let all = gradients.span
    compare(all.indices.map { all[$0] }, "parameters") { place, change in
      weights.withMutableSpan { $0[place] += change }
    }
  }
}

/// Pseudo-random numbers in −1 ..< 1, away from 0 by at least 1/32, so that no step crosses a kink there.
struct Numbers {
  private var state: UInt64

  init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }

  mutating func next() -> Float {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    let unit = Float(state >> 40) / Float(1 << 24)
    let magnitude = 1.0 / 32 + unit * 31 / 32
    return state & (1 << 33) == 0 ? magnitude : -magnitude
  }

  mutating func array(_ count: Int) -> [Float] { (0..<count).map { _ in next() } }
}
