internal import Autodiff

/// Folds a pooled newcomer n into a pooled state h, as a gated recurrent unit folds an input:
///
///     z = σ(W_g [h; n] + b_g),  c = tanh(W_c [h; n] + b_c),  s′ = norm(drop((1 − z) h + z c))
struct GatedFusionUnit: Sendable {
  let name: String
  let configuration: ModelConfiguration
  let candidate: LinearParameters
  let gate: LinearParameters
  let norm: NormParameters

  init(_ name: String, _ configuration: ModelConfiguration, _ layout: inout ParameterLayout) {
    self.name = name
    self.configuration = configuration
    let width = configuration.width
    candidate = LinearParameters("\(name).linear_candidate", from: 2 * width, to: width, &layout)
    gate = LinearParameters("\(name).linear_gate", from: 2 * width, to: width, &layout)
    norm = NormParameters("\(name).norm", width: width, &layout)
  }

  /// - Parameters:
  ///   - h, n: `[samples, d]`.
  ///   - samples: a row a sample.
  /// - Returns: gate, candidate and the new state, each `[samples, d]`.
  func apply(
    _ h: Tape.Value, _ n: Tape.Value, samples: Segments, on tape: inout Tape
  ) -> (gate: Tape.Value, candidate: Tape.Value, state: Tape.Value) {
    tape.scope = name
    let both = tape.concatenation(h, n)
    let z = tape.sigmoid(tape.linear(both, weight: gate.weight, bias: gate.bias))
    let c = tape.tanh(tape.linear(both, weight: candidate.weight, bias: candidate.bias))
    let mixed = tape.gatedMixing(h, c, gate: z)
    let dropped = tape.dropout(mixed, probability: configuration.dropout, segments: samples)
    return (z, c, tape.layerNorm(dropped, gain: norm.gain, shift: norm.shift))
  }
}

/// A head that reads one number from a state: Linear(d → d/2), ReLU, dropout, Linear(d/2 → 1).
struct Regressor: Sendable {
  let name: String
  let dropout: Float
  let inner: LinearParameters
  let outer: LinearParameters

  init(_ name: String, _ configuration: ModelConfiguration, _ layout: inout ParameterLayout) {
    self.name = name
    dropout = configuration.dropout
    inner = LinearParameters(
      "\(name).regressor.0", from: configuration.width, to: configuration.width / 2, &layout)
    outer = LinearParameters("\(name).regressor.3", from: configuration.width / 2, to: 1, &layout)
  }

  /// - Parameter state: `[samples, d]`.
  /// - Returns: `[samples, 1]`.
  func apply(_ state: Tape.Value, samples: Segments, on tape: inout Tape) -> Tape.Value {
    tape.scope = name
    let hidden = tape.relu(tape.linear(state, weight: inner.weight, bias: inner.bias))
    let dropped = tape.dropout(hidden, probability: dropout, segments: samples)
    return tape.linear(dropped, weight: outer.weight, bias: outer.bias)
  }
}
