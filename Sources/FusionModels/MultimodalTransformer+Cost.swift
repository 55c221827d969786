extension MultimodalTransformer {
  package var modules: [String] {
    let cross = inputs.flatMap { target in
      inputs.filter { $0 != target }.map { "cross_encoders.\(target.name).\($0.name)" }
    }
    return inputs.map { "projectors.\($0.name)" } + cross + inputs.map { "self_encoders.\($0.name)" }
      + ["block", "regressor"]
  }

  /// Matrix products only; attention counts every query with every key, of which causal masks hide some.
  package func operations(lengths: [Int]) -> [Int] {
    precondition(lengths.count == inputs.count && lengths.allSatisfy { $0 > 0 })
    let (d, joined) = (configuration.width, joinedWidth)
    var operations = zip(inputs, lengths).map { 2 * $1 * $0.dimension * d }
    for target in inputs.indices {
      for source in inputs.indices where source != target {
        let (t, m) = (lengths[target], lengths[source])
        // Queries and the output; keys and values; both products of attention; the feed-forward network.
        let layer = 2 * t * d * d + 2 * m * d * d + 2 * t * m * d + 8 * t * d * d
        operations.append(2 * configuration.layers * layer)
      }
    }
    for t in lengths {
      let layer = 4 * t * joined * joined + 2 * t * t * joined + 8 * t * joined * joined
      operations.append(2 * configuration.selfLayers * layer)
    }
    let last = inputs.count * joined
    return operations + [2 * 2 * last * last, 2 * last]
  }
}
