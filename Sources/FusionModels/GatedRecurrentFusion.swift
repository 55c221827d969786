package import Autodiff

/// GRF: modalities are folded one after another into a state, each through a pair of cross-modal decoders and a gate.
///
/// The state sequence is at first the projection of the first modality. Each further modality's projection and the state
/// sequence, both with their positions' code, attend to each other in two decoders; the means of what comes out go through
/// a gated fusion unit, and its result is the next state sequence, one frame long, at position 0. The last state gives the
/// prediction, the first the auxiliary one.
///
/// Source: arXiv 2507.02985. Sequences are packed, so that padding neither costs nor counts.
package struct GatedRecurrentFusion: FusionModel {
  package let configuration: ModelConfiguration
  package let inputs: [ModelInput]
  package let layout: ParameterLayout
  private let projectors: [AffineMap]
  private let projectorNames: [String]
  private let stages: [Stage]
  private let regressor: Regressor
  private let auxiliary: Regressor?
  private let positions: PositionTable

  private struct Stage: Sendable {
    /// Target: the state; memory: the newcomer.
    let first: [DecoderLayer]
    /// The other way round. Either is empty where an ablation leaves it out.
    let second: [DecoderLayer]
    let unit: GatedFusionUnit
  }

  /// - Parameters:
  ///   - inputs: two modalities or more, in the order of fusion, of different names.
  ///   - positions: how many positions the longest stored sample has.
  package init(_ configuration: ModelConfiguration, inputs: [ModelInput], positions: Int) {
    precondition(inputs.count >= 2, "fusion needs two modalities")
    self.configuration = configuration
    self.inputs = inputs
    self.positions = PositionTable(positions: max(1, positions), columns: configuration.width)
    var layout = ParameterLayout()
    projectorNames = inputs.map { "projectors.\($0.name)" }
    projectors = inputs.map {
      AffineMap("projectors.\($0.name)", from: $0.dimension, to: configuration.width, &layout)
    }
    let decoders = inputs.indices.dropLast().map { stage in
      let component = configuration.component
      return [("decoder_1", component.hasFirstDecoder), ("decoder_2", component.hasSecondDecoder)].map {
        decoder, isThere in
        (0..<(isThere ? configuration.layers : 0)).map {
          DecoderLayer("fusion_encoders.\(stage).\(decoder).layers.\($0)", configuration, &layout)
        }
      }
    }
    let units = inputs.indices.dropLast().map { GatedFusionUnit("gfus.\($0)", configuration, &layout) }
    stages = zip(decoders, units).map { Stage(first: $0[0], second: $0[1], unit: $1) }
    regressor = Regressor("regressor", configuration, &layout)
    auxiliary =
      configuration.component == .noAuxiliary ? nil : Regressor("auxiliary_regressor", configuration, &layout)
    self.layout = layout
  }

  package var auxiliaryWeight: Float { auxiliary == nil ? 0 : configuration.auxiliaryWeight }

  package func predict(
    _ frames: [PackedFrames], on tape: inout Tape, observe: ModelObserver? = nil
  ) -> ModelOutputs {
    precondition(frames.count == inputs.count, "\(frames.count) modalities for \(inputs.count)")
    let count = frames[0].lengths.count
    let samples = tape.segments(repeatElement(1, count: count))
    var state = project(0, frames[0], on: &tape)
    var statePositions = frames[0].positions
    var firstState: Tape.Value?
    if let observe { observe.see(.first(tape.segmentMean(state.value, segments: state.segments))) }
    for (index, stage) in stages.enumerated() {
      let newcomer = frames[index + 1]
      precondition(newcomer.lengths.count == count, "\(newcomer.lengths.count) samples beside \(count)")
      var x = project(index + 1, newcomer, on: &tape)
      var s = state
      if configuration.component.hasFirstDecoder {
        x = encode(x, newcomer.positions, on: &tape)
        s = encode(s, statePositions, on: &tape)
      }
      let h = pool(stage.first, s, memory: x, on: &tape) {
        observe?.attention("\(index).decoder_1", layer: $0, memory: index + 1)
      }
      let n = pool(stage.second, x, memory: s, on: &tape) {
        // Later the memory is the state, of a single row.
        index > 0 ? nil : observe?.attention("0.decoder_2", layer: $0, memory: 0)
      }
      let fused = stage.unit.apply(h, n, samples: samples, on: &tape)
      observe?.see(
        .stage(
          StageObservation(
            stage: index, modality: index + 1, h: h, n: n, gate: fused.gate, candidate: fused.candidate,
            state: fused.state)))
      firstState = firstState ?? fused.state
      state = Sequences(fused.state, samples)
      statePositions = [Int32](repeating: 0, count: count)
    }
    return ModelOutputs(
      main: regressor.apply(state.value, samples: samples, on: &tape),
      auxiliary: auxiliary.map { $0.apply(firstState ?? state.value, samples: samples, on: &tape) })
  }

  private func project(_ modality: Int, _ frames: PackedFrames, on tape: inout Tape) -> Sequences {
    tape.scope = projectorNames[modality]
    let value = tape.projection(frames, weight: projectors[modality].weight, bias: projectors[modality].bias)
    return Sequences(value, tape.segments(frames.lengths))
  }

  /// Position code, then dropout.
  private func encode(_ x: Sequences, _ places: [Int32], on tape: inout Tape) -> Sequences {
    let coded = tape.positionCode(x.value, positions: places.span, table: positions)
    return Sequences(
      tape.dropout(coded, probability: configuration.dropout, segments: x.segments), x.segments)
  }

  /// One decoder, where there is one, and the mean of what comes out: `[samples, d]`.
  ///
  /// - Parameter observe: is asked for each layer who is to be given the means of its attention.
  private func pool(
    _ decoder: [DecoderLayer], _ target: Sequences, memory: Sequences, on tape: inout Tape,
    observe: (_ layer: Int) -> ((Tape.Value) -> Void)?
  ) -> Tape.Value {
    var result = target
    for (index, layer) in decoder.enumerated() {
      result = layer.apply(result, memory: memory, on: &tape, observe: observe(index))
    }
    return tape.segmentMean(result.value, segments: target.segments)
  }
}
