import JSONValues
import Shards
import Terminals

extension Manifest.Modality {
  /// What the manifest says of the modality as a whole, without its dimensions.
  var overview: JSONObject {
    var dropped = JSONObject()
    for (reason, count) in framesDropped.sorted(by: { $0.key < $1.key }) { dropped[reason] = JSONValue(count) }
    var nonfinite = JSONObject()
    for (key, count) in self.nonfinite?.keyed ?? [] { nonfinite[key] = JSONValue(count) }
    return [
      "name": .string(name), "root": .string(root), "dimension": JSONValue(dimension),
      "dtype": .string(content.dtype), "rate": JSONValue(rate), "normalization": .string(normalization.rawValue),
      "frames_dropped": .object(dropped), "nonfinite": self.nonfinite == nil ? .null : .object(nonfinite),
    ]
  }

  /// The name of a dimension, or its number where the source names none.
  func dimensionName(_ d: Int) -> String { dimensionNames.map { $0[d].printable } ?? "\(d)" }
}

extension Manifest {
  /// Whether a modality's frames are made of several rows, so that a value that is not finite only goes missing.
  func combinesRows(of modality: Modality) -> Bool {
    let collapse = configuration["modalities"]?[modality.name]?["collapse"]?.string
    return modality.rate != nil || collapse == "mean" || collapse == "max"
  }

  /// What aligning came to, in words.
  var alignmentText: String? {
    guard let alignment else { return nil }
    let imputed = modalities.compactMap { modality in
      alignment.imputed[modality.name].flatMap { $0 > 0 ? "\(modality.name) \(Format.count($0))" : nil }
    }
    let frames =
      imputed.isEmpty
      ? "every row has frames" : "frames without anything in their row: " + imputed.joined(separator: ", ")
    let samples = Format.count(alignment.unevenSamples, "sample")
    return "aligned to \(alignment.root.printable); \(frames); modalities differ in length in \(samples)"
  }
}

extension Manifest.Nonfinite {
  /// Those beyond f32 became infinite when they were read, and are among these.
  var total: Int { nan + posinf + neginf }

  /// `3 NaN, 12 -inf (2 of them beyond f32)`.
  var kinds: String {
    let found = [("NaN", nan), ("+inf", posinf), ("-inf", neginf)].filter { $0.1 > 0 }
    let text = found.map { "\(Format.count($0.1)) \($0.0)" }.joined(separator: ", ")
    return f32Overflow == 0 ? text : "\(text) (\(Format.count(f32Overflow)) of them beyond f32)"
  }

  /// As in a manifest.
  var keyed: [(key: String, count: Int)] {
    [("nan", nan), ("posinf", posinf), ("neginf", neginf), ("f32_overflow", f32Overflow)]
  }
}
