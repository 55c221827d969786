import Autodiff
import FusionModels
import Testing

/// What the goldens leave out: they are computed without dropout.
@Suite("A MulT that drops units")
struct MulTDropoutTests {
  let model: MultimodalTransformer
  let weights: FloatBuffer
  private let stored: [(values: [Float], lengths: [Int])]
  static let samples = 3

  init() {
    self.init(MultimodalTransformerConfiguration.Dropout())
  }

  private init(_ dropout: MultimodalTransformerConfiguration.Dropout) {
    let inputs = [ModelInput(name: "audio", dimension: 3), ModelInput(name: "text", dimension: 6)]
    let configuration = MultimodalTransformerConfiguration(width: 8, layers: 2, heads: 2, dropout: dropout)
    model = MultimodalTransformer(configuration, inputs: inputs, positions: 9)
    weights = model.initializer.draw(model.layout, seed: 3)
    stored = zip(inputs, [[9, 4, 0], [3, 5, 2]]).map { input, lengths in
      let count = input.dimension * lengths.reduce(0, +)
      return ((0..<count).map { Float(($0 * 37 + 11) % 64) / 32 - 1 }, lengths)
    }
  }

  /// Lends the frames of some samples.
  private func frames(_ samples: Range<Int>) -> [PackedFrames] {
    zip(model.inputs, stored).map { input, stored in
      var frames = PackedFrames(columns: input.dimension)
      var start = 0
      for (sample, length) in stored.lengths.enumerated() {
        let values = stored.values.span.extracting(start..<start + length * input.dimension)
        start += length * input.dimension
        let valid = [UInt8](repeating: 1, count: length)
        if samples.contains(sample) {
          frames.append(MappedRows(values, columns: input.dimension), valid: valid.span)
        }
      }
      return frames
    }
  }

  private func predictions(
    _ samples: Range<Int> = 0..<samples, epoch: Int? = 0, gradients: FloatBuffer? = nil
  ) -> [Float] {
    var tape = Tape()
    let key = epoch.map { DropoutKey(seed: 1, epoch: $0, samples: Array(samples)) }
    tape.begin(weights, gradients: gradients, dropout: key)
    let main = model.predict(frames(samples), on: &tape).main
    let found = tape.values(of: main)
    if gradients != nil {
      let ones = [Float](repeating: 1, count: samples.count)
      tape.backward(from: main, gradient: ones.span)
    }
    return found
  }

  @Test("has the gradients that differences give")
  func gradients() {
    let gradients = FloatBuffer(count: weights.count)
    _ = predictions(gradients: gradients)
    let step: Float = 1.0 / 1024
    for entry in model.layout.entries {
      // Along the signs of the gradient nothing cancels.
      let signs = entry.range.map { gradients.span[$0] > 0 ? 1 : gradients.span[$0] < 0 ? -1 : 0 as Float }
      let expected = entry.range.reduce(0) { $0 + abs(Double(gradients.span[$1])) }
      func sum(_ scale: Float) -> Double {
        weights.withMutableSpan { span in
          for (place, sign) in zip(entry.range, signs) { span[place] += scale * sign }
        }
        let sum = predictions().reduce(0) { $0 + Double($1) }
        weights.withMutableSpan { span in
          for (place, sign) in zip(entry.range, signs) { span[place] -= scale * sign }
        }
        return sum
      }
      let size = step / Float(max(1, entry.shape.reduce(1, *) / 16))
      let found = (sum(size) - sum(-size)) / Double(2 * size)
      #expect(
        abs(found - expected) <= 0.03 * expected + 2e-3 / Double(size / step), "\(entry.name): \(found), \(expected)")
    }
  }

  @Test("draws by epoch and sample, not by its neighbours")
  func masks() {
    let all = predictions()
    #expect(predictions() == all && predictions(epoch: 1) != all && predictions(epoch: nil) != all)
    for sample in 0..<Self.samples {
      #expect(abs(predictions(sample..<sample + 1)[0] - all[sample]) < 1e-5)
    }
  }

  @Test("drops what each probability says, and nothing where all are 0")
  func probabilities() {
    typealias Dropout = MultimodalTransformerConfiguration.Dropout
    let paths: [WritableKeyPath<Dropout, Float>] = [
      \.textAttention, \.otherAttention, \.relu, \.residual, \.embedding, \.output,
    ]
    let none = Self(.none)
    #expect(none.predictions() == none.predictions(epoch: nil))
    for path in paths {
      var dropout = Dropout.none
      dropout[keyPath: path] = 0.5
      #expect(Self(dropout).predictions() != none.predictions(), "\(path)")
    }
  }
}
