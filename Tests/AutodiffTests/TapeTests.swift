import Testing

@testable import Autodiff

@Suite("A tape")
struct TapeTests {
  /// Two segments of a small network with attention and dropout: values and parameter gradients.
  private func compute(
    _ tape: inout Tape, _ lengths: [Int], samples: [Int], epoch: Int = 0, numbers: [[Float]]
  ) -> (values: [[Float]], gradient: [Float]) {
    var layout = ParameterLayout()
    let (w, b) = (layout.add("w", 12, 4), layout.add("b", 12))
    let weights = FloatBuffer(count: layout.count)
    var source = Numbers(seed: 4)
    weights.withMutableSpan { for i in $0.indices { $0[i] = source.next() } }
    let gradients = FloatBuffer(count: layout.count)
    tape.begin(weights, gradients: gradients, dropout: DropoutKey(seed: 1, epoch: epoch, samples: samples))
    let flat = numbers.flatMap(\.self)
    let x = tape.input(flat.span, columns: 4)
    let segments = tape.segments(lengths)
    let projected = tape.linear(x, weight: w, bias: b)
    let heads = tape.attention(
      queries: Columns(projected), keys: Columns(projected, from: 4), values: Columns(projected, from: 8),
      querySegments: segments, keySegments: segments, settings: AttentionSettings(heads: 2, width: 2, dropout: 0.4))
    let dropped = tape.tanh(tape.dropout(heads, probability: 0.3, segments: segments))
    let mean = tape.segmentMean(dropped, segments: segments)
    let ones = [Float](repeating: 1, count: lengths.count * 4)
    let all = tape.values(of: mean)
    tape.backward(from: mean, gradient: ones.span)
    let span = gradients.span
    return (lengths.indices.map { Array(all[$0 * 4..<($0 + 1) * 4]) }, span.indices.map { span[$0] })
  }

  @Test("drops the same units of a sample whatever else is packed with it")
  func packing() {
    var numbers = Numbers(seed: 2)
    let lengths = [3, 5, 1, 20]
    let samples = lengths.map { numbers.array($0 * 4) }
    var tape = Tape()
    let together = compute(&tape, lengths, samples: [7, 1, 4, 9], numbers: samples).values
    let alone = lengths.indices.map { i in
      compute(&tape, [lengths[i]], samples: [[7, 1, 4, 9][i]], numbers: [samples[i]]).values[0]
    }
    let backwards = compute(
      &tape, lengths.reversed(), samples: [9, 4, 1, 7], numbers: samples.reversed()
    ).values
    #expect(together == alone)
    #expect(together == backwards.reversed())
    let later = compute(&tape, lengths, samples: [7, 1, 4, 9], epoch: 1, numbers: samples).values
    #expect(together[3] != later[3], "another epoch, another mask")
    let others = compute(&tape, lengths, samples: [8, 2, 5, 10], numbers: samples).values
    #expect(together[3] != others[3], "another sample, another mask")
  }

  @Test("allocates nothing once it has seen its longest input, and computes the same in used memory")
  func reuse() {
    var numbers = Numbers(seed: 3)
    let long = [numbers.array(40 * 4), numbers.array(300 * 4)]
    let short = [numbers.array(4), numbers.array(2 * 4)]
    var tape = Tape()
    let first = compute(&tape, [1, 2], samples: [0, 1], numbers: short)
    _ = compute(&tape, [40, 300], samples: [0, 1], numbers: long)
    tape.reset()
    let (growths, capacity) = (tape.growths, tape.capacity)
    for _ in 0..<5 {
      let again = compute(&tape, [1, 2], samples: [0, 1], numbers: short)
      #expect(again.values == first.values)
      #expect(again.gradient == first.gradient)
      _ = compute(&tape, [40, 300], samples: [0, 1], numbers: long)
    }
    #expect(tape.growths == growths)
    #expect(tape.capacity == capacity)
  }

  @Test("replaces gradients where it is told to, those that nothing leads to as well")
  func replacing() {
    var layout = ParameterLayout()
    let (w, b, unused) = (layout.add("w", 2, 3), layout.add("b", 2), layout.add("unused", 2))
    #expect(unused.columns == 2)
    let weights = FloatBuffer(count: layout.count)
    let x: [Float] = [1, 2, 3, 4, 5, 6]
    let ones = [Float](repeating: 1, count: 4)
    var tape = Tape()
    func gradients(replacing: Bool) -> [Float] {
      let gradients = FloatBuffer(count: layout.count)
      gradients.withMutableSpan { for i in $0.indices { $0[i] = 100 } }
      tape.begin(weights, gradients: gradients, replacing: replacing)
      let input = tape.input(x.span, columns: 3)
      tape.backward(from: tape.linear(input, weight: w, bias: b), gradient: ones.span)
      return gradients.span.indices.map { gradients.span[$0] }
    }
    let expected: [Float] = [5, 7, 9, 5, 7, 9, 2, 2, 0, 0]
    #expect(gradients(replacing: true) == expected)
    #expect(gradients(replacing: false) == expected.map { $0 + 100 })
  }

  @Test("packs weights anew when they have changed, and those of another model")
  func repacking() {
    var layout = ParameterLayout()
    let w = layout.add("w", 1, 1)
    let x: [Float] = [3]
    var tape = Tape()
    func product(_ weights: FloatBuffer) -> Float {
      tape.begin(weights)
      let input = tape.input(x.span, columns: 1)
      return tape.values(of: tape.linear(input, weight: w, bias: nil))[0]
    }
    let (first, second) = (FloatBuffer(count: 1), FloatBuffer(count: 1))
    first.withMutableSpan { $0[0] = 2 }
    #expect(product(first) == 6)
    first.withMutableSpan { $0[0] = 5 }
    #expect(product(first) == 15)
    #expect(product(second) == 0)
    second.copy(from: first)
    #expect(product(second) == 15)
    second.clear()
    #expect(product(second) == 0)
    first.stepAdamW(
      gradients: second, first: FloatBuffer(count: 1), second: FloatBuffer(count: 1), range: 0..<1,
      AdamWStep(step: 1, learningRate: 0.1, decay: 1))
    #expect(product(first) == 13.5)
  }

  @Test("records nothing without gradients, and then computes the same")
  func evaluation() {
    let weights = FloatBuffer(count: 2)
    weights.withMutableSpan { ($0[0], $0[1]) = (2, -1) }
    var layout = ParameterLayout()
    let w = layout.add("w", 1, 2)
    let x: [Float] = [1, 2, 3, 4]
    var tape = Tape()
    tape.begin(weights)
    let input = tape.input(x.span, columns: 2)
    let y = tape.linear(input, weight: w, bias: nil)
    let found = tape.values(of: y)
    let isConstant = tape.isConstant(y)
    #expect(found == [0, 2])
    #expect(isConstant)
  }

  @Test("tells where the first number came up that is not finite")
  func nonfinite() {
    let weights = FloatBuffer(count: 1)
    weights.withMutableSpan { $0[0] = .infinity }
    var layout = ParameterLayout()
    let w = layout.add("w", 1, 1)
    let x: [Float] = [0, 1]
    var tape = Tape()
    tape.begin(weights)
    tape.scope = "first"
    let input = tape.input(x.span, columns: 1)
    #expect(tape.firstNonfinite() == nil)
    tape.scope = "second.layer"
    let y = tape.linear(input, weight: w, bias: nil)
    tape.scope = "third"
    _ = tape.tanh(y)
    #expect(tape.firstNonfinite()?.scope == "second.layer")
    #expect(tape.firstNonfinite()?.operation == "linear")
  }

  @Test("projects rows of 16 bits as it does the floats that they stand for", arguments: [1, 63, 64, 65, 200])
  func halves(rows: Int) {
    let columns = 3
    // Multiples of 1/8 up to 16: exact in f16 and bf16.
    let values = (0..<rows * columns).map { Float(($0 * 37) % 256 - 128) / 8 }
    let bf16 = values.map { UInt16($0.bitPattern >> 16) }
    let f16 = values.map { value -> UInt16 in
      guard value != 0 else { return 0 }
      let sign: UInt16 = value < 0 ? 0x8000 : 0
      let exponent = UInt16(Int(value.exponent) + 15) << 10
      return sign | exponent | UInt16(value.significandBitPattern >> 13)
    }
    var layout = ParameterLayout()
    let (w, b) = (layout.add("w", 2, columns), layout.add("b", 2))
    let weights = FloatBuffer(count: layout.count)
    var numbers = Numbers(seed: 9)
    weights.withMutableSpan { for i in $0.indices { $0[i] = numbers.next() } }
    let valid = [UInt8](repeating: 1, count: rows)
    let gradient = numbers.array(rows * 2)

    func project(_ mapped: MappedRows) -> (values: [Float], gradient: [Float]) {
      var frames = PackedFrames(columns: columns)
      frames.append(mapped, valid: valid.span)
      let gradients = FloatBuffer(count: layout.count)
      var tape = Tape()
      tape.begin(weights, gradients: gradients)
      let y = tape.projection(frames, weight: w, bias: b)
      let values = tape.values(of: y)
      tape.backward(from: y, gradient: gradient.span)
      let span = gradients.span
      return (values, span.indices.map { span[$0] })
    }
    func expectEqual(_ found: [Float], _ expected: [Float]) {
      #expect(zip(found, expected).allSatisfy { abs($0 - $1) <= 1e-4 * max(1, abs($1)) })
    }
    let expected = project(MappedRows(values.span, columns: columns))
    for found in [
      project(MappedRows(bits: f16.span, columns: columns, format: .f16)),
      project(MappedRows(bits: bf16.span, columns: columns, format: .bf16)),
    ] {
      expectEqual(found.values, expected.values)
      expectEqual(found.gradient, expected.gradient)
    }
    withExtendedLifetime((values, bf16, f16)) {}
  }

  @Test("packs valid frames with their positions, and one frame of zeros for a sample that has none")
  func packedFrames() {
    let values: [Float] = [1, 2, 3, 4]
    var frames = PackedFrames(columns: 1)
    let masks: [[UInt8]] = [[0, 1, 0, 1], [0, 0], []]
    for mask in masks {
      frames.append(MappedRows(values.span.extracting(0..<mask.count), columns: 1), valid: mask.span)
    }
    #expect(frames.lengths == [2, 1, 1])
    #expect(frames.positions == [1, 3, 0, 0])
    withExtendedLifetime(values) {}
  }

  @Test("adds up gradients in the order of the groups and steps as AdamW does")
  func optimizer() {
    let count = 5
    func buffer(_ numbers: [Float]) -> FloatBuffer {
      let buffer = FloatBuffer(count: count)
      buffer.withMutableSpan { for (i, number) in numbers.enumerated() { $0[i] = number } }
      return buffer
    }
    let (a, b) = (buffer([1, -2, 0, 0.5, 3]), buffer([1, 1, 0, 0.5, -3]))
    let sum = FloatBuffer(count: count)
    #expect(sum.assignSum(of: [a, b], range: 0..<count) == 6)
    let (weights, first, second) = (buffer([1, 1, 1, 1, 1]), FloatBuffer(count: count), FloatBuffer(count: count))
    var reference: [(w: Double, m: Double, v: Double)] = Array(repeating: (1, 0, 0), count: count)
    for step in 1...3 {
      weights.stepAdamW(
        gradients: sum, first: first, second: second, range: 0..<count,
        AdamWStep(step: step, learningRate: 0.1, decay: 0.01, gradientScale: 0.5))
      for i in 0..<count {
        let g = Double(sum.span[i]) * 0.5
        reference[i].w *= 1 - 0.1 * 0.01
        reference[i].m = 0.9 * reference[i].m + 0.1 * g
        reference[i].v = 0.999 * reference[i].v + 0.001 * g * g
        var (power1, power2) = (1.0, 1.0)
        for _ in 0..<step { (power1, power2) = (power1 * 0.9, power2 * 0.999) }
        reference[i].w -= 0.1 / (1 - power1) * reference[i].m / ((reference[i].v / (1 - power2)).squareRoot() + 1e-8)
        #expect(abs(Double(weights.span[i]) - reference[i].w) < 1e-6, "step \(step), weight \(i)")
      }
    }
  }
}
