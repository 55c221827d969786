internal import FusionModels
internal import JSONValues
internal import PackedSequences

/// One value of a configuration: its name, what it may be, and how it is read and written.
///
/// ``all`` is the one list of keys: reading, writing, and the messages about both go by it.
struct ConfigurationKey: Sendable {
  /// As in a file, with the section before a dot: `model.d_model`.
  let name: String
  /// What the value may be, to follow "wants".
  let wanted: String
  /// Takes the value over; false where it is not what is wanted.
  let read: @Sendable (JSONValue, inout RunConfiguration) -> Bool
  let write: @Sendable (RunConfiguration) -> JSONValue
  /// What setting leaves it without use, as in `model.kind mult`; nil where it is used.
  var unused: @Sendable (RunConfiguration) -> String? = { _ in nil }
  var kind = RunConfiguration.KeyKind.other

  static let kindName = "model.kind"
  static let sections = ["model", "training", "data"]

  /// In the order in which they are written; the keys of a section follow one another.
  static let all: [ConfigurationKey] = [
    text("project_name", \.projectName, "a text that is not empty"),
    text(
      "run_name_template", \.runNameTemplate,
      "a name without slashes; {kind}, {order_name}, {num_classes} and {seed} are filled in", isValid: isRunName),
    text("model_save_dir", \.modelSaveDirectory, "the folder for runs"),
    kind(),
    count("model.d_model", \.model.width, 2...8192),
    count("model.num_layers", \.model.layerCount, 1...64),
    count("model.d_ffn", \.model.feedForwardWidth, 1...65_536).only(kind: "grf"),
    count("model.num_heads", \.model.headCount, 1...1024),
    probability("model.dropout", \.model.dropout).only(kind: "grf"),
    number("model.aux_loss_weight", \.model.auxiliaryLossWeight, "a number from 0") { $0 >= 0 }.only(kind: "grf"),
    text("model.component", \.model.component, wantedComponents) { components.contains($0) }.only(kind: "grf"),
    probability("model.attn_dropout", \.model.attentionDropout).only(kind: "mult"),
    probability("model.attn_dropout_other", \.model.otherAttentionDropout).only(kind: "mult"),
    probability("model.relu_dropout", \.model.reluDropout).only(kind: "mult"),
    probability("model.res_dropout", \.model.residualDropout).only(kind: "mult"),
    probability("model.embed_dropout", \.model.embeddingDropout).only(kind: "mult"),
    probability("model.out_dropout", \.model.outputDropout).only(kind: "mult"),
    number("training.learning_rate", \.training.learningRate, "a number above 0") { $0 > 0 },
    number("training.weight_decay", \.training.weightDecay, "a number from 0") { $0 >= 0 },
    count("training.epochs", \.training.epochs, 1...1_000_000),
    optionalCount("training.patience", \.training.patience, 1...1_000_000, "null to go on to the last epoch"),
    schedule("training.schedule", \.training.schedule),
    count("training.warmup_epochs", \.training.warmupEpochs, 0...1_000_000).only(.cosine),
    count("training.plateau_patience", \.training.plateauPatience, 0...1_000_000).only(.plateau),
    number("training.plateau_factor", \.training.plateauFactor, "a number above 0, below 1") { $0 > 0 && $0 < 1 }
      .only(.plateau),
    count("training.batch_size", \.training.batchSize, 1...1_000_000),
    number("training.max_grad_norm", \.training.maxGradientNorm, "a number above 0") { $0 > 0 },
    number("training.min_learning_rate", \.training.minLearningRate, "a number from 0") { $0 >= 0 },
    count("training.seed", \.training.seed, 0...Int.max, "a whole number from 0"),
    optionalText("training.init", \.training.initialWeights, "a checkpoint of the first weights"),
    flag("training.shuffle", \.training.shuffles),
    threads("training.threads", \.training.threads),
    count("training.lanes", \.training.lanes, 1...1024),
    optionalText("data.shards", \.data.shards, "the folder of a dataset"),
    order("data.order", \.data.order),
    count("data.num_classes", \.data.classCount, 2...7, "2 or 7") { $0 == 2 || $0 == 7 },
    flag("data.masks", \.data.masks),
    optionalText("data.label", \.data.label, "the name of a label column"),
  ]

  private static let components = GRFComponent.allCases.map(\.rawValue) + [RunConfiguration.ModelSection.single]
  private static var wantedComponents: String {
    components.dropLast().joined(separator: ", ") + " or " + RunConfiguration.ModelSection.single
  }

  /// Keys at the top level that stand for one in a section, as the published program writes them.
  static let aliases = ["order": "data.order", "num_classes": "data.num_classes"]

  /// Keys of published files that mean nothing here: there is no device to choose and nothing to download.
  static let ignored: Set = [
    "device", "num_workers", "training.device", "training.num_workers", "data.data_dir", "data.data_path", "data.path",
    "data.gdrive_id", "data.num_workers", "data.pin_memory",
  ]

  /// - Parameter name: with its section, or an alias.
  static func named(_ name: String) -> ConfigurationKey? {
    let name = aliases[name] ?? name
    return all.first { $0.name == name }
  }

  /// ` (did you mean "model.d_model"?)`, or nothing: a key of the same name elsewhere, or else the nearest.
  static func hint(_ name: String) -> String {
    let names = all.map(\.name)
    let last = name.split(separator: ".").last ?? ""
    if let moved = names.first(where: { $0.hasSuffix(".\(last)") }) { return " (did you mean \"\(moved)\"?)" }
    if let nearest = NearestName.of(name, in: names + sections) { return " (did you mean \"\(nearest)\"?)" }
    let inner = names.filter { $0.contains(".") }.map { String($0.drop { $0 != "." }.dropFirst()) }
    guard let nearest = NearestName.of(String(last), in: inner),
      let full = names.first(where: { $0.hasSuffix(".\(nearest)") })
    else { return "" }
    return " (did you mean \"\(full)\"?)"
  }
}
