import Autodiff
import FusionModels
import Testing

@Suite("The model's parameters")
struct LayoutTests {
  static let inputs = [
    ModelInput(name: "text", dimension: 300), ModelInput(name: "audio", dimension: 5),
    ModelInput(name: "vision", dimension: 20),
  ]

  static func mult(_ inputs: [ModelInput] = inputs) -> MultimodalTransformer {
    MultimodalTransformer(MultimodalTransformerConfiguration(), inputs: inputs, positions: 1)
  }

  @Test("The presets have the published numbers of parameters")
  func counts() {
    #expect(Self.mult().layout.count == 1_071_211)
    #expect(GatedRecurrentFusion(.grf, inputs: Self.inputs, positions: 1).layout.count == 1_126_530)
    #expect(GatedRecurrentFusion(.grf4M, inputs: Self.inputs, positions: 1).layout.count == 4_423_938)
  }

  @Test("The costs by module name every parameter once")
  func costs() {
    let model = GatedRecurrentFusion(.grf, inputs: Self.inputs, positions: 1)
    let costs = model.costs(lengths: [12, 52, 63])
    #expect(costs.reduce(0) { $0 + $1.parameters } == model.layout.count)
    // Projections by hand: 2 · length · dimension · 64.
    #expect(costs[0].operations == 2 * 12 * 300 * 64)
    // A decoder of four layers with 12 frames over 52, 64 wide: see `decoderOperations`.
    let layer = 12 * 4 * 64 * 64 + 2 * 12 * 12 * 64 + 12 * 2 * 64 * 64 + 52 * 2 * 64 * 64 + 2 * 12 * 52 * 64
    #expect(costs.first { $0.module == "fusion_encoders.0.decoder_1" }?.operations == 8 * (layer + 2 * 12 * 64 * 256))
  }

  @Test("The costs of an ablation name its parameters once, which are fewer", arguments: GRFComponent.allCases)
  func ablationCosts(component: GRFComponent) {
    let model = GatedRecurrentFusion(ModelConfiguration(component: component), inputs: Self.inputs, positions: 1)
    let costs = model.costs(lengths: [12, 52, 63])
    #expect(costs.reduce(0) { $0 + $1.parameters } == model.layout.count)
    #expect((model.layout.count < 1_126_530) == (component != .full))
    #expect(costs.contains { $0.module == "fusion_encoders.1.decoder_2" } == ![.oneWay, .noCross].contains(component))
  }

  @Test("The costs of a single modality name every parameter once")
  func singleCosts() {
    let model = SingleModality(.grf, input: Self.inputs[0], positions: 1)
    let costs = model.costs(lengths: [12])
    #expect(costs.map(\.module) == ["projectors.text", "encoder", "regressor"])
    #expect(costs.reduce(0) { $0 + $1.parameters } == model.layout.count)
    let layer = 4 * 12 * 64 * 64 + 2 * 12 * 12 * 64 + 2 * 12 * 64 * 256
    #expect(costs[1].operations == 8 * layer)
    let values = model.initializer.draw(model.layout, seed: 1)
    func first(_ layer: Int) -> Float? {
      model.layout.entry(named: "encoder.layers.\(layer).linear1.weight").map { values.span[$0.range.lowerBound] }
    }
    #expect(first(0) == first(3) && first(0) != 0 && first(4) == nil)
  }

  @Test("The costs of MulT by module name every parameter once", arguments: [2, 3])
  func multCosts(count: Int) {
    let model = Self.mult(Array(Self.inputs.prefix(count)))
    let costs = model.costs(lengths: [12, 52, 63].prefix(count).map { $0 })
    #expect(costs.reduce(0) { $0 + $1.parameters } == model.layout.count)
    #expect(costs.count == count + count * (count - 1) + count + 2)
    let (d, joined) = (30, 30 * (count - 1))
    // By hand, multiplications of 5 layers with 12 frames over 52; the fourfold network twice.
    let frames = [12, 52]
    var cross = 2 * frames[0] * d * d
    cross += 2 * frames[1] * d * d
    cross += 2 * frames[0] * frames[1] * d
    cross += 2 * frames[0] * d * 4 * d
    #expect(costs.first { $0.module == "cross_encoders.text.audio" }?.operations == 2 * 5 * cross)
    var own = 4 * frames[0] * joined * joined
    own += 2 * frames[0] * frames[0] * joined
    own += 2 * frames[0] * joined * 4 * joined
    #expect(costs.first { $0.module == "self_encoders.text" }?.operations == 2 * 5 * own)
  }

  @Test("A self-attention encoder of MulT has three layers at least")
  func selfLayers() {
    for (layers, expected) in [(1, 3), (3, 3), (5, 5)] {
      let model = MultimodalTransformer(
        MultimodalTransformerConfiguration(width: 4, layers: layers, heads: 2), inputs: Self.inputs, positions: 1)
      func has(_ layer: Int) -> Bool {
        model.layout.entry(named: "self_encoders.audio.layers.\(layer).linear1.weight") != nil
      }
      #expect(has(expected - 1) && !has(expected))
      #expect(model.layout.entry(named: "cross_encoders.text.audio.layers.\(layers).linear1.weight") == nil)
    }
  }

  @Test("MulT's weights are drawn from the published distributions, whatever the modalities' names")
  func multInitialization() throws {
    let inputs = [ModelInput(name: "text", dimension: 300), ModelInput(name: "norm1", dimension: 40)]
    let model = Self.mult(inputs)
    let buffer = model.initializer.draw(model.layout, seed: 5)
    let span = buffer.span
    func largest(_ name: String) throws -> Float {
      try #require(model.layout.entry(named: name)).range.reduce(0) { max($0, abs(span[$1])) }
    }
    let layer = "cross_encoders.norm1.text.layers.4"
    let bounds: [(String, Float)] = [
      ("\(layer).attention.in_proj_weight", 6.0 / 120), ("\(layer).attention.out_proj.weight", 6.0 / 60),
      ("\(layer).linear1.weight", 6.0 / 150), ("self_encoders.text.layers.0.linear2.weight", 6.0 / 150),
      ("projectors.text.weight", 1.0 / 300), ("projectors.norm1.weight", 1.0 / 40), ("block.linear1.weight", 1.0 / 60),
      ("regressor.weight", 1.0 / 60), ("block.linear2.bias", 1.0 / 60),
    ]
    for (name, square) in bounds {
      let (found, bound) = (try largest(name), square.squareRoot())
      #expect(found <= bound && found > 0.85 * bound, "\(name): up to \(found) of \(bound)")
    }
    for name in ["attention.in_proj_bias", "attention.out_proj.bias", "linear1.bias", "linear2.bias", "norm1.bias"] {
      #expect(try largest("\(layer).\(name)") == 0)
    }
    #expect(try largest("cross_encoders.norm1.text.norm.weight") == 1)
    // Layers are drawn one by one.
    func first(_ name: String) throws -> Float { span[try #require(model.layout.entry(named: name)).range.lowerBound] }
    #expect(try first("\(layer).linear1.weight") != first("cross_encoders.norm1.text.layers.3.linear1.weight"))
  }

  @Test("Weights are drawn from PyTorch's distributions, the same for the same seed")
  func initialization() throws {
    let model = GatedRecurrentFusion(.grf, inputs: Self.inputs, positions: 1)
    let buffer = model.initializer.draw(model.layout, seed: 5)
    let span = buffer.span
    func values(_ name: String) throws -> [Float] {
      try #require(model.layout.entry(named: name)).range.map { span[$0] }
    }
    func expectUniform(_ name: String, bound: Float) throws {
      let values = try values(name)
      let largest = values.reduce(0) { max($0, abs($1)) }
      #expect(largest <= bound && largest > 0.9 * bound, "\(name): up to \(largest) of \(bound)")
      let mean = values.reduce(0) { $0 + Double($1) } / Double(values.count)
      #expect(abs(mean) < 4 * Double(bound) / (3 * Double(values.count)).squareRoot(), "\(name): mean \(mean)")
    }
    try expectUniform("projectors.text.weight", bound: 1 / Float(300).squareRoot())
    try expectUniform("projectors.text.bias", bound: 1 / Float(300).squareRoot())
    let layer = "fusion_encoders.1.decoder_2.layers.0"
    try expectUniform("\(layer).self_attn.in_proj_weight", bound: (Float(6) / (4 * 64)).squareRoot())
    try expectUniform("\(layer).multihead_attn.out_proj.weight", bound: 1.0 / 8)
    try expectUniform("\(layer).linear2.weight", bound: 1.0 / 16)
    try expectUniform("\(layer).linear2.bias", bound: 1.0 / 16)
    try expectUniform("gfus.1.linear_gate.weight", bound: 1 / Float(128).squareRoot())
    try expectUniform("regressor.regressor.0.bias", bound: 1.0 / 8)
    #expect(try values("\(layer).self_attn.in_proj_bias").allSatisfy { $0 == 0 })
    #expect(try values("\(layer).multihead_attn.out_proj.bias").allSatisfy { $0 == 0 })
    #expect(try values("\(layer).norm3.weight").allSatisfy { $0 == 1 })
    #expect(try values("gfus.0.norm.bias").allSatisfy { $0 == 0 })
    // Layers of a decoder are copies of one draw; decoders are not.
    let weight = "self_attn.in_proj_weight"
    #expect(try values("\(layer).\(weight)") == values("fusion_encoders.1.decoder_2.layers.3.\(weight)"))
    #expect(try values("\(layer).\(weight)") != values("fusion_encoders.1.decoder_1.layers.0.\(weight)"))

    let again = model.initializer.draw(model.layout, seed: 5).span
    #expect(span.indices.allSatisfy { span[$0] == again[$0] })
    let other = model.initializer.draw(model.layout, seed: 6).span
    #expect(span[0] != other[0])
  }
}
