internal import Autodiff

/// The parameters of multi-head attention, as PyTorch's `MultiheadAttention` names them.
struct AttentionParameters: Sendable {
  /// `[3d, d]` and `[3d]`: a third each for queries, keys and values.
  let input: AffineMap
  let output: AffineMap

  init(_ name: String, width: Int, _ layout: inout ParameterLayout) {
    let weight = layout.add("\(name).in_proj_weight", 3 * width, width)
    input = AffineMap(weight: weight, bias: layout.add("\(name).in_proj_bias", 3 * width))
    output = AffineMap("\(name).out_proj", from: width, to: width, &layout)
  }

  private var width: Int { output.bias.columns }

  /// Self-attention: one product gives queries, keys and values.
  ///
  /// - Returns: `[ΣT, d]`, through the output projection.
  func attend(
    _ x: Sequences, _ settings: AttentionSettings, limits: KeyLimits? = nil, on tape: inout Tape,
    observe: ((Tape.Value) -> Void)? = nil
  ) -> Tape.Value {
    let d = width
    if x.segments.areSingle, limits == nil, observe == nil { return attendToOneRow(x, x, settings, on: &tape) }
    let projected = tape.linear(x.value, input)
    let heads = tape.attention(
      queries: Columns(projected), keys: Columns(projected, from: d), values: Columns(projected, from: 2 * d),
      querySegments: x.segments, keySegments: x.segments, settings: settings, limits: limits, observe: observe)
    return tape.linear(heads, output)
  }

  /// Attention over a memory: the first third of the input projection is the queries', the rest keys' and values'.
  ///
  /// - Returns: `[ΣT, d]`, through the output projection.
  func attend(
    _ x: Sequences, memory: Sequences, _ settings: AttentionSettings, on tape: inout Tape,
    observe: ((Tape.Value) -> Void)? = nil
  ) -> Tape.Value {
    let d = width
    if memory.segments.areSingle, observe == nil { return attendToOneRow(x, memory, settings, on: &tape) }
    let queries = tape.linear(x.value, input[0..<d])
    let pairs = tape.linear(memory.value, input[d..<3 * d])
    let heads = tape.attention(
      queries: Columns(queries), keys: Columns(pairs), values: Columns(pairs, from: d), querySegments: x.segments,
      keySegments: memory.segments, settings: settings, observe: observe)
    return tape.linear(heads, output)
  }

  /// Attention over a memory of one row a sample, whose weight is 1: queries and keys are not computed, and their parameters
  /// get no gradient, which would be 0.
  private func attendToOneRow(
    _ x: Sequences, _ memory: Sequences, _ settings: AttentionSettings, on tape: inout Tape
  ) -> Tape.Value {
    let values = tape.linear(memory.value, input[2 * width..<3 * width])
    let heads = tape.attention(toOneRow: values, querySegments: x.segments, settings: settings)
    return tape.linear(heads, output)
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

extension AffineMap {
  init(_ name: String, from inputs: Int, to outputs: Int, _ layout: inout ParameterLayout) {
    let weight = layout.add("\(name).weight", outputs, inputs)
    self.init(weight: weight, bias: layout.add("\(name).bias", outputs))
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
