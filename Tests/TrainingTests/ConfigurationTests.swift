import JSONValues
import TestSupport
import Testing

@testable import Training

@Suite struct `A configuration` {
  /// The configuration file of the published program, with the values that it gives there.
  static let published = """
    project_name: "Efficient_Fusion_CrossModal_Regression"
    run_name_template: "HierarchicalFusion-{order_name}-{num_classes}class"
    device: "cuda"
    model:
      d_model: 64
      num_layers: 4
      d_ffn: 256
      num_heads: 4
      dropout: 0.2
      aux_loss_weight: 0.4
    training:
      learning_rate: 1.0e-3
      weight_decay: 1.0e-2
      epochs: 100
      patience: 20
      warmup_epochs: 5
      batch_size: 32
      max_grad_norm: 1.0
    data:
      data_dir: "data"
      gdrive_id: "1A9Y"
    model_save_dir: "saved_models"
    """

  @Test func `of the published program is taken as it is, and is the preset's`() throws {
    var configuration = RunConfiguration()
    let ignored = try configuration.apply(yaml: Self.published, source: "published.yaml")
    #expect(ignored == ["device", "data.data_dir", "data.gdrive_id"])
    #expect(configuration.runName(order: ["text", "audio"]) == "HierarchicalFusion-text-audio-2class")
    #expect(configuration.modelSaveDirectory == "saved_models")
    let preset = try RunConfiguration.preset("grf")
    #expect(configuration.model == preset.model && configuration.training == preset.training)
    #expect(configuration.data == preset.data)
  }

  @Test func `may have order and num_classes at the top level, and be JSON`() throws {
    var configuration = RunConfiguration()
    let ignored = try configuration.apply(
      yaml: #"{"order": ["vision", "text"], "num_classes": 7, "device": "cpu"}"#, source: "config.json")
    #expect(ignored == ["device"])
    #expect(configuration.data.order == ["vision", "text"] && configuration.data.classCount == 7)
  }

  @Test func `comes from the preset, the file, then assignments`() throws {
    var configuration = try RunConfiguration.preset("grf-4m")
    #expect(configuration.model.width == 128 && configuration.model.feedForwardWidth == 512)
    _ = try configuration.apply(yaml: "model: {d_model: 32}\ntraining: {epochs: 7, seed: 3}", source: "a")
    #expect(configuration.model.width == 32 && configuration.model.feedForwardWidth == 512)
    try configuration.apply(assignment: "training.epochs=9")
    try configuration.apply(assignment: " model.dropout = 5e-1")
    #expect(configuration.training.epochs == 9 && configuration.training.seed == 3)
    #expect(configuration.model.dropout == 0.5)
  }

  @Test func `of nothing but comments changes nothing`() throws {
    var configuration = RunConfiguration()
    #expect(try configuration.apply(yaml: "# nothing\n", source: "a") == [])
    #expect(try configuration.apply(yaml: "model:\ntraining: {}\n", source: "a") == [])
    #expect(configuration == RunConfiguration())
  }

  // MARK: Writing

  static var unusual: RunConfiguration {
    get throws {
      var configuration = RunConfiguration()
      for assignment in [
        "project_name=\"a: b # c\"", "run_name_template='{kind} no {seed}'", "model_save_dir=/tmp/é \"runs\"",
        "model.d_model=96", "model.num_layers=1", "model.d_ffn=7", "model.num_heads=6", "model.dropout=0",
        "model.aux_loss_weight=0.1", "model.component=one-way", "training.learning_rate=3.3e-7",
        "training.weight_decay=0",
        "training.epochs=1", "training.patience=2", "training.warmup_epochs=0", "training.batch_size=1",
        "training.max_grad_norm=1e300", "training.min_learning_rate=0", "training.seed=9223372036854775807",
        "training.init=a b.safetensors",
        "training.shuffle=false", "training.threads=3", "training.lanes=5", "data.shards='off'",
        "order=[audio, words_2]", "num_classes=7",
        "data.masks=false",
        "data.label='1.5'",
      ] { try configuration.apply(assignment: assignment) }
      return configuration
    }
  }

  static var unusualMulT: RunConfiguration {
    get throws {
      var configuration = try RunConfiguration.preset("mult")
      try configuration.apply(assignments: [
        "model.d_model=25", "model.num_heads=1", "model.num_layers=2", "model.attn_dropout=0.2",
        "model.attn_dropout_other=0.3", "model.relu_dropout=0.4", "model.res_dropout=0.5", "model.embed_dropout=0",
        "model.out_dropout=0.7", "training.patience=4", "training.plateau_patience=0", "training.plateau_factor=0.3",
      ])
      return configuration
    }
  }

  @Test func `reads back the same from its YAML and its JSON`() throws {
    for configuration in try [
      RunConfiguration(), RunConfiguration.preset("grf-4m"), RunConfiguration.preset("mult"), Self.unusual,
      Self.unusualMulT,
    ] {
      var fresh = RunConfiguration()
      #expect(try fresh.apply(yaml: configuration.yaml, source: "a") == [] && fresh == configuration)
      var fromYAML = try Self.unusual
      #expect(try fromYAML.apply(yaml: configuration.yaml, source: "a") == [])
      #expect(fromYAML.resolved == configuration.resolved)
      var fromJSON = try Self.unusual
      let json = try JSONValue.parse(configuration.resolved.compact())
      #expect(try fromJSON.apply(json, source: "a") == [])
      #expect(fromJSON.resolved == configuration.resolved)
    }
  }

  @Test func `changes every key in the test above`() throws {
    let (usual, unusual, mult) = (RunConfiguration(), try Self.unusual, try Self.unusualMulT)
    for key in ConfigurationKey.all {
      #expect(key.write(usual) != key.write(unusual) || key.write(usual) != key.write(mult), "\(key.name)")
    }
  }

  @Test func `of another family begins with its preset, whatever the order of the keys`() throws {
    let preset = try RunConfiguration.preset("mult")
    for yaml in ["model: {kind: mult, num_layers: 4}", "{training: {seed: 0}, model: {num_layers: 4, kind: mult}}"] {
      var configuration = RunConfiguration()
      _ = try configuration.apply(yaml: yaml, source: "a")
      // GRF has four layers by default: that they are named must not be lost.
      #expect(configuration.model.layerCount == 4 && configuration.model.width == 30)
      #expect(configuration.training == preset.training)
    }
    var configuration = RunConfiguration()
    try configuration.apply(assignments: ["training.epochs=100", " model.kind = mult", "training.seed=3"])
    #expect(configuration.training.epochs == 100 && configuration.training.seed == 3)
    #expect(configuration.training.batchSize == 24 && configuration.model == preset.model)
    // What was set before stays.
    configuration = RunConfiguration()
    configuration.training.batchSize = 7
    try configuration.apply(assignments: ["model.kind=mult"])
    #expect(configuration.training.batchSize == 7 && configuration.training.patience == nil)
  }

  @Test func `of MulT has the published values`() throws {
    let mult = try RunConfiguration.preset("mult")
    #expect(mult.model.width == 30 && mult.model.layerCount == 5 && mult.model.headCount == 5)
    #expect(
      mult.training.learningRate == 1e-3 && mult.training.weightDecay == 0 && mult.training.maxGradientNorm == 0.8)
    #expect(mult.training.batchSize == 24 && mult.training.epochs == 40 && mult.training.patience == nil)
    #expect(mult.training.schedule == .plateau && mult.training.plateauPatience == 20)
    #expect(throws: Never.self) { try mult.check() }
    #expect(!mult.yaml.contains("d_ffn") && mult.yaml.contains("patience: null"))
  }

  @Test func `is written as people write it`() {
    #expect(
      RunConfiguration().yaml == """
        project_name: grf
        run_name_template: "{kind}-{order_name}-seed{seed}"
        model_save_dir: runs
        model:
          kind: grf
          d_model: 64
          num_layers: 4
          d_ffn: 256
          num_heads: 4
          dropout: 0.2
          aux_loss_weight: 0.4
          component: full
        training:
          learning_rate: 0.001
          weight_decay: 0.01
          epochs: 100
          patience: 20
          schedule: cosine
          warmup_epochs: 5
          batch_size: 32
          max_grad_norm: 1.0
          min_learning_rate: 1.0e-06
          seed: 0
          init: null
          shuffle: true
          threads: all
          lanes: 8
        data:
          shards: null
          order: null
          num_classes: 2
          masks: true
          label: null

        """)
  }

  // MARK: Names

  @Test func `names its runs`() throws {
    var configuration = RunConfiguration()
    configuration.training.seed = 4
    #expect(configuration.runName(order: ["text", "vision"]) == "grf-text-vision-seed4")
  }
}
