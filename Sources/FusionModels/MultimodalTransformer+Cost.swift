extension MultimodalTransformer {
  /// Matrix products only; attention counts every query with every key, of which causal masks hide some.
  ///
  /// - Parameter lengths: frames of each modality, as the model sees them (at least 1).
  package func costs(lengths: [Int]) -> [ModuleCost] {
    precondition(lengths.count == inputs.count && lengths.allSatisfy { $0 > 0 })
    let (d, joined) = (configuration.width, joinedWidth)
    var products: [(module: String, operations: Int)] = []
    for (input, length) in zip(inputs, lengths) {
      products.append(("projectors.\(input.name)", 2 * length * input.dimension * d))
    }
    for target in inputs.indices {
      for source in inputs.indices where source != target {
        let (t, m) = (lengths[target], lengths[source])
        // Queries and the output; keys and values; both products of attention; the feed-forward network.
        let layer = 2 * t * d * d + 2 * m * d * d + 2 * t * m * d + 8 * t * d * d
        products.append(
          ("cross_encoders.\(inputs[target].name).\(inputs[source].name)", 2 * configuration.layers * layer))
      }
    }
    for (input, t) in zip(inputs, lengths) {
      let layer = 4 * t * joined * joined + 2 * t * t * joined + 8 * t * joined * joined
      products.append(("self_encoders.\(input.name)", 2 * configuration.selfLayers * layer))
    }
    let last = inputs.count * joined
    products += [("block", 2 * 2 * last * last), ("regressor", 2 * last)]
    return ModuleCost.list(products, layout)
  }
}
