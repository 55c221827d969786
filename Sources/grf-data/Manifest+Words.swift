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
    var object: JSONObject = [
      "name": .string(name), "root": .string(root), "dimension": JSONValue(dimension),
      "dtype": .string(content.dtype), "rate": JSONValue(rate), "normalization": .string(normalization.rawValue),
      "frames_dropped": .object(dropped), "nonfinite": self.nonfinite == nil ? .null : .object(nonfinite),
    ]
    if let clip { object["clip"] = ["limit": JSONValue(clip.limit), "values": JSONValue(clip.values)] }
    return object
  }

  /// The name of a dimension, or its number where the source names none.
  func dimensionName(_ d: Int) -> String { dimensionNames.map { $0[d].printable } ?? "\(d)" }
}

extension Manifest {
  /// The columns of the labels, and the root that they come from.
  var labelsText: String {
    guard let root = configuration["labels"]?.string else { return "none" }
    return labels.joined(separator: ", ") + " of \"\(root)\""
  }

  /// What the splits come from, as far as it is written down.
  var foldsText: String {
    let text = configuration["folds"]?.string ?? ""
    return text.hasPrefix("file:") ? "those of a file" : text
  }

  /// Whether a modality's frames are made of several rows, so that a value that is not finite only goes missing.
  func combinesRows(of modality: Modality) -> Bool {
    let collapse = configuration["modalities"]?[modality.name]?["collapse"]?.string
    return modality.rate != nil || collapse == "mean" || collapse == "max"
  }

  /// What aligning came to, in words.
  var alignmentText: String? {
    guard let alignment else { return nil }
    func listed(_ counts: [(name: String, count: Int)]) -> String {
      let found = counts.filter { $0.count > 0 }.map { "\($0.name) \(Format.count($0.count))" }
      return found.isEmpty ? "none" : found.joined(separator: ", ")
    }
    let dropped = modalities.map { ($0.name, $0.framesDropped["no_overlap"] ?? 0) }
    let imputed = modalities.map { ($0.name, alignment.imputed[$0.name] ?? 0) }
    return [
      "aligned to the rows of \(alignment.root.printable); frames that nothing overlaps, stored as 0 and invalid: "
        + listed(imputed), "left out: " + listed(dropped),
      "samples whose modalities differ in length: \(Format.count(alignment.unevenSamples))",
    ].joined(separator: "; ")
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
