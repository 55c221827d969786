internal import Autodiff

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
  let linear1: AffineMap
  let linear2: AffineMap
  let norm1: NormParameters
  let norm2: NormParameters
  let norm3: NormParameters

  init(_ name: String, _ configuration: ModelConfiguration, _ layout: inout ParameterLayout) {
    self.name = name
    self.configuration = configuration
    let width = configuration.width
    selfAttention = AttentionParameters("\(name).self_attn", width: width, &layout)
    crossAttention = AttentionParameters("\(name).multihead_attn", width: width, &layout)
    linear1 = AffineMap("\(name).linear1", from: width, to: configuration.feedForward, &layout)
    linear2 = AffineMap("\(name).linear2", from: configuration.feedForward, to: width, &layout)
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
    func join(_ x: Tape.Value, _ branch: Tape.Value, _ norm: NormParameters) -> Tape.Value {
      tape.residualNorm(x, branch, dropout: p, segments: segments, gain: norm.gain, shift: norm.shift)
    }
    let a = join(target.value, selfAttention.attend(target, settings, on: &tape), norm1)
    let crossed = crossAttention.attend(
      Sequences(a, segments), memory: memory, settings, on: &tape, observe: observe)
    let b = join(a, crossed, norm2)
    let c = join(b, tape.feedForward(b, linear1, .gelu, linear2, dropout: p, segments: segments), norm3)
    return Sequences(c, segments)
  }

  private var settings: AttentionSettings {
    AttentionSettings(
      heads: configuration.heads, width: configuration.width / configuration.heads, dropout: configuration.dropout)
  }
}
