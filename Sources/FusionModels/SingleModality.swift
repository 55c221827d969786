package import Autodiff

/// One modality alone, what a fusion has to be better than: projection, position code, self-attention layers, the mean over
/// frames, and GRF's regressor.
package struct SingleModality: FusionModel {
  package let configuration: ModelConfiguration
  package let inputs: [ModelInput]
  package let layout: ParameterLayout
  private let projector: AffineMap
  private let layers: [SelfAttentionLayer]
  private let regressor: Regressor
  private let positions: PositionTable

  /// - Parameters:
  ///   - configuration: its component and auxiliary weight mean nothing here.
  ///   - positions: how many positions the longest stored sample has.
  package init(_ configuration: ModelConfiguration, input: ModelInput, positions: Int) {
    self.configuration = configuration
    inputs = [input]
    self.positions = PositionTable(positions: max(1, positions), columns: configuration.width)
    var layout = ParameterLayout()
    projector = AffineMap("projectors.\(input.name)", from: input.dimension, to: configuration.width, &layout)
    layers = (0..<configuration.layers).map { SelfAttentionLayer("encoder.layers.\($0)", configuration, &layout) }
    regressor = Regressor("regressor", configuration, &layout)
    self.layout = layout
  }

  package var auxiliaryWeight: Float { 0 }
  package var initializer: Initializer { .transformer(layout, width: configuration.width) }

  /// The pooled state is observed, as that of stage 0, and the attention of every layer, as `self`.
  package func predict(
    _ frames: [PackedFrames], on tape: inout Tape, observe: ModelObserver? = nil
  ) -> ModelOutputs {
    precondition(frames.count == 1, "\(frames.count) modalities for one")
    let frames = frames[0]
    let segments = tape.segments(frames.lengths)
    tape.scope = "projectors.\(inputs[0].name)"
    let projected = tape.projection(frames, weight: projector.weight, bias: projector.bias)
    let coded = tape.positionCode(projected, positions: frames.positions.span, table: positions)
    let x = Sequences(tape.dropout(coded, probability: configuration.dropout, segments: segments), segments)
    var states = x
    for (index, layer) in layers.enumerated() {
      let attention = observe?.attention("self", layer: index, memory: 0)
      states = layer.apply(states, on: &tape, observe: attention)
    }
    let mean = tape.segmentMean(states.value, segments: segments)
    observe?.see(.stage(StageObservation(stage: 0, state: mean)))
    let samples = tape.segments(repeatElement(1, count: frames.lengths.count))
    return ModelOutputs(main: regressor.apply(mean, samples: samples, on: &tape), auxiliary: nil)
  }

  package var modules: [String] { ["projectors.\(inputs[0].name)", "encoder", "regressor"] }

  /// Matrix products only.
  package func operations(lengths: [Int]) -> [Int] {
    precondition(lengths.count == 1 && lengths[0] > 0)
    let (d, t) = (configuration.width, lengths[0])
    let layer = 4 * t * d * d + 2 * t * t * d + 2 * t * d * configuration.feedForward
    return [2 * t * inputs[0].dimension * d, 2 * configuration.layers * layer, 2 * (d * (d / 2) + d / 2)]
  }
}

/// A Transformer encoder layer with its norms after the residuals, as PyTorch's
/// `TransformerEncoderLayer(activation="gelu")`:
///
///     y = norm1(y + drop(selfattention(y)))
///     y = norm2(y + drop(W₂ drop(gelu(W₁ y))))
///
/// Source: Vaswani et al. 2017, section 3.1.
struct SelfAttentionLayer: Sendable {
  let name: String
  let configuration: ModelConfiguration
  let attention: AttentionParameters
  let linear1: AffineMap
  let linear2: AffineMap
  let norm1: NormParameters
  let norm2: NormParameters

  init(_ name: String, _ configuration: ModelConfiguration, _ layout: inout ParameterLayout) {
    self.name = name
    self.configuration = configuration
    let width = configuration.width
    attention = AttentionParameters("\(name).self_attn", width: width, &layout)
    linear1 = AffineMap("\(name).linear1", from: width, to: configuration.feedForward, &layout)
    linear2 = AffineMap("\(name).linear2", from: configuration.feedForward, to: width, &layout)
    norm1 = NormParameters("\(name).norm1", width: width, &layout)
    norm2 = NormParameters("\(name).norm2", width: width, &layout)
  }

  /// - Parameters:
  ///   - x: `[ΣT, d]`.
  ///   - observe: is given the means of the attention; see ``Tape/attention``.
  func apply(_ x: Sequences, on tape: inout Tape, observe: ((Tape.Value) -> Void)? = nil) -> Sequences {
    tape.scope = name
    let (p, segments) = (configuration.dropout, x.segments)
    let settings = AttentionSettings(
      heads: configuration.heads, width: configuration.width / configuration.heads, dropout: p)
    let attended = attention.attend(x, settings, on: &tape, observe: observe)
    let y = tape.residualNorm(
      x.value, attended, dropout: p, segments: segments, gain: norm1.gain, shift: norm1.shift)
    let fed = tape.feedForward(y, linear1, .gelu, linear2, dropout: p, segments: segments)
    let z = tape.residualNorm(y, fed, dropout: p, segments: segments, gain: norm2.gain, shift: norm2.shift)
    return Sequences(z, segments)
  }
}
