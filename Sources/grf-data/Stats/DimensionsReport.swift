import JSONValues
import Shards
import Terminals

/// Every dimension of every modality with the statistics that it was normalized by.
struct DimensionsReport {
  let manifest: Manifest

  var lines: [String] {
    let parts = manifest.modalities.filter { $0.statistics != nil }.map { modality in
      let title =
        "\(modality.name): \(Format.count(modality.dimension, "dimension")) of \(modality.root.printable), before "
        + "normalization (\(modality.normalization.rawValue))"
      return title.wrapped() + Self.table(modality).lines()
    }
    return Array(parts.joined(separator: [""]))
  }

  private static func table(_ modality: Manifest.Modality) -> TextTable {
    let quartiles = modality.statistics?.quartiles
    var table = TextTable(
      [.number(""), .text("name"), .number("mean"), .number("std"), .number("min")]
        + (quartiles == nil ? [] : [.number("q1"), .number("median"), .number("q3")])
        + [.number("max"), .number("NaN"), .number("inf")], indent: 2)
    guard let statistics = modality.statistics else { return table }
    func text(_ value: Double?) -> String { value.map { Format.number($0) } ?? "–" }
    for d in 0..<modality.dimension {
      table.add(
        [
          "\(d)", modality.dimensionName(d), Format.number(statistics.mean[d]), Format.number(statistics.std[d]),
          text(statistics.min[d]),
        ] + (quartiles.map { [text($0.q1[d]), text($0.median[d]), text($0.q3[d])] } ?? [])
          + [
            text(statistics.max[d]), Format.count(statistics.nan[d]),
            Format.count(statistics.posinf[d] + statistics.neginf[d]),
          ])
    }
    return table
  }

  static func json(of modality: Manifest.Modality) -> JSONValue {
    guard let statistics = modality.statistics else { return .null }
    let dimensions = (0..<modality.dimension).map { d -> JSONValue in
      let name = modality.dimensionNames.map { JSONValue.string($0[d]) } ?? .null
      var object: JSONObject = ["name": name, "count": JSONValue(statistics.count[d])]
      object["mean"] = JSONValue(statistics.mean[d])
      object["std"] = JSONValue(statistics.std[d])
      object["min"] = JSONValue(statistics.min[d])
      object["max"] = JSONValue(statistics.max[d])
      if let quartiles = statistics.quartiles {
        object["q1"] = JSONValue(quartiles.q1[d])
        object["median"] = JSONValue(quartiles.median[d])
        object["q3"] = JSONValue(quartiles.q3[d])
      }
      object["nan"] = JSONValue(statistics.nan[d])
      object["posinf"] = JSONValue(statistics.posinf[d])
      object["neginf"] = JSONValue(statistics.neginf[d])
      return .object(object)
    }
    return .array(dimensions)
  }
}
