internal import Autodiff

/// Folds a pooled newcomer n into a pooled state h, as a gated recurrent unit folds an input:
///
///     z = σ(W_g [h; n] + b_g),  c = tanh(W_c [h; n] + b_c),  s′ = norm(drop((1 − z) h + z c))
///
/// An ablation may have another mix in the gate's place; dropout and norm follow it, too.
struct GatedFusionUnit: Sendable {
  let name: String
  let configuration: ModelConfiguration
  /// `linear_candidate` and `linear_gate`; or `linear`, which stands for them; or none.
  let maps: [AffineMap]
  let norm: NormParameters

  init(_ name: String, _ configuration: ModelConfiguration, _ layout: inout ParameterLayout) {
    self.name = name
    self.configuration = configuration
    let width = configuration.width
    let names =
      configuration.component.hasGate
      ? ["linear_candidate", "linear_gate"] : configuration.component == .linearForGate ? ["linear"] : []
    maps = names.map { AffineMap("\(name).\($0)", from: 2 * width, to: width, &layout) }
    norm = NormParameters("\(name).norm", width: width, &layout)
  }

  /// - Parameters:
  ///   - h, n: `[samples, d]`.
  ///   - samples: a row a sample.
  /// - Returns: gate and candidate, where there are such, and the new state, each `[samples, d]`.
  func apply(
    _ h: Tape.Value, _ n: Tape.Value, samples: Segments, on tape: inout Tape
  ) -> (gate: Tape.Value?, candidate: Tape.Value?, state: Tape.Value) {
    tape.scope = name
    switch configuration.component {
    case .meanForGate:
      let halves = [Float](repeating: 0.5, count: h.rows * h.columns)
      let half = tape.input(halves.span, columns: h.columns)
      return (nil, nil, finish(tape.gatedMixing(h, n, gate: half), samples, on: &tape))
    case .sumForGate: return (nil, nil, finish(tape.addition(h, n), samples, on: &tape))
    case .linearForGate:
      let both = tape.concatenation(h, n)
      return (nil, nil, finish(tape.linear(both, maps[0]), samples, on: &tape))
    case .full, .oneWay, .noCross, .noAuxiliary:
      let both = tape.concatenation(h, n)
      let z = tape.sigmoid(tape.linear(both, maps[1]))
      let c = tape.tanh(tape.linear(both, maps[0]))
      return (z, c, finish(tape.gatedMixing(h, c, gate: z), samples, on: &tape))
    }
  }

  private func finish(_ mixed: Tape.Value, _ samples: Segments, on tape: inout Tape) -> Tape.Value {
    let dropped = tape.dropout(mixed, probability: configuration.dropout, segments: samples)
    return tape.layerNorm(dropped, gain: norm.gain, shift: norm.shift)
  }
}

/// A head that reads one number from a state: Linear(d → d/2), ReLU, dropout, Linear(d/2 → 1).
struct Regressor: Sendable {
  let name: String
  let dropout: Float
  let inner: AffineMap
  let outer: AffineMap

  init(_ name: String, _ configuration: ModelConfiguration, _ layout: inout ParameterLayout) {
    self.name = name
    dropout = configuration.dropout
    inner = AffineMap(
      "\(name).regressor.0", from: configuration.width, to: configuration.width / 2, &layout)
    outer = AffineMap("\(name).regressor.3", from: configuration.width / 2, to: 1, &layout)
  }

  /// - Parameter state: `[samples, d]`.
  /// - Returns: `[samples, 1]`.
  func apply(_ state: Tape.Value, samples: Segments, on tape: inout Tape) -> Tape.Value {
    tape.scope = name
    return tape.feedForward(state, inner, .relu, outer, dropout: dropout, segments: samples)
  }
}
