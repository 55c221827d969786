import Foundation
import Testing

@testable import Autodiff

/// Lengths of packed segments: none, one row, and unequal ones with an empty segment between.
let segmentLengths: [[Int]] = [[0], [1], [3, 0, 1, 5]]

@Suite("Gradients agree with finite differences")
struct OperationTests {
  let key = DropoutKey(seed: 3, epoch: 1, samples: [5, 0, 9, 2])

  private func key(_ lengths: [Int]) -> DropoutKey {
    DropoutKey(seed: 3, epoch: 1, samples: Array(0..<lengths.count))
  }

  @Test("of a linear map, with and without bias", arguments: [0, 1, 5])
  func linear(rows: Int) {
    GradientCheck(inputs: [(rows, 3)], parameters: [[4, 3], [4]]).run { tape, x, p in
      tape.linear(x[0], weight: p[0], bias: p[1])
    }
    GradientCheck(inputs: [(rows, 3)], parameters: [[4, 3]]).run { tape, x, p in
      tape.linear(x[0], weight: p[0], bias: nil)
    }
  }

  @Test("of a linear map by some rows of a weight")
  func rowsOfAWeight() {
    GradientCheck(inputs: [(2, 3), (4, 3)], parameters: [[6, 3], [6]]).run { tape, x, p in
      let a = tape.linear(x[0], weight: p[0][0..<2], bias: p[1][0..<2])
      let b = tape.linear(x[1], weight: p[0][2..<6], bias: p[1][2..<6])
      let lengths = tape.segments([4])
      let twice = tape.segments([2])
      return tape.concatenation(
        tape.segmentMean(a, segments: twice), tape.segmentMean(b, segments: lengths))
    }
  }

  @Test("of an addition, also of a value to itself")
  func addition() {
    GradientCheck(inputs: [(3, 2), (3, 2)]).run { tape, x, _ in
      tape.addition(tape.addition(x[0], x[1]), tape.addition(x[0], x[0]))
    }
  }

  @Test("of an addition of dropped units", arguments: segmentLengths)
  func droppedAddition(lengths: [Int]) {
    let rows = lengths.reduce(0, +)
    GradientCheck(inputs: [(rows, 5), (rows, 5)], dropout: key(lengths)).run { tape, x, _ in
      tape.addition(x[0], x[1], dropout: 0.4, segments: tape.segments(lengths))
    }
  }

  @Test("of dropout", arguments: segmentLengths)
  func dropout(lengths: [Int]) {
    GradientCheck(inputs: [(lengths.reduce(0, +), 7)], dropout: key(lengths)).run { tape, x, _ in
      let segments = tape.segments(lengths)
      // Used twice: the second use adds to the gradient of the first.
      let once = tape.dropout(x[0], probability: 0.3, segments: segments)
      return tape.addition(once, tape.dropout(x[0], probability: 0.3, segments: segments))
    }
  }

  @Test("of the position code", arguments: [0, 1, 4])
  func positionCode(rows: Int) {
    let positions = (0..<Int32(rows)).map { $0 * 3 }
    let table = PositionTable(positions: 10, columns: 6)
    GradientCheck(inputs: [(rows, 6)]).run { tape, x, _ in
      tape.positionCode(x[0], positions: positions.span, table: table)
    }
    // Used twice: the second use adds to the gradient of the first.
    GradientCheck(inputs: [(rows, 6)]).run { tape, x, _ in
      tape.addition(
        tape.positionCode(x[0], scale: 2.5, positions: positions.span, table: table),
        tape.positionCode(x[0], scale: -0.75, positions: positions.span, table: table))
    }
  }

  @Test("A code in halves has all sines, then all cosines, from position 1", arguments: [2, 3, 6, 7])
  func halves(columns: Int) {
    let table = PositionTable(halves: 4, columns: columns)
    let half = columns / 2
    for position in 0..<4 {
      for channel in 0..<columns {
        let exponent = half == 1 ? 0 : Double(channel % half) / Double(half - 1)
        let angle = Double(position + 1) / pow(10000, exponent)
        let expected = channel == 2 * half ? 0 : channel < half ? sin(angle) : cos(angle)
        #expect(abs(Double(table.table.span[position * columns + channel]) - expected) < 1e-6)
      }
    }
  }

  @Test("of layer norm", arguments: [0, 1, 3], [3, 5, 16])
  func layerNorm(rows: Int, columns: Int) {
    GradientCheck(inputs: [(rows, columns)], parameters: [[columns], [columns]]).run(
      { tape, x, p in tape.layerNorm(x[0], gain: p[0], shift: p[1]) }, tolerance: 5e-3)
  }

  @Test("of a feed-forward network, with and without dropout", arguments: segmentLengths, [Activation.gelu, .relu])
  func feedForward(lengths: [Int], activation: Activation) {
    // Large numbers for ReLU, so that no step crosses its kink.
    let scale: Float = activation == .relu ? 16 : 1
    for key in [nil, key(lengths)] {
      GradientCheck(
        inputs: [(lengths.reduce(0, +), 3)], parameters: [[6, 3], [6], [2, 6], [2]], dropout: key,
        transform: { scale * $0 }
      ).run { tape, x, p in
        let (inner, outer) = (AffineMap(weight: p[0], bias: p[1]), AffineMap(weight: p[2], bias: p[3]))
        let segments = tape.segments(lengths)
        // Used twice: the second use adds to the gradient of the first.
        let once = tape.feedForward(x[0], inner, activation, outer, dropout: 0.25, segments: segments)
        return tape.addition(
          once, tape.feedForward(x[0], inner, activation, outer, dropout: 0.25, segments: segments))
      }
    }
  }

  @Test("of a residual connection and its norm, with and without dropout", arguments: segmentLengths)
  func residualNorm(lengths: [Int]) {
    let rows = lengths.reduce(0, +)
    for key in [nil, key(lengths)] {
      GradientCheck(inputs: [(rows, 5), (rows, 5)], parameters: [[5], [5]], dropout: key).run(
        { tape, x, p in
          let segments = tape.segments(lengths)
          // A branch of its own each time, whose place the sum takes; x is used twice.
          let first = tape.residualNorm(
            x[0], tape.tanh(x[1]), dropout: 0.4, segments: segments, gain: p[0], shift: p[1])
          return tape.residualNorm(
            x[0], tape.addition(first, x[1]), dropout: 0.4, segments: segments, gain: p[0], shift: p[1])
        }, tolerance: 5e-3)
    }
  }

  @Test("of attention to one row a segment", arguments: segmentLengths, [0, 0.3] as [Float])
  func oneRowAttention(lengths: [Int], probability: Float) {
    GradientCheck(inputs: [(lengths.count, 6)], dropout: key(lengths)).run { tape, x, _ in
      tape.attention(
        toOneRow: x[0], querySegments: tape.segments(lengths),
        settings: AttentionSettings(heads: 2, width: 3, dropout: probability))
    }
  }

  @Test("Attention to one row is attention, to the bit", arguments: segmentLengths, [0, 0.3] as [Float])
  func oneRowIsAttention(lengths: [Int], probability: Float) {
    let settings = AttentionSettings(heads: 2, width: 3, dropout: probability)
    var numbers = Numbers(seed: 5)
    let (queries, keys) = (numbers.array(lengths.reduce(0, +) * 6), numbers.array(lengths.count * 6))
    let weighting = numbers.array(queries.count)
    var tape = Tape()
    func results(_ build: (inout Tape, Tape.Value, Tape.Value) -> Tape.Value) -> [[Float]] {
      tape.begin(FloatBuffer(count: 0), gradients: FloatBuffer(count: 0), dropout: key(lengths))
      let q = tape.input(queries.span, columns: 6)
      let v = tape.input(keys.span, columns: 6, isConstant: false)
      let y = build(&tape, q, v)
      tape.backward(from: y, gradient: weighting.span)
      return [tape.values(of: y), tape.gradient(of: v) ?? []]
    }
    let short = results { tape, _, v in
      tape.attention(toOneRow: v, querySegments: tape.segments(lengths), settings: settings)
    }
    let long = results { tape, q, v in
      tape.attention(
        queries: Columns(q), keys: Columns(q.rows == v.rows ? q : tape.input(keys.span, columns: 6)),
        values: Columns(v),
        querySegments: tape.segments(lengths), keySegments: tape.segments(lengths.map { _ in 1 }), settings: settings)
    }
    #expect(short == long)
  }

  @Test("of sigmoid and tanh", arguments: [0, 1, 20])
  func activations(rows: Int) {
    GradientCheck(inputs: [(rows, 3)], transform: { 4 * $0 }).run { tape, x, _ in tape.sigmoid(x[0]) }
    GradientCheck(inputs: [(rows, 3)], transform: { 2 * $0 }).run { tape, x, _ in tape.tanh(x[0]) }
  }

  @Test("of self-attention", arguments: segmentLengths, [0, 0.3] as [Float])
  func selfAttention(lengths: [Int], probability: Float) {
    GradientCheck(inputs: [(lengths.reduce(0, +), 12)], dropout: key(lengths)).run { tape, x, _ in
      let segments = tape.segments(lengths)
      return tape.attention(
        queries: Columns(x[0]), keys: Columns(x[0], from: 4), values: Columns(x[0], from: 8), querySegments: segments,
        keySegments: segments, settings: AttentionSettings(heads: 2, width: 2, dropout: probability))
    }
  }

  @Test(
    "of attention over other sequences, masked or causal",
    arguments: [([0], [2]), ([1], [0]), ([3, 0, 1, 5], [2, 4, 0, 3]), ([1, 1, 1, 1], [6, 1, 2, 20])], [false, true])
  func crossAttention(lengths: ([Int], [Int]), isMasked: Bool) {
    let (queries, keys) = (lengths.0.reduce(0, +), lengths.1.reduce(0, +))
    let valid = isMasked ? (0..<keys).map { UInt8($0 % 3 == 1 ? 0 : 1) } : nil
    // Some queries see nothing, the last of a segment all.
    let counts = zip(lengths.0, lengths.1).flatMap { queries, keys in
      (0..<queries).map { Int32(max(0, keys - queries + $0 + 1)) }
    }
    for limits in [nil, KeyLimits(counts: counts)] {
      GradientCheck(inputs: [(queries, 6), (keys, 6), (keys, 6)], dropout: key(lengths.0)).run { tape, x, _ in
        let settings = AttentionSettings(heads: 2, width: 3, dropout: 0.2)
        return tape.attention(
          queries: Columns(x[0]), keys: Columns(x[1]), values: Columns(x[2]), querySegments: tape.segments(lengths.0),
          keySegments: tape.segments(lengths.1), settings: settings, limits: limits, validKeys: valid)
      }
    }
  }

  @Test("of the mean of segments", arguments: segmentLengths)
  func segmentMean(lengths: [Int]) {
    GradientCheck(inputs: [(lengths.reduce(0, +), 3)]).run { tape, x, _ in
      tape.segmentMean(x[0], segments: tape.segments(lengths))
    }
  }

  @Test("of the last rows of segments", arguments: segmentLengths)
  func lastRows(lengths: [Int]) {
    GradientCheck(inputs: [(lengths.reduce(0, +), 3)]).run { tape, x, _ in
      let segments = tape.segments(lengths)
      return tape.addition(tape.lastRows(x[0], segments: segments), tape.lastRows(x[0], segments: segments))
    }
  }

  @Test("of gated mixing, also of a gate that is the state itself")
  func gatedMixing() {
    GradientCheck(inputs: [(3, 4), (3, 4), (3, 4)]).run { tape, x, _ in tape.gatedMixing(x[0], x[1], gate: x[2]) }
    GradientCheck(inputs: [(3, 4), (3, 4)]).run { tape, x, _ in tape.gatedMixing(x[0], x[1], gate: x[0]) }
  }

  @Test("of a concatenation", arguments: [0, 1, 3])
  func concatenation(rows: Int) {
    GradientCheck(inputs: [(rows, 2), (rows, 3)]).run { tape, x, _ in
      tape.concatenation(tape.concatenation(x[0], x[1]), x[0])
    }
  }

  @Test("of the L1 loss")
  func l1Loss() {
    let targets: [Float] = [0, 2, -2, 0]
    GradientCheck(inputs: [(4, 1)]).run { tape, x, _ in tape.l1Loss(x[0], targets: targets.span, weight: 0.25) }
  }

  @Test("of a projection from rows where they lie", arguments: [[4], [0, 1, 3]])
  func projection(lengths: [Int]) {
    var numbers = Numbers(seed: 1)
    let samples = lengths.map { numbers.array($0 * 5) }
    var frames = PackedFrames(columns: 5)
    for (sample, length) in zip(samples, lengths) {
      // The second frame is masked.
      let valid = (0..<length).map { UInt8($0 == 1 ? 0 : 1) }
      frames.append(MappedRows(sample.span, columns: 5), valid: valid.span)
    }
    GradientCheck(parameters: [[3, 5], [3]]).run { tape, _, p in
      tape.projection(frames, weight: p[0], bias: p[1])
    }
    GradientCheck(parameters: [[3, 5]]).run { tape, _, p in tape.projection(frames, weight: p[0], bias: nil) }
    // Copied first, they give the same.
    GradientCheck(parameters: [[3, 5]]).run { tape, _, p in
      let direct = tape.projection(frames, weight: p[0], bias: nil)
      let copied = tape.linear(tape.input(frames), weight: p[0], bias: nil)
      #expect(zip(tape.values(of: direct), tape.values(of: copied)).allSatisfy { abs($0 - $1) < 1e-6 })
      return copied
    }
    withExtendedLifetime(samples) {}
  }
}
