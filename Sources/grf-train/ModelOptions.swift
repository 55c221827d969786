import ArgumentParser
import JSONValues
import Terminals
import Training

/// What decides the model and the training, in the order in which later wins: preset, file, assignments, options.
struct ModelOptions: ParsableArguments {
  @Option(
    name: [.customLong("preset"), .customLong("model")],
    help: ArgumentHelp(
      "The model and its values to begin with: \(RunConfiguration.presetNames.joined(separator: ", ")).",
      valueName: "name"),
    completion: .list(RunConfiguration.presetNames))
  var preset = "grf"

  @Option(
    help: ArgumentHelp(
      "A configuration in YAML, such as a run's config.yaml or the published file.", valueName: "file"),
    completion: .file(extensions: ["yaml", "yml"]))
  var config: String?

  @Option(
    name: .customLong("set"),
    help: ArgumentHelp("One setting, such as model.d_model=128; may be given again.", valueName: "name=value"))
  var assignments: [String] = []

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "The modalities in the order of fusion, parted by commas or spaces.", valueName: "names"))
  var order: [String] = []

  @Option(help: ArgumentHelp("2, or 7 to round every label to a whole number.", valueName: "2|7"))
  var numClasses: Int?

  @Option(help: ArgumentHelp("The label column (default: sentiment, else the first).", valueName: "name"))
  var label: String?

  /// Puts the configuration together and says on standard error which keys of the file mean nothing here.
  func resolve(shards: String?, isQuiet: Bool = false) throws -> RunConfiguration {
    var configuration = try RunConfiguration.preset(preset)
    if let config {
      let ignored = try configuration.apply(file: config)
      if !ignored.isEmpty, !isQuiet {
        Terminal.writeError("note: \(config): \(ignored.joined(separator: ", ")) mean nothing here\n")
      }
    }
    try configuration.apply(assignments: assignments)
    let names = ModalityOrder.names(in: order)
    if !names.isEmpty { try configuration.set("data.order", to: JSONValue(names), source: "--order") }
    if let numClasses {
      try configuration.set("data.num_classes", to: JSONValue(numClasses), source: "--num-classes")
    }
    if let label { try configuration.set("data.label", to: .string(label), source: "--label") }
    if let shards { configuration.data.shards = shards }
    return configuration
  }
}

extension RunConfiguration {
  /// The dataset's folder, which an option or the file must have named.
  func dataset() throws -> String {
    guard let shards = data.shards else {
      throw ValidationError("no dataset is named; give --shards with the folder that grf-data convert made")
    }
    return shards
  }
}
