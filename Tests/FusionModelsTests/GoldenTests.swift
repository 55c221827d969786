import Autodiff
import FusionModels
import PackedSequences
import Testing

/// The models against the PyTorch models of `tools/reference`, computed in Float64.
///
/// A tensor agrees when no element is off by more than 1e-4 of its largest magnitude. Reached with fused operations, the same
/// on every processor: outputs within 7e-7, gradients within 2.9e-5 (all but 26 of 2,682 tensors within 3e-6), weights after
/// ten steps within 9e-6.
@Suite("A model computes what the PyTorch model computes")
struct GoldenTests {
  /// A golden case with its model, its weights, and its frames.
  struct Bench {
    let golden: Golden
    let model: any FusionModel
    let weights: FloatBuffer
    let gradients: FloatBuffer
    let stored: [Golden.Stored]
    let labels: [Float]

    init(_ place: GoldenCase) throws {
      golden = try Golden(place)
      stored = try golden.inputs.map { [golden] in try golden.stored($0.name) }
      let longest = stored.flatMap { zip($0.offsets.dropFirst(), $0.offsets).map { $0.0 - $0.1 } }.max() ?? 0
      model = try golden.model(positions: max(longest, golden.fill?.values.max() ?? 0))
      weights = FloatBuffer(count: model.layout.count)
      gradients = FloatBuffer(count: model.layout.count)
      labels = try golden.floats("labels")
      for entry in model.layout.entries {
        let values = try golden.floats("weights.\(entry.name)")
        #expect(golden.shape("weights.\(entry.name)") == entry.shape)
        weights.withMutableSpan { span in
          for (place, value) in zip(entry.range, values) { span[place] = value }
        }
      }
    }

    func frames(_ samples: Range<Int>? = nil) -> [PackedFrames] {
      zip(stored, golden.inputs).map { stored, input in
        Golden.pack(
          stored, columns: input.dimension, fill: golden.fill?[input.name], samples: samples ?? 0..<labels.count)
      }
    }

    /// The loss of the whole batch; adds its gradients where they are wanted.
    func loss(_ tape: inout Tape, adding gradients: FloatBuffer?) -> Float {
      tape.begin(weights, gradients: gradients)
      let prediction = model.predict(frames(), on: &tape, observe: nil)
      let loss = total(prediction, labels, &tape)
      let value = tape.values(of: loss)[0]
      if gradients != nil { tape.backward(from: loss) }
      return value
    }

    func total(_ prediction: ModelOutputs, _ targets: [Float], _ tape: inout Tape) -> Tape.Value {
      let weight = 1 / Float(labels.count)
      let main = tape.l1Loss(prediction.main, targets: targets.span, weight: weight)
      guard let auxiliary = prediction.auxiliary else { return main }
      return tape.addition(
        main, tape.l1Loss(auxiliary, targets: targets.span, weight: weight * model.auxiliaryWeight))
    }
  }

  /// Without fused operations the kernels round twice as often.
  private static let tolerance: Float = Kernels.fuse ? 1e-4 : 2e-4

  static func expect(_ found: [Float], _ expected: [Float], _ what: String) {
    #expect(found.count == expected.count, "\(what): \(found.count) numbers for \(expected.count)")
    let scale = expected.reduce(0) { max($0, abs($1)) }
    let worst = zip(found, expected).reduce(0) { max($0, abs($1.0 - $1.1)) }
    #expect(worst <= tolerance * max(scale, 1e-3), "\(what): off by \(worst), largest magnitude \(scale)")
  }

  @Test("Outputs and loss", arguments: GoldenCase.all)
  func forward(place: GoldenCase) throws {
    let bench = try Bench(place)
    var tape = Tape()
    tape.begin(bench.weights)
    let prediction = bench.model.predict(bench.frames(), on: &tape, observe: nil)
    Self.expect(tape.values(of: prediction.main), try bench.golden.floats("output.main"), "main")
    let loss = tape.values(of: bench.total(prediction, bench.labels, &tape))
    Self.expect(loss, try bench.golden.floats("loss"), "loss")
  }

  @Test("Auxiliary output, stages and gates", arguments: GoldenCase.grf)
  func stages(place: GoldenCase) throws {
    let bench = try Bench(place)
    var tape = Tape()
    tape.begin(bench.weights)
    var observations: [StageObservation] = []
    let observer = ModelObserver { if case .stage(let stage) = $0 { observations.append(stage) } }
    let prediction = bench.model.predict(bench.frames(), on: &tape, observe: observer)
    #expect(try place.name == bench.golden.component.rawValue || GoldenCase.whole.contains { $0.name == place.name })
    #expect((prediction.auxiliary != nil) == bench.golden.has("output.auxiliary"))
    if let auxiliary = prediction.auxiliary {
      Self.expect(tape.values(of: auxiliary), try bench.golden.floats("output.auxiliary"), "auxiliary")
    }
    #expect(observations.map(\.stage) == Array(0..<bench.golden.inputs.count - 1))
    for seen in observations {
      let parts: [(String, Tape.Value?)] = [
        ("h", seen.h), ("n", seen.n), ("gate", seen.gate), ("candidate", seen.candidate), ("state", seen.state),
      ]
      for (part, value) in parts {
        #expect((value != nil) == bench.golden.has("stage.\(seen.stage).\(part)"), "\(part)")
        guard let value else { continue }
        let expected = try bench.golden.floats("stage.\(seen.stage).\(part)")
        Self.expect(tape.values(of: value), expected, "stage \(seen.stage) \(part)")
      }
    }
  }

  @Test("The gradient of every parameter", arguments: GoldenCase.all)
  func gradients(place: GoldenCase) throws {
    let bench = try Bench(place)
    var tape = Tape()
    _ = bench.loss(&tape, adding: bench.gradients)
    for entry in bench.model.layout.entries {
      var found = Self.numbers(bench.gradients, entry)
      var expected = try bench.golden.floats("gradient.\(entry.name)")
      if let rows = bench.golden.rowsWithoutGradient[entry.name] {
        let columns = entry.shape.count == 2 ? entry.shape[1] : 1
        let places = rows.lowerBound * columns..<rows.upperBound * columns
        #expect(found[places].allSatisfy { abs($0) < 1e-6 }, "\(entry.name): rows \(rows) want a gradient of 0")
        for place in places { (found[place], expected[place]) = (0, 0) }
      }
      Self.expect(found, expected, entry.name)
    }
  }

  @Test("Ten steps of AdamW", arguments: GoldenCase.stepped)
  func steps(place: GoldenCase) throws {
    let bench = try Bench(place)
    let golden = bench.golden
    var tape = Tape()
    let (first, second) = (FloatBuffer(count: bench.weights.count), FloatBuffer(count: bench.weights.count))
    let all = 0..<bench.weights.count
    var losses: [Float] = []
    for step in 1...10 {
      let sum = FloatBuffer(count: bench.weights.count)
      bench.gradients.clear()
      losses.append(bench.loss(&tape, adding: bench.gradients))
      let norm = sum.assignSum(of: [bench.gradients], range: all).squareRoot()
      if step == 1 { Self.expect([Float(norm)], try golden.floats("gradient_norm"), "norm") }
      let settings = AdamWStep(
        step: step, learningRate: 1e-3, decay: place.training.decay,
        gradientScale: min(1, place.training.norm / (norm + 1e-6)))
      bench.weights.stepAdamW(gradients: sum, first: first, second: second, range: all, settings)
    }
    Self.expect(losses, try golden.floats("losses"), "losses")
    for entry in bench.model.layout.entries {
      var found = Self.numbers(bench.weights, entry)
      let expected = try golden.floats("step10.\(entry.name)")
      if let rows = golden.rowsWithoutGradient[entry.name] {
        // Adam has amplified rounding noise there.
        let columns = entry.shape.count == 2 ? entry.shape[1] : 1
        let places = rows.lowerBound * columns..<rows.upperBound * columns
        for place in places { found[place] = expected[place] }
      }
      Self.expect(found, expected, entry.name)
    }
  }

  @Test("A sample's prediction does not depend on its neighbours", arguments: GoldenCase.all)
  func alone(place: GoldenCase) throws {
    let bench = try Bench(place)
    let expected = try bench.golden.floats("output.main")
    var tape = Tape()
    for sample in expected.indices {
      tape.begin(bench.weights)
      let prediction = bench.model.predict(bench.frames(sample..<sample + 1), on: &tape, observe: nil)
      Self.expect(tape.values(of: prediction.main), [expected[sample]], "sample \(sample)")
    }
  }

  private static func numbers(_ buffer: FloatBuffer, _ entry: ParameterLayout.Entry) -> [Float] {
    let span = buffer.span
    return entry.range.map { span[$0] }
  }
}
