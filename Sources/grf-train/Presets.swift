import ArgumentParser
import JSONValues
import Terminals
import Training

struct Presets: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Lists the presets that trainings begin with, or shows one.",
    usage: "grf-train presets [NAME]",
    discussion: """
      A preset is a whole configuration. With a name it is printed as YAML that --config \
      reads, to start from.
      """)

  @Argument(help: "The preset to show.", completion: .list(RunConfiguration.presetNames))
  var name: String?

  @Flag(help: "Print JSON.")
  var json = false

  func run() throws {
    if let name {
      let preset = try RunConfiguration.preset(name)
      return try Terminal.print(json ? preset.resolved.pretty() : String(preset.yaml.dropLast()))
    }
    let presets = try RunConfiguration.presetNames.map { (name: $0, preset: try RunConfiguration.preset($0)) }
    if json {
      return try Terminal.print(
        JSONValue.array(
          presets.map {
            [
              "name": .string($0.name), "summary": .string(RunConfiguration.summary(ofPreset: $0.name)),
              "configuration": $0.preset.resolved,
            ]
          }
        ).pretty())
    }
    var lines: [String] = []
    for (name, preset) in presets {
      lines.append(name)
      lines += RunConfiguration.summary(ofPreset: name).wrapped(indent: 2)
      lines += preset.outline.wrapped(indent: 2)
    }
    try Terminal.print(lines + ["", "Show one with grf-train presets NAME."])
  }
}

extension RunConfiguration {
  fileprivate static func summary(ofPreset name: String) -> String {
    switch name {
    case "grf": "GRF as the published configuration file has it"
    case "grf-4m": "GRF in the size of the published table"
    case "mult": "the Multimodal Transformer, the table's baseline, as it was published"
    default: ""
    }
  }

  fileprivate var outline: String {
    "width \(model.width), \(Format.count(model.layerCount, "layer")), \(Format.count(model.headCount, "head")), "
      + "\(Format.count(training.epochs, "epoch")) at most, batches of \(training.batchSize), learning rate "
      + "\(Format.number(training.learningRate))"
  }
}
