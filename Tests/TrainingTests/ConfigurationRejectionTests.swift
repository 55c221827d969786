import Foundation
import PackedSequences
import TestSupport
import Testing

@testable import Training

/// One test per thing that is refused in a configuration.
@Suite struct `A configuration is refused` {
  private static func refusal(_ yaml: String) throws -> TrainingError {
    try #require(throws: TrainingError.self) {
      var configuration = RunConfiguration()
      _ = try configuration.apply(yaml: yaml, source: "c.yaml")
    }
  }

  @Test(arguments: [
    ("project_name: ''", "project_name wants a text that is not empty, not \"\""), ("project_name: 3", "a text"),
    ("run_name_template: a/b", "a name without slashes"), ("run_name_template: '{orders}'", "{order_name}"),
    ("run_name_template: .hidden", "a name"), ("model_save_dir: ''", "the folder for runs"),
    ("model: {kind: lstm}", #"model.kind wants grf or mult, not "lstm""#),
    ("model: {d_model: 1}", "a whole number from 2 to 8192"), ("training: {schedule: linear}", "cosine or plateau"),
    ("training: {plateau_factor: 1}", "above 0, below 1"), ("training: {plateau_patience: -1}", "from 0"),
    (
      "model: {component: half}",
      "model.component wants full, no-gate-mean, no-gate-sum, no-gate-concat, one-way, no-cross"
    ),
    ("model: {embed_dropout: 1}", "model.embed_dropout wants a number from 0 to below 1"),
    ("model: {d_model: 0}", "not 0"), ("model: {d_model: 64.5}", "not 64.5"), ("model: {d_model: '64'}", #"not "64""#),
    ("model: {d_model: 1e30}", "not 1e+30"), ("model: {num_layers: 0}", "a whole number from 1 to 64"),
    ("model: {d_ffn: -1}", "model.d_ffn"), ("model: {num_heads: 0}", "model.num_heads"),
    ("model: {dropout: 1}", "model.dropout wants a number from 0 to below 1, not 1"),
    ("model: {dropout: -0.1}", "not -0.1"),
    ("model: {dropout: .nan}", "model.dropout"), ("model: {aux_loss_weight: -1}", "a number from 0"),
    ("training: {learning_rate: 0}", "a number above 0"), ("training: {learning_rate: .inf}", "a number above 0"),
    ("training: {learning_rate: fast}", #"not "fast""#), ("training: {weight_decay: -1e-3}", "not -0.001"),
    ("training: {epochs: 0}", "from 1"), ("training: {patience: 0}", "from 1"),
    ("training: {warmup_epochs: -1}", "from 0"),
    ("training: {batch_size: 0}", "training.batch_size"), ("training: {batch_size: null}", "not null"),
    ("training: {max_grad_norm: 0}", "above 0"), ("training: {min_learning_rate: -1}", "from 0"),
    ("training: {seed: -1}", "from 0"), ("training: {shuffle: yes}", "true or false"),
    ("training: {threads: 0}", "all, or a whole number from 1 to 1024"), ("training: {threads: many}", "all, or"),
    ("data: {shards: ''}", "the folder of a dataset"), ("data: {shards: [a]}", "the folder of a dataset"),
    ("data: {order: [text, text]}", "different modalities"), ("data: {order: [text, 3]}", "different modalities"),
    ("data: {order: ''}", "different modalities"), ("data: {order: []}", "different modalities"),
    ("order: ['a b', text]", "order wants different"), ("data: {num_classes: 3}", "2 or 7"),
    ("num_classes: 5", "num_classes wants 2 or 7"), ("data: {label: ''}", "label column"),
  ]) func `for a value that cannot be`(yaml: String, fragment: String) throws {
    let error = try Self.refusal(yaml)
    guard case .wrongValue = error else {
      Issue.record("\(error)")
      return
    }
    #expect(error.description.hasPrefix("c.yaml: ") && error.description.contains(fragment))
    #expect(error.isRequestAtFault)
  }

  @Test(arguments: [
    ("epochs: 3", #""epochs" (did you mean "training.epochs"?)"#),
    ("model: {d_modle: 3}", #""model.d_modle" (did you mean "model.d_model"?)"#),
    ("training: {d_model: 3}", #""training.d_model" (did you mean "model.d_model"?)"#),
    ("bach_size: 3", #""bach_size" (did you mean "training.batch_size"?)"#),
    ("modle: {d_model: 3}", #""modle" (did you mean "model"?)"#),
    ("model: {optimizer_of_choice: x}", #""model.optimizer_of_choice"; correct"#),
    ("project: x", "\"project\""),
  ]) func `for a key that it does not have`(yaml: String, fragment: String) throws {
    let error = try Self.refusal(yaml)
    guard case .unknownKey = error else {
      Issue.record("\(error)")
      return
    }
    #expect(error.description.hasPrefix("c.yaml: there is no setting ") && error.description.contains(fragment))
  }

  @Test(arguments: [
    ("- a", "not a configuration"), ("12", "not a configuration"), ("model: 3", "model is not a section"),
    ("training: [epochs]", "training is not a section"), ("model: [", "not YAML (line"),
    ("model: {d_model: 4, d_model: 8}", "there twice"),
  ]) func `for its form`(yaml: String, fragment: String) throws {
    let error = try Self.refusal(yaml)
    #expect(error.description.hasPrefix("c.yaml: ") && error.description.contains(fragment))
  }

  @Test(arguments: [
    ("model.d_model", "--set model.d_model: write NAME=VALUE"), ("model.d_model=", "not null"),
    (
      "model.d_model=12x",
      #"--set model.d_model=12x: model.d_model wants a whole number from 2 to 8192, not "12x""#
    ),
    ("d_model=3", #"did you mean "model.d_model"?"#), ("device=cpu", "there is no setting"),
    ("model.d_model=[", "not YAML"),
  ]) func `for an assignment`(text: String, fragment: String) throws {
    let error = try #require(throws: TrainingError.self) {
      var configuration = RunConfiguration()
      try configuration.apply(assignment: text)
    }
    #expect(error.description.hasPrefix("--set \(text): ") && error.description.contains(fragment))
    #expect(error.isRequestAtFault)
  }

  @Test(
    arguments: [
      ("text", "full", "data.order wants two or more different modalities, not text alone"),
      ("text", "one-way", "not text alone"), ("text,audio", "single", "wants one modality, not text, audio; name it"),
      (nil, "single", "wants one modality; name it, as in --order text"),
    ] as [(String?, String, String)])
  func `for a number of modalities that its component has no use for`(
    order: String?, component: String, fragment: String
  ) throws {
    var configuration = RunConfiguration()
    try configuration.apply(
      assignments: ["model.component=\(component)"] + (order.map { ["data.order='\($0)'"] } ?? []))
    let error = try #require(throws: TrainingError.self) { try configuration.check() }
    #expect(error.description.contains(fragment) && error.isRequestAtFault)
    try configuration.apply(assignments: [component == "single" ? "data.order=vision" : "data.order=[text, vision]"])
    #expect(throws: Never.self) { try configuration.check() }
  }

  @Test func `for an odd width, which MulT may have`() throws {
    var configuration = RunConfiguration()
    (configuration.model.width, configuration.model.headCount) = (25, 5)
    #expect(throws: TrainingError.oddWidth(25)) { try configuration.check() }
    var mult = try RunConfiguration.preset("mult")
    mult.model.width = 25
    #expect(throws: Never.self) { try mult.check() }
  }

  @Test(arguments: [
    ("mult", "model.d_ffn=300", "model.kind mult"), ("mult", "model.dropout=0.1", "model.kind mult"),
    ("mult", "training.warmup_epochs=3", "training.schedule plateau"),
    ("grf", "model.embed_dropout=0.3", "model.kind grf"),
    ("grf-4m", "training.plateau_factor=0.5", "training.schedule cosine"),
    ("grf-4m", "model.kind=mult", "model.kind mult"),
  ]) func `for a value without use`(preset: String, assignment: String, setting: String) throws {
    var configuration = try RunConfiguration.preset(preset)
    #expect(throws: Never.self) { try configuration.check() }
    try configuration.apply(assignments: [assignment])
    let error = try #require(throws: TrainingError.self) { try configuration.check() }
    #expect(error.description.contains("means nothing with \(setting); leave it out, or change"))
    #expect(error.isRequestAtFault)
  }

  @Test func `for heads that do not divide the width`() {
    var configuration = RunConfiguration()
    configuration.model.headCount = 6
    #expect(throws: TrainingError.unevenHeads(width: 64, heads: 6)) { try configuration.check() }
    configuration.model.headCount = 8
    #expect(throws: Never.self) { try configuration.check() }
  }

  @Test func `for a minimum above the learning rate`() {
    var configuration = RunConfiguration()
    configuration.training.learningRate = 1e-7
    #expect(throws: TrainingError.minimumAboveLearningRate(minimum: 1e-6, rate: 1e-7)) { try configuration.check() }
  }

  @Test func `for a preset that does not exist`() throws {
    let error = try #require(throws: TrainingError.self) { try RunConfiguration.preset("grf4m") }
    #expect(error == .unknownPreset(name: "grf4m") && error.description.contains(#"did you mean "grf-4m"?"#))
  }

  @Test func `where there is no file`() throws {
    let folder = try TemporaryFolder()
    let error = try #require(throws: TrainingError.self) {
      var configuration = RunConfiguration()
      _ = try configuration.apply(file: folder.file("c.yaml"))
    }
    #expect(error.description.contains("c.yaml: cannot be opened") && !error.isRequestAtFault)
  }

  @Test func `with one short line, however long the value`() throws {
    let error = try Self.refusal("training: {threads: \(String(repeating: "x", count: 10_000))}")
    #expect(error.description.count < 300 && !error.description.contains { $0.isNewline })
  }
}
