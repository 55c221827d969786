internal import Autodiff

/// What attention reads besides its queries: the same frames as keys and as values, dropped each by a mask of its own.
struct Memory: Sendable {
  /// `[ΣM, d]` each.
  let keys: Tape.Value
  let values: Tape.Value
  let segments: Segments
}

/// The settings that all layers of an encoder share.
struct EncoderSettings: Sendable {
  /// The width d of its states.
  let width: Int
  let heads: Int
  let attentionDropout: Float
  let reluDropout: Float
  let residualDropout: Float
}

/// A Transformer encoder with its norms before what they feed, and one more at the end.
///
/// Source: Tsai et al. 2019, section 3.2.
struct TransformerEncoder: Sendable {
  let name: String
  let layers: [EncoderLayer]
  let norm: NormParameters

  init(_ name: String, _ settings: EncoderSettings, layers: Int, _ layout: inout ParameterLayout) {
    self.name = name
    self.layers = (0..<layers).map { EncoderLayer("\(name).layers.\($0)", settings, &layout) }
    norm = NormParameters("\(name).norm", width: settings.width, &layout)
  }

  /// - Parameters:
  ///   - x: `[ΣT, d]`.
  ///   - memory: `[ΣM, d]`, the same for every layer; nil: x itself, layer by layer.
  ///   - limits: which frames of the memory a frame of x sees.
  ///   - observe: is asked for each layer who is to be given the means of its attention; see ``Tape/attention``.
  /// - Returns: `[ΣT, d]`.
  func apply(
    _ x: Sequences, memory: Memory?, limits: KeyLimits, on tape: inout Tape,
    observe: (_ layer: Int) -> ((Tape.Value) -> Void)? = { _ in nil }
  ) -> Sequences {
    var y = x
    for (index, layer) in layers.enumerated() {
      y = layer.apply(y, memory: memory, limits: limits, on: &tape, observe: observe(index))
    }
    tape.scope = name
    return Sequences(tape.layerNorm(y.value, gain: norm.gain, shift: norm.shift), y.segments)
  }
}

/// A layer of it:
///
///     y = x + drop(attention(norm1(x), norm1(memory)))
///     z = y + drop(W₂ drop(relu(W₁ norm2(y))))
///
/// One norm serves queries, keys and values; the feed-forward network is four times as wide as the states.
struct EncoderLayer: Sendable {
  let name: String
  let settings: EncoderSettings
  let attention: AttentionParameters
  let linear1: AffineMap
  let linear2: AffineMap
  let norm1: NormParameters
  let norm2: NormParameters

  init(_ name: String, _ settings: EncoderSettings, _ layout: inout ParameterLayout) {
    self.name = name
    self.settings = settings
    let width = settings.width
    attention = AttentionParameters("\(name).attention", width: width, &layout)
    linear1 = AffineMap("\(name).linear1", from: width, to: 4 * width, &layout)
    linear2 = AffineMap("\(name).linear2", from: 4 * width, to: width, &layout)
    norm1 = NormParameters("\(name).norm1", width: width, &layout)
    norm2 = NormParameters("\(name).norm2", width: width, &layout)
  }

  func apply(
    _ x: Sequences, memory: Memory?, limits: KeyLimits, on tape: inout Tape, observe: ((Tape.Value) -> Void)?
  ) -> Sequences {
    tape.scope = name
    let segments = x.segments
    let queries = Sequences(norm(x.value, norm1, on: &tape), segments)
    let attended =
      memory.map { attend(queries, $0, limits, on: &tape, observe: observe) }
      ?? attention.attend(queries, attentionSettings, limits: limits, on: &tape, observe: observe)
    let y = tape.addition(x.value, attended, dropout: settings.residualDropout, segments: segments)
    let outer = tape.feedForward(
      norm(y, norm2, on: &tape), linear1, .relu, linear2, dropout: settings.reluDropout, segments: segments)
    let z = tape.addition(y, outer, dropout: settings.residualDropout, segments: segments)
    return Sequences(z, segments)
  }

  private var attentionSettings: AttentionSettings {
    AttentionSettings(
      heads: settings.heads, width: settings.width / settings.heads, dropout: settings.attentionDropout)
  }

  private func norm(_ x: Tape.Value, _ parameters: NormParameters, on tape: inout Tape) -> Tape.Value {
    tape.layerNorm(x, gain: parameters.gain, shift: parameters.shift)
  }

  /// Attention over a memory: the thirds of the input projection are the queries', the keys' and the values'.
  private func attend(
    _ x: Sequences, _ memory: Memory, _ limits: KeyLimits, on tape: inout Tape, observe: ((Tape.Value) -> Void)?
  ) -> Tape.Value {
    let d = settings.width
    let normed = norm(memory.keys, norm1, on: &tape)
    // Nothing is dropped in evaluation: both are the same then.
    let other = memory.values == memory.keys ? normed : norm(memory.values, norm1, on: &tape)
    let parts = [x.value, normed, other].enumerated().map { third, value in
      tape.linear(value, attention.input[third * d..<(third + 1) * d])
    }
    let heads = tape.attention(
      queries: Columns(parts[0]), keys: Columns(parts[1]), values: Columns(parts[2]), querySegments: x.segments,
      keySegments: memory.segments, settings: attentionSettings, limits: limits, observe: observe)
    return tape.linear(heads, attention.output)
  }
}
