import ArgumentParser
import Conversion
import JSONValues
import Terminals

struct Presets: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Lists the published layouts that convert --preset begins with, or shows one.",
    discussion: """
      A preset is a set of options of convert. With a name it is printed as YAML that \
      convert --config reads, to start from.
      """)

  @Argument(help: "The preset to show.", completion: .list(Preset.all.map(\.name)))
  var name: String?

  @Flag(help: "Print JSON.")
  var json = false

  func run() throws {
    let presets = try name.map { [try Preset.named($0)] } ?? Preset.all
    if json { return try Terminal.print(JSONValue.array(presets.map(Self.json)).pretty()) }
    try Terminal.print(name == nil ? Self.list(presets) : presets.flatMap(Self.yaml))
  }

  private static func list(_ presets: [Preset]) -> [String] {
    presets.flatMap { preset in
      let sources = preset.modalities.map { "\($0.name) \($0.source), \(dimensions($0))" }
      return [preset.name] + preset.summary.wrapped(indent: 2)
        + "wants \(sources.joined(separator: "; "))".wrapped(indent: 2)
    } + [""]
      + """
      They come near to the published files and are not the same: how those were extracted is documented in part only. \
      Show one with grf-data presets NAME.
      """.wrapped()
  }

  private static func yaml(_ preset: Preset) throws -> [String] {
    let comments = [preset.summary, preset.remarks].flatMap { ($0.wrapped(to: 78)).map { "# " + $0 } }
    return comments + (try ConfigurationFile.settings(of: preset.options))
  }

  private static func dimensions(_ modality: Preset.Modality) -> String {
    modality.dimensions.map { "\($0)" }.joined(separator: " or ") + " columns"
  }

  private static func json(_ preset: Preset) -> JSONValue {
    var options = JSONObject()
    for name in ConversionOptions.Name.allCases {
      let texts = preset.options.occurrences(name)
      if !texts.isEmpty { options[name.rawValue] = JSONValue(texts) }
    }
    return [
      "name": .string(preset.name), "summary": .string(preset.summary), "remarks": .string(preset.remarks),
      "modalities": .array(
        preset.modalities.map { modality in
          [
            "name": .string(modality.name), "source": .string(modality.source),
            "dimensions": .array(modality.dimensions.map { JSONValue($0) }),
          ]
        }),
      "options": .object(options),
    ]
  }
}
