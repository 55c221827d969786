internal import Autodiff

/// What one forward pass of one part of a model costs, for one sample of given lengths.
package struct ModuleCost: Sendable, Equatable {
  /// The part's name: that of its parameters.
  package let module: String
  package let parameters: Int
  /// Floating-point operations of its matrix products, attention's included: a multiplication and an addition are two.
  package let operations: Int
}

extension FusionModel {
  /// What each module costs, for one sample of given lengths.
  ///
  /// - Complexity: O(modules × parameters' names).
  package func costs(lengths: [Int]) -> [ModuleCost] {
    zip(modules, operations(lengths: lengths)).map { module, operations in
      ModuleCost(
        module: module,
        parameters: layout.entries.reduce(0) { $0 + ($1.name.hasPrefix(module + ".") ? $1.range.count : 0) },
        operations: operations)
    }
  }
}

extension GatedRecurrentFusion {
  package var modules: [String] {
    let stages = inputs.indices.dropLast()
    let decoders = stages.flatMap { stage in
      decoderNames.map { "fusion_encoders.\(stage).\($0)" }
    }
    let heads = configuration.component == .noAuxiliary ? ["regressor"] : ["regressor", "auxiliary_regressor"]
    return inputs.map { "projectors.\($0.name)" } + decoders + stages.map { "gfus.\($0)" } + heads
  }

  private var decoderNames: [String] {
    let component = configuration.component
    return (component.hasFirstDecoder ? ["decoder_1"] : []) + (component.hasSecondDecoder ? ["decoder_2"] : [])
  }

  /// Matrix products only: norms, activations and sums are left out, as is usual.
  package func operations(lengths: [Int]) -> [Int] {
    precondition(lengths.count == inputs.count && lengths.allSatisfy { $0 > 0 })
    let (d, component) = (configuration.width, configuration.component)
    var operations = zip(inputs, lengths).map { 2 * $1 * $0.dimension * d }
    for stage in inputs.indices.dropLast() {
      let (s, x) = (stage == 0 ? lengths[0] : 1, lengths[stage + 1])
      if component.hasFirstDecoder { operations.append(decoderOperations(target: s, memory: x)) }
      if component.hasSecondDecoder { operations.append(decoderOperations(target: x, memory: s)) }
    }
    let maps = component.hasGate ? 2 : component == .linearForGate ? 1 : 0
    for _ in inputs.indices.dropLast() { operations.append(2 * maps * (2 * d) * d) }
    let heads = component == .noAuxiliary ? 1 : 2
    return operations + Array(repeating: 2 * (d * (d / 2) + d / 2), count: heads)
  }

  private func decoderOperations(target t: Int, memory m: Int) -> Int {
    let d = configuration.width
    let selfAttention = t * 4 * d * d + 2 * t * t * d
    let crossAttention = t * 2 * d * d + m * 2 * d * d + 2 * t * m * d
    return 2 * configuration.layers * (selfAttention + crossAttention + 2 * t * d * configuration.feedForward)
  }
}
