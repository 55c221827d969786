internal import Autodiff

extension MultimodalTransformer {
  /// Attention's input and output projections and both matrices of feed-forward networks xavier-uniform, with biases 0; the
  /// input projection's bound is that of the stacked `[3d, d]`. All else as PyTorch's `nn.Linear` and `nn.Conv1d` have it:
  /// uniform in ±1/√inputs; norms 1 and 0.
  ///
  /// Source: the published program.
  package var initializer: Initializer {
    let shapes = Dictionary(uniqueKeysWithValues: layout.entries.map { ($0.name, $0.shape) })
    return Initializer { entry in
      let name = entry.name
      // A modality may be named like a part of an encoder, but not where an encoder's parts stand.
      let isEncoder = name.hasPrefix("cross_encoders.") || name.hasPrefix("self_encoders.")
      if isEncoder, name.split(separator: ".").dropLast().last?.hasPrefix("norm") == true {
        return .constant(name.hasSuffix(".weight") ? 1 : 0)
      }
      if isEncoder, name.hasSuffix("bias") { return .constant(0) }
      let weight = name.hasSuffix(".bias") ? String(name.dropLast(5)) + ".weight" : name
      guard let shape = shapes[weight], shape.count == 2 else { preconditionFailure("\(name) has no weight") }
      let bound = isEncoder ? 6 / Float(shape[0] + shape[1]) : 1 / Float(shape[1])
      return .uniform(bound: bound.squareRoot())
    }
  }
}
