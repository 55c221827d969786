internal import Autodiff

/// The parameters of multi-head attention, as PyTorch's `MultiheadAttention` names them.
struct AttentionParameters: Sendable {
  let inputWeight: Parameter
  let inputBias: Parameter
  let outputWeight: Parameter
  let outputBias: Parameter

  init(_ name: String, width: Int, _ layout: inout ParameterLayout) {
    inputWeight = layout.add("\(name).in_proj_weight", 3 * width, width)
    inputBias = layout.add("\(name).in_proj_bias", 3 * width)
    outputWeight = layout.add("\(name).out_proj.weight", width, width)
    outputBias = layout.add("\(name).out_proj.bias", width)
  }

  /// Self-attention: one product gives queries, keys and values.
  ///
  /// - Returns: `[ΣT, d]`, through the output projection.
  func attend(
    _ x: Sequences, _ settings: AttentionSettings, limits: KeyLimits? = nil, on tape: inout Tape,
    observe: ((Tape.Value) -> Void)? = nil
  ) -> Tape.Value {
    let d = outputBias.columns
    let projected = tape.linear(x.value, weight: inputWeight, bias: inputBias)
    let heads = tape.attention(
      queries: Columns(projected), keys: Columns(projected, from: d), values: Columns(projected, from: 2 * d),
      querySegments: x.segments, keySegments: x.segments, settings: settings, limits: limits, observe: observe)
    return tape.linear(heads, weight: outputWeight, bias: outputBias)
  }
}

/// Gain and shift of a layer norm.
struct NormParameters: Sendable {
  let gain: Parameter
  let shift: Parameter

  init(_ name: String, width: Int, _ layout: inout ParameterLayout) {
    gain = layout.add("\(name).weight", width)
    shift = layout.add("\(name).bias", width)
  }
}

/// Weight and bias of a linear map.
struct LinearParameters: Sendable {
  let weight: Parameter
  let bias: Parameter

  init(_ name: String, from inputs: Int, to outputs: Int, _ layout: inout ParameterLayout) {
    weight = layout.add("\(name).weight", outputs, inputs)
    bias = layout.add("\(name).bias", outputs)
  }
}

/// A Transformer decoder layer with its norms after the residuals, as PyTorch's
/// `TransformerDecoderLayer(activation="gelu")`:
///
///     y = norm1(y + drop(selfattention(y)))
///     y = norm2(y + drop(crossattention(y, memory)))
///     y = norm3(y + drop(W₂ drop(gelu(W₁ y))))
///
/// Source: Vaswani et al. 2017, section 3.1.
struct DecoderLayer: Sendable {
  let name: String
  let configuration: ModelConfiguration
  let selfAttention: AttentionParameters
  let crossAttention: AttentionParameters
  let linear1: LinearParameters
  let linear2: LinearParameters
  let norm1: NormParameters
  let norm2: NormParameters
  let norm3: NormParameters

  init(_ name: String, _ configuration: ModelConfiguration, _ layout: inout ParameterLayout) {
    self.name = name
    self.configuration = configuration
    let width = configuration.width
    selfAttention = AttentionParameters("\(name).self_attn", width: width, &layout)
    crossAttention = AttentionParameters("\(name).multihead_attn", width: width, &layout)
    linear1 = LinearParameters("\(name).linear1", from: width, to: configuration.feedForward, &layout)
    linear2 = LinearParameters("\(name).linear2", from: configuration.feedForward, to: width, &layout)
    norm1 = NormParameters("\(name).norm1", width: width, &layout)
    norm2 = NormParameters("\(name).norm2", width: width, &layout)
    norm3 = NormParameters("\(name).norm3", width: width, &layout)
  }

  /// - Parameters:
  ///   - target: `[ΣT, d]`; memory: `[ΣM, d]`.
  ///   - observe: is given the means of the attention over the memory; see ``Tape/attention``.
  /// - Returns: `[ΣT, d]`.
  func apply(
    _ target: Sequences, memory: Sequences, on tape: inout Tape, observe: ((Tape.Value) -> Void)? = nil
  ) -> Sequences {
    tape.scope = name
    let (p, segments) = (configuration.dropout, target.segments)
    let attended = selfAttention.attend(target, settings, on: &tape)
    let a = norm(tape.addition(target.value, attended, dropout: p, segments: segments), norm1, on: &tape)
    let crossed = attend(a, segments, memory: memory, on: &tape, observe: observe)
    let b = norm(tape.addition(a, crossed, dropout: p, segments: segments), norm2, on: &tape)
    let inner = tape.linear(b, weight: linear1.weight, bias: linear1.bias)
    let active = tape.gelu(inner, dropout: p, segments: segments)
    let outer = tape.linear(active, weight: linear2.weight, bias: linear2.bias)
    let c = norm(tape.addition(b, outer, dropout: p, segments: segments), norm3, on: &tape)
    return Sequences(c, segments)
  }

  private var settings: AttentionSettings {
    AttentionSettings(
      heads: configuration.heads, width: configuration.width / configuration.heads, dropout: configuration.dropout)
  }

  private func norm(_ x: Tape.Value, _ parameters: NormParameters, on tape: inout Tape) -> Tape.Value {
    tape.layerNorm(x, gain: parameters.gain, shift: parameters.shift)
  }

  /// Attention over the memory: the first third of the input projection is the queries', the rest keys' and values'.
  private func attend(
    _ x: Tape.Value, _ segments: Segments, memory: Sequences, on tape: inout Tape,
    observe: ((Tape.Value) -> Void)?
  ) -> Tape.Value {
    let d = configuration.width
    let (weight, bias) = (crossAttention.inputWeight, crossAttention.inputBias)
    let queries = tape.linear(x, weight: weight[0..<d], bias: bias[0..<d])
    let pairs = tape.linear(memory.value, weight: weight[d..<3 * d], bias: bias[d..<3 * d])
    let heads = tape.attention(
      queries: Columns(queries), keys: Columns(pairs), values: Columns(pairs, from: d), querySegments: segments,
      keySegments: memory.segments, settings: settings, observe: observe)
    return tape.linear(heads, weight: crossAttention.outputWeight, bias: crossAttention.outputBias)
  }
}

/// Packed sequences of states: `[ΣT, d]`, and whose rows are whose.
struct Sequences {
  let value: Tape.Value
  let segments: Segments

  init(_ value: Tape.Value, _ segments: Segments) {
    self.value = value
    self.segments = segments
  }
}
