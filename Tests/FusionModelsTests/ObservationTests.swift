import Autodiff
import Foundation
import FusionModels
import Testing

/// Against `tools/reference/dump_attention_golden.py`, which asks PyTorch for its attention weights.
@Suite("A model's observer")
struct ObservationTests {
  static let cases =
    [
      "narrow", "pair", "four", "long", "alone", "one-way", "no-cross", "no-gate-mean", "single", "filled",
      "filled-single",
    ].map { GoldenCase(kind: .grf, name: $0) }
    + ["three", "pair", "long", "hidden", "filled"].map { GoldenCase(kind: .mult, name: $0) }

  @Test("is told the attention, the first and the last states that PyTorch has", arguments: cases)
  func values(place: GoldenCase) throws {
    let bench = try GoldenTests.Bench(place)
    let expected = try Golden.floats(ofFile: "attention/\(place.kind.rawValue)-\(place.name)")
    var tape = Tape()
    tape.begin(bench.weights)
    var seen: [(name: String, value: Tape.Value, memory: Int?)] = []
    let observer = ModelObserver(wantsAttention: true) {
      switch $0 {
      case .first(let value): seen.append(("first", value, nil))
      case .stage(let stage): if stage.h == nil { seen.append(("state", stage.state, nil)) }
      case .attention(let attention):
        seen.append(("\(attention.name).\(attention.layer)", attention.means, attention.memory))
      }
    }
    let frames = bench.frames()
    let prediction = bench.model.predict(frames, on: &tape, observe: observer)
    #expect(seen.map(\.name).sorted() == expected.keys.sorted())
    for (name, value, memory) in seen {
      let found = tape.values(of: value)
      GoldenTests.expect(found, expected[name] ?? [], name)
      guard let memory else { continue }
      let heads = value.columns
      #expect(value.rows == frames[memory].rows)
      var row = 0
      for length in frames[memory].lengths {
        for head in 0..<heads {
          let sum = (row..<row + length).reduce(Float(0)) { $0 + found[$1 * heads + head] }
          #expect(abs(sum - 1) < 1e-5, "\(name), head \(head): \(sum)")
        }
        row += length
      }
    }
    // Being watched changes nothing.
    let watched = tape.values(of: prediction.main)
    tape.begin(bench.weights)
    #expect(tape.values(of: bench.model.predict(bench.frames(), on: &tape, observe: nil).main) == watched)
  }

  @Test("is not told of attention unless it asks", arguments: [cases[0], cases[8], cases[11]])
  func quiet(place: GoldenCase) throws {
    let bench = try GoldenTests.Bench(place)
    var tape = Tape()
    tape.begin(bench.weights)
    var stages = 0
    let observer = ModelObserver {
      if case .attention = $0 { Issue.record("attention") }
      if case .stage = $0 { stages += 1 }
    }
    _ = bench.model.predict(bench.frames(), on: &tape, observe: observer)
    #expect(stages == (place.kind == .grf && place.name == "narrow" ? 2 : 1))
  }

  @Test("is told different names of different encoders, whatever modalities are called")
  func names() {
    let inputs = ["a", "b_with_a", "a_with_b"].map { ModelInput(name: $0, dimension: 1) }
    let model = MultimodalTransformer(
      MultimodalTransformerConfiguration(width: 2, layers: 1, heads: 1), inputs: inputs, positions: 1)
    let weights = model.initializer.draw(model.layout, seed: 0)
    let numbers: [Float] = [1]
    var frames = PackedFrames(columns: 1)
    frames.append(MappedRows(numbers.span, columns: 1), filledTo: 1)
    var tape = Tape()
    var names: [String] = []
    tape.begin(weights)
    let observer = ModelObserver(wantsAttention: true) { if case .attention(let seen) = $0 { names.append(seen.name) } }
    _ = model.predict([frames, frames, frames], on: &tape, observe: observer)
    #expect(names.count == 6 && Set(names).count == 6 && names.contains("a_with_b_with_a.2"))
    withExtendedLifetime(numbers) {}
  }
}

extension Golden {
  /// Every tensor of a file of Float32 in `fixtures/golden`.
  static func floats(ofFile name: String) throws -> [String: [Float]] {
    let file = URL(filePath: #filePath).deletingLastPathComponent().appending(
      path: "../../fixtures/golden/\(name).safetensors")
    let data = try Data(contentsOf: file)
    let length = data.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
    let header = try JSONSerialization.jsonObject(with: data.dropFirst(8).prefix(length)) as? [String: [String: Any]]
    var tensors: [String: [Float]] = [:]
    for (name, entry) in header ?? [:] where name != "__metadata__" {
      let offsets = (entry["data_offsets"] as? [NSNumber] ?? []).map { 8 + length + $0.intValue }
      tensors[name] = stride(from: offsets[0], to: offsets[1], by: 4).map { place in
        Float(bitPattern: (0..<4).reduce(0) { $0 | UInt32(data[place + $1]) << (8 * UInt32($1)) })
      }
    }
    return tensors
  }
}
