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
    var table = TextTable(
      [
        .number(""), .text("name"), .number("mean"), .number("std"), .number("min"), .number("max"), .number("NaN"),
        .number("inf"),
      ], indent: 2)
    guard let statistics = modality.statistics else { return table }
    for d in 0..<modality.dimension {
      table.add([
        "\(d)", modality.dimensionName(d), Format.number(statistics.mean[d]), Format.number(statistics.std[d]),
        statistics.min[d].map { Format.number($0) } ?? "–", statistics.max[d].map { Format.number($0) } ?? "–",
        Format.count(statistics.nan[d]), Format.count(statistics.posinf[d] + statistics.neginf[d]),
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
      object["nan"] = JSONValue(statistics.nan[d])
      object["posinf"] = JSONValue(statistics.posinf[d])
      object["neginf"] = JSONValue(statistics.neginf[d])
      return .object(object)
    }
    return .array(dimensions)
  }
}
