package import Autodiff
internal import PackedSequences

/// How parameters are drawn before training, with PyTorch's distributions.
package struct Initializer: Sendable {
  /// One parameter's distribution.
  package enum Rule: Sendable, Equatable {
    /// Uniform in ±bound.
    case uniform(bound: Float)
    case constant(Float)
    /// The same values as another parameter's: the layers of a decoder begin as copies of one draw.
    case copy(of: String)
  }

  private let rule: @Sendable (ParameterLayout.Entry) -> Rule

  package init(_ rule: @escaping @Sendable (ParameterLayout.Entry) -> Rule) { self.rule = rule }

  /// Draws every parameter of a layout.
  ///
  /// The same seed gives the same values; a parameter's depend on its name's place in the layout, not on its neighbours'
  /// sizes.
  package func draw(_ layout: ParameterLayout, seed: UInt64) -> FloatBuffer {
    let buffer = FloatBuffer(count: layout.count)
    let generator = CounterGenerator(seed: seed, purpose: .initialization)
    buffer.withMutableSpan { values in
      for (index, entry) in layout.entries.enumerated() {
        switch rule(entry) {
        case .constant(let constant):
          for place in entry.range { values[place] = constant }
        case .uniform(let bound):
          for (offset, place) in entry.range.enumerated() {
            let unit = generator.uniform(at: UInt64(offset), lane: UInt32(index))
            values[place] = Float((2 * unit - 1) * Double(bound))
          }
        case .copy(let name):
          guard let original = layout.entry(named: name), original.range.lowerBound < entry.range.lowerBound else {
            preconditionFailure("\(entry.name) copies \(name), which does not come before it")
          }
          for (from, to) in zip(original.range, entry.range) { values[to] = values[from] }
        }
      }
    }
    return buffer
  }
}

extension GatedRecurrentFusion {
  package var initializer: Initializer { .transformer(layout, width: configuration.width) }
}

extension Initializer {
  /// Linear weights and biases uniform in ±1/√inputs; attention's input projection xavier-uniform over the stacked
  /// `[3d, d]`, its biases 0; norms 1 and 0. Within a stack all layers begin as copies of the first.
  ///
  /// Source: PyTorch's `nn.Linear`, `nn.MultiheadAttention` and `nn.TransformerDecoder` and `nn.TransformerEncoder`.
  static func transformer(_ layout: ParameterLayout, width: Int) -> Initializer {
    let width = Float(width)
    let fanIn = Dictionary(
      uniqueKeysWithValues: layout.entries.filter { $0.shape.count == 2 }.map { ($0.name, Float($0.shape[1])) })
    return Initializer { entry in
      let name = entry.name
      if let original = Initializer.original(of: name) { return .copy(of: original) }
      if name.hasSuffix("in_proj_weight") { return .uniform(bound: (6 / (4 * width)).squareRoot()) }
      if name.hasSuffix("in_proj_bias") || name.hasSuffix("out_proj.bias") { return .constant(0) }
      if name.contains(".norm") { return .constant(name.hasSuffix(".weight") ? 1 : 0) }
      let weight = name.hasSuffix(".bias") ? name.dropLast(5) + ".weight" : name[...]
      guard let inputs = fanIn[String(weight)] else { preconditionFailure("\(name) has no weight") }
      return .uniform(bound: 1 / inputs.squareRoot())
    }
  }

  /// The first layer's parameter of the same stack; nil where the name is one of those.
  private static func original(of name: String) -> String? {
    guard let layers = name.firstRange(of: ".layers.") else { return nil }
    let rest = name[layers.upperBound...]
    guard let dot = rest.firstIndex(of: "."), rest[..<dot] != "0" else { return nil }
    return name[..<layers.upperBound] + "0" + rest[dot...]
  }
}
