import Autodiff
import FusionModels
import Testing

@Suite("The model's parameters")
struct LayoutTests {
  static let inputs = [
    ModelInput(name: "text", dimension: 300), ModelInput(name: "audio", dimension: 5),
    ModelInput(name: "vision", dimension: 20),
  ]

  @Test("The presets have the published numbers of parameters")
  func counts() {
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
