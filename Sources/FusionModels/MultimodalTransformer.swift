package import Autodiff

/// MulT: each modality is seen through every other one, and what that gives is read by a Transformer of its own.
///
/// Each modality is projected to d channels. For each, a cross-modal encoder a further modality has it as queries and the
/// other as memory; their results side by side go through a self-attention encoder, whose last frame is taken. These last
/// frames, side by side, go through a residual block to the prediction. Modalities need no alignment, and no CTC: that
/// serves other models as an aligner.
///
/// What enters an encoder is multiplied by √width, coded by position, and dropped. Attention is causal; see ``KeyLimits``.
///
/// Source: Tsai et al. 2019, arXiv 1906.00295. Sequences are packed, so that padding neither costs nor counts.
package struct MultimodalTransformer: FusionModel {
  package let configuration: MultimodalTransformerConfiguration
  package let inputs: [ModelInput]
  package let layout: ParameterLayout
  private let projectors: [Projector]
  /// By target, then by source; one fewer than modalities each.
  private let crossEncoders: [[TransformerEncoder]]
  private let selfEncoders: [TransformerEncoder]
  private let block: ResidualBlock
  private let output: AffineMap
  private let crossPositions: PositionTable
  private let selfPositions: PositionTable

  private struct Projector: Sendable {
    let name: String
    let weight: Parameter
  }

  /// - Parameters:
  ///   - inputs: two modalities or more, of different names; the order tells which columns of the last block are whose.
  ///   - positions: how many positions the longest stored sample has.
  package init(_ configuration: MultimodalTransformerConfiguration, inputs: [ModelInput], positions: Int) {
    precondition(inputs.count >= 2, "fusion needs two modalities")
    self.configuration = configuration
    self.inputs = inputs
    let width = configuration.width
    let joined = (inputs.count - 1) * width
    crossPositions = PositionTable(halves: max(1, positions), columns: width)
    selfPositions = PositionTable(halves: max(1, positions), columns: joined)
    var layout = ParameterLayout()
    projectors = inputs.map { input in
      let name = "projectors.\(input.name)"
      return Projector(name: name, weight: layout.add("\(name).weight", width, input.dimension))
    }
    crossEncoders = inputs.map { target in
      inputs.filter { $0 != target }.map { source in
        TransformerEncoder(
          "cross_encoders.\(target.name).\(source.name)", configuration.settings(width: width, memory: source),
          layers: configuration.layers, &layout)
      }
    }
    selfEncoders = inputs.map { target in
      TransformerEncoder(
        "self_encoders.\(target.name)", configuration.settings(width: joined, memory: target),
        layers: configuration.selfLayers, &layout)
    }
    block = ResidualBlock("block", width: inputs.count * joined, dropout: configuration.dropout.output, &layout)
    output = AffineMap("regressor", from: inputs.count * joined, to: 1, &layout)
    self.layout = layout
  }

  /// Of the concatenated results of a modality's cross-modal encoders.
  var joinedWidth: Int { (inputs.count - 1) * configuration.width }

  package var auxiliaryWeight: Float { 0 }

  /// What enters the last block is observed, as the state of stage 0, and the attention of the cross-modal encoders.
  package func predict(
    _ frames: [PackedFrames], on tape: inout Tape, observe: ModelObserver? = nil
  ) -> ModelOutputs {
    precondition(frames.count == inputs.count, "\(frames.count) modalities for \(inputs.count)")
    let count = frames[0].lengths.count
    precondition(frames.allSatisfy { $0.lengths.count == count }, "not \(count) samples of each modality")
    let samples = tape.segments(repeatElement(1, count: count))
    let segments = frames.map { tape.segments($0.lengths) }
    let coded = inputs.indices.map { modality in
      let projected = project(modality, frames[modality], segments[modality], on: &tape)
      return Sequences(code(projected, frames[modality], crossPositions, on: &tape), segments[modality])
    }
    let ends = inputs.indices.map { target in
      let others = inputs.indices.filter { $0 != target }
      let seen = zip(crossEncoders[target], others).map { encoder, source in
        let limits = KeyLimits(queries: frames[target], keys: frames[source])
        let x = drop(coded[target], on: &tape)
        let memory = Memory(
          keys: drop(coded[source], on: &tape).value, values: drop(coded[source], on: &tape).value,
          segments: segments[source])
        return encoder.apply(x, memory: memory, limits: limits, on: &tape) {
          observe?.attention(stackName(target, source), layer: $0, memory: source)
        }.value
      }
      tape.scope = selfEncoders[target].name
      let joined = concatenation(seen, on: &tape)
      let x = Sequences(code(joined, frames[target], selfPositions, on: &tape), segments[target])
      let limits = KeyLimits(queries: frames[target], keys: frames[target])
      let read = selfEncoders[target].apply(drop(x, on: &tape), memory: nil, limits: limits, on: &tape)
      return tape.lastRows(read.value, segments: read.segments)
    }
    let joined = concatenation(ends, on: &tape)
    observe?.see(.stage(StageObservation(stage: 0, state: joined)))
    let state = block.apply(joined, samples: samples, on: &tape)
    tape.scope = "regressor"
    return ModelOutputs(main: tape.linear(state, output), auxiliary: nil)
  }

  /// What a cross-modal encoder is called where it is observed: `text_with_audio`, with a number where modalities' names
  /// make it another one's name, too.
  private func stackName(_ target: Int, _ source: Int) -> String {
    func plain(_ target: Int, _ source: Int) -> String { "\(inputs[target].name)_with_\(inputs[source].name)" }
    let name = plain(target, source)
    let before = inputs.indices.flatMap { t in inputs.indices.map { (t, $0) } }.filter { t, s in
      (t, s) < (target, source) && t != s && plain(t, s) == name
    }
    return before.isEmpty ? name : "\(name).\(before.count + 1)"
  }

  /// Text is dropped before it is projected, for which it must be copied; other frames are read where they lie.
  private func project(
    _ modality: Int, _ frames: PackedFrames, _ segments: Segments, on tape: inout Tape
  ) -> Tape.Value {
    let projector = projectors[modality]
    tape.scope = projector.name
    let isDropped = tape.dropout != nil && configuration.dropout.embedding > 0
    guard inputs[modality].name == MultimodalTransformerConfiguration.text, isDropped else {
      return tape.projection(frames, weight: projector.weight, bias: nil)
    }
    let dropped = tape.dropout(
      tape.input(frames), probability: configuration.dropout.embedding, segments: segments)
    return tape.linear(dropped, weight: projector.weight, bias: nil)
  }

  /// Multiplied by √width, with the code of each frame's place in its stored sample.
  private func code(
    _ x: Tape.Value, _ frames: PackedFrames, _ table: PositionTable, on tape: inout Tape
  ) -> Tape.Value {
    tape.positionCode(
      x, scale: Float(table.columns).squareRoot(), positions: frames.positions.span, table: table)
  }

  private func drop(_ x: Sequences, on tape: inout Tape) -> Sequences {
    Sequences(
      tape.dropout(x.value, probability: configuration.dropout.embedding, segments: x.segments), x.segments)
  }

  private func concatenation(_ parts: [Tape.Value], on tape: inout Tape) -> Tape.Value {
    parts.dropFirst().reduce(parts[0]) { tape.concatenation($0, $1) }
  }
}

extension MultimodalTransformerConfiguration {
  fileprivate func settings(width: Int, memory: ModelInput) -> EncoderSettings {
    EncoderSettings(
      width: width, heads: heads, attentionDropout: attentionDropout(memory: memory.name), reluDropout: dropout.relu,
      residualDropout: dropout.residual)
  }
}

/// `y = x + W₂ drop(relu(W₁ x + b₁)) + b₂`.
struct ResidualBlock: Sendable {
  let name: String
  let dropout: Float
  let linear1: AffineMap
  let linear2: AffineMap

  init(_ name: String, width: Int, dropout: Float, _ layout: inout ParameterLayout) {
    self.name = name
    self.dropout = dropout
    linear1 = AffineMap("\(name).linear1", from: width, to: width, &layout)
    linear2 = AffineMap("\(name).linear2", from: width, to: width, &layout)
  }

  /// - Parameter x: `[samples, n]`.
  /// - Returns: `[samples, n]`.
  func apply(_ x: Tape.Value, samples: Segments, on tape: inout Tape) -> Tape.Value {
    tape.scope = name
    return tape.addition(x, tape.feedForward(x, linear1, .relu, linear2, dropout: dropout, segments: samples))
  }
}
