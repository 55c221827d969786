import JSONValues
import PackedSequences
import Testing
import Training

@testable import Experiments

@Suite struct `A space to search` {
  private static let yaml = """
    base: {preset: grf-4m, training: {epochs: 9}}
    space:
      training.learning_rate: {log_uniform: [1.0e-4, 1.0e-1]}
      model: {dropout: {uniform: [0.1, 0.5]}, num_layers: {uniform: [1, 3]}}
      training.batch_size: {log_uniform: [4, 64]}
      order: {choice: [[text, audio], [audio, text]]}
      model.d_model: {choice: [8]}
    trials: 7
    seed: 3
    """

  @Test func `is read with its base`() throws {
    let space = try SweepSpace(yaml: Self.yaml, source: "x")
    #expect(space.trials == 7 && space.seed == 3 && space.preset == "grf-4m")
    #expect(
      space.dimensions.map(\.key) == [
        "training.learning_rate", "model.dropout", "model.num_layers", "training.batch_size", "data.order",
        "model.d_model",
      ])
    let configuration = try space.configuration()
    #expect(configuration.model.width == 128 && configuration.training.epochs == 9)
  }

  @Test func `gives values within the bounds, all of them, and whole ones where they must be`() throws {
    let space = try SweepSpace(yaml: Self.yaml, source: "x")
    let draws = (0..<400).map(space.draw)
    func numbers(_ index: Int) -> [Double] { draws.compactMap { $0[index].value.number } }
    let rates = numbers(0)
    #expect(rates.count == 400 && rates.allSatisfy { (1e-4...1e-1).contains($0) })
    // A third of the draws in each order of magnitude.
    for low in [1e-4, 1e-3, 1e-2] { #expect((90...180).contains(rates.count { (low..<low * 10).contains($0) })) }
    #expect(numbers(1).allSatisfy { (0.1...0.5).contains($0) } && Set(numbers(1)).count > 390)
    let layers = draws.compactMap { $0[2].value.integer }
    #expect(layers.count == 400)
    for layer in 1...3 { #expect((90...180).contains(layers.count { $0 == layer })) }
    let sizes = draws.compactMap { $0[3].value.integer }
    #expect(sizes.count == 400 && sizes.allSatisfy { (4...64).contains($0) } && Set(sizes).count > 30)
    #expect((140...260).contains(sizes.count { $0 <= 16 }))
    #expect(Set(draws.map { $0[4].value.compact() }).count == 2)
    #expect(Set(draws.map { $0[5].value.compact() }) == ["8"])
  }

  @Test func `draws by seed, key and trial alone`() throws {
    let space = try SweepSpace(yaml: Self.yaml, source: "x")
    let alone = try SweepSpace(yaml: "space: {model.dropout: {uniform: [0.1, 0.5]}}\nseed: 3", source: "y")
    for trial in [0, 1, 17] { #expect(alone.draw(trial)[0].value == space.draw(trial)[1].value) }
    let other = try SweepSpace(yaml: "space: {model.dropout: {uniform: [0.1, 0.5]}}\nseed: 4", source: "y")
    #expect(other.draw(0)[0].value != space.draw(0)[1].value)
    // Two keys of the same range have values of their own.
    let two = try SweepSpace(
      yaml: "space: {model.dropout: {uniform: [0, 0.5]}, model.aux_loss_weight: {uniform: [0, 0.5]}}", source: "z")
    #expect(two.draw(0)[0].value != two.draw(0)[1].value)
  }

  @Test func `of one value draws it`() throws {
    let space = try SweepSpace(
      yaml: "space: {model.dropout: {uniform: [0.2, 0.2]}, model.d_model: {uniform: [16, 16]}}", source: "x")
    #expect(space.draw(5).map(\.value) == [.number(0.2), .integer(16)])
  }

  @Test(arguments: [
    ("", "not a space"), ("[1", "not YAML"), ("spac: {}", "did you mean \"space\"?"), ("space: {}", "nothing is to be"),
    ("space: {training.learning_rat: {choice: [1]}}", "did you mean \"training.learning_rate\"?"),
    ("space: {training.learning_rate: {choice: []}}", "training.learning_rate: choice is empty"),
    ("space: {training.learning_rate: 1}", "training.learning_rate: write one of"),
    ("space: {training.learning_rate: {choice: 1}}", "training.learning_rate: choice wants a list"),
    ("space: {training.learning_rate: {uniform: [1]}}", "training.learning_rate: uniform wants two numbers"),
    ("space: {training.learning_rate: {uniform: [1, .inf]}}", "training.learning_rate: uniform wants two numbers"),
    ("space: {training.learning_rate: {uniform: [2, 1]}}", "training.learning_rate: uniform [2,1] ends below"),
    (
      "space: {training.learning_rate: {log_uniform: [0, 1]}}",
      "training.learning_rate: log_uniform wants bounds above 0"
    ),
    ("space: {training.learning_rate: {normal: [0, 1]}}", "training.learning_rate: write one of"),
    ("space: {model.dropout: {uniform: [0, 1.5]}}", "model.dropout wants a number from 0 to below 1"),
    ("space: {model.d_model: {uniform: [8, 16.5]}}", "model.d_model: it takes whole numbers"),
    ("space: {model.component: {choice: [ful]}}", "model.component wants"),
    ("space: {training.shuffle: {uniform: [0, 1]}}", "training.shuffle: it takes no range"),
    ("space: {data.shards: {choice: [x]}}", "data.shards: it cannot be searched"),
    ("space: {training.threads: {choice: [1]}}", "training.threads: it cannot be searched"),
    ("space: {order: {choice: [[a, b]]}, data.order: {choice: [[a, b]]}}", "data.order: it is there twice"),
    ("base: 1\nspace: {model.dropout: {choice: [0.1]}}", "base: write"),
    ("base: {preset: grg}\nspace: {model.dropout: {choice: [0.1]}}", "base.preset: it wants one of"),
    ("base: {model: {width: 1}}\nspace: {model.dropout: {choice: [0.1]}}", "no setting \"model.width\""),
    ("trials: 0\nspace: {model.dropout: {choice: [0.1]}}", "trials: it wants a whole number from 1"),
    ("seed: x\nspace: {model.dropout: {choice: [0.1]}}", "seed: it wants a whole number from 0"),
    ("space: {data.num_classes: {choice: [2, 7]}}", "data.num_classes: it cannot be searched"),
    ("space: {data.label: {choice: [a, b]}}", "data.label: it cannot be searched"),
  ])
  func `that makes no sense is refused in one line that names the key`(yaml: String, message: String) throws {
    let error = #expect(throws: (any Error).self) { try SweepSpace(yaml: yaml, source: "space.yaml") }
    let text = "\(try #require(error))"
    #expect(text.contains(message), "\(text)")
    #expect(text.hasPrefix("space.yaml:") && !text.contains("\n"), "\(text)")
    #expect((error as? any RequestError)?.isRequestAtFault == true)
  }
}
