internal import Autodiff

/// What one forward pass of one part of a model costs, for one sample of given lengths.
package struct ModuleCost: Sendable, Equatable {
  /// The part's name: that of its parameters.
  package let module: String
  package let parameters: Int
  /// Floating-point operations of its matrix products, attention's included: a multiplication and an addition are two.
  package let operations: Int
}

extension ModuleCost {
  /// By module, with the parameters whose names begin with the module's.
  static func list(_ products: [(module: String, operations: Int)], _ layout: ParameterLayout) -> [ModuleCost] {
    products.map { module, operations in
      ModuleCost(
        module: module,
        parameters: layout.entries.reduce(0) { $0 + ($1.name.hasPrefix(module + ".") ? $1.range.count : 0) },
        operations: operations)
    }
  }
}

extension GatedRecurrentFusion {
  /// Matrix products only: norms, activations and sums are left out, as is usual.
  ///
  /// - Parameter lengths: frames of each modality, as the model sees them (at least 1).
  package func costs(lengths: [Int]) -> [ModuleCost] {
    precondition(lengths.count == inputs.count && lengths.allSatisfy { $0 > 0 })
    let (d, component) = (configuration.width, configuration.component)
    var products: [(module: String, operations: Int)] = []
    for (input, length) in zip(inputs, lengths) {
      products.append(("projectors.\(input.name)", 2 * length * input.dimension * d))
    }
    for stage in inputs.indices.dropLast() {
      let (s, x) = (stage == 0 ? lengths[0] : 1, lengths[stage + 1])
      if component.hasFirstDecoder {
        products.append(("fusion_encoders.\(stage).decoder_1", decoderOperations(target: s, memory: x)))
      }
      if component.hasSecondDecoder {
        products.append(("fusion_encoders.\(stage).decoder_2", decoderOperations(target: x, memory: s)))
      }
    }
    let maps = component.hasGate ? 2 : component == .linearForGate ? 1 : 0
    for stage in inputs.indices.dropLast() { products.append(("gfus.\(stage)", 2 * maps * (2 * d) * d)) }
    let heads = component == .noAuxiliary ? ["regressor"] : ["regressor", "auxiliary_regressor"]
    for head in heads { products.append((head, 2 * (d * (d / 2) + d / 2))) }
    return ModuleCost.list(products, layout)
  }

  private func decoderOperations(target t: Int, memory m: Int) -> Int {
    let d = configuration.width
    let selfAttention = t * 4 * d * d + 2 * t * t * d
    let crossAttention = t * 2 * d * d + m * 2 * d * d + 2 * t * m * d
    return 2 * configuration.layers * (selfAttention + crossAttention + 2 * t * d * configuration.feedForward)
  }
}
