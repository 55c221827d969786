public import JSONValues

extension Manifest {
  /// The manifest's text.
  ///
  /// Its last line is `  "crc32": "…"}`, over every byte before that line.
  public func encoded() -> String {
    // The pretty document ends with a line that closes the object; the CRC takes that line's place.
    var text = String(json.pretty().dropLast(2))
    text += ",\n"
    return text + Self.lastLine(Checksum.crc32(Array(text.utf8)))
  }

  static func lastLine(_ checksum: UInt32) -> String { "  \"crc32\": \"\(checksum.hex)\"}\n" }

  /// All members but the CRC.
  public var json: JSONValue {
    var json: JSONObject = [
      "format": .string(FormatVersion.format), "version": .string(version.description),
      "fingerprint": .string(fingerprint), "content": .string(content), "configuration": configuration,
      "inputs": .array(inputs.map(\.json)), "modalities": .array(modalities.map(\.json)), "labels": JSONValue(labels),
      "splits": .object(splitsObject), "ledger": ledger.json,
    ]
    if let alignment { json["alignment"] = alignment.json }
    if let part { json["pending"] = part.json(modalities: modalities.map(\.name), splits: splits.map(\.name)) }
    return .object(json)
  }

  private var splitsObject: JSONObject {
    var object = JSONObject()
    for split in splits {
      var frames = JSONObject()
      for (modality, count) in zip(modalities, split.frames) { frames[modality.name] = JSONValue(count) }
      object[split.name] = [
        "samples": JSONValue(split.samples), "frames": .object(frames), "shards": .array(split.shards.map(\.json)),
      ]
    }
    return object
  }
}

extension Manifest.Input {
  fileprivate var json: JSONValue {
    [
      "root": .string(root), "file": .string(file), "bytes": JSONValue(bytes),
      "uuid": uuid.map { .string($0) } ?? .null, "digest": .string(digest),
    ]
  }
}

extension Manifest.Modality {
  fileprivate var json: JSONValue {
    var json: JSONObject = [
      "name": .string(name), "root": .string(root), "dimension": JSONValue(dimension),
      "dimension_names": dimensionNames.map { JSONValue($0) } ?? .null, "dtype": .string(content.dtype),
      "rate": JSONValue(rate), "normalization": .string(normalization.rawValue),
      "statistics": statistics?.json ?? .null, "frames_dropped": sorted(framesDropped),
      "nonfinite": nonfinite?.json ?? .null,
    ]
    if let clip { json["clip"] = ["limit": JSONValue(clip.limit), "values": JSONValue(clip.values)] }
    return .object(json)
  }
}

extension Manifest.Statistics {
  fileprivate var json: JSONValue {
    func list(_ values: [Double?]) -> JSONValue { .array(values.map { JSONValue($0) }) }
    var json: JSONObject = [
      "count": JSONValue(count), "mean": JSONValue(mean), "std": JSONValue(std), "min": list(min), "max": list(max),
      "nan": JSONValue(nan), "posinf": JSONValue(posinf), "neginf": JSONValue(neginf),
    ]
    if let quartiles {
      json["q1"] = list(quartiles.q1)
      json["median"] = list(quartiles.median)
      json["q3"] = list(quartiles.q3)
    }
    return .object(json)
  }
}

extension Manifest.Nonfinite {
  fileprivate var json: JSONValue {
    [
      "nan": JSONValue(nan), "posinf": JSONValue(posinf), "neginf": JSONValue(neginf),
      "f32_overflow": JSONValue(f32Overflow),
    ]
  }
}

extension Manifest.ShardFile {
  fileprivate var json: JSONValue {
    ["file": .string(file), "bytes": JSONValue(bytes), "header_crc32": .string(headerCRC32.hex)]
  }
}

extension Manifest.LedgerRecord {
  fileprivate var json: JSONValue {
    [
      "bytes": JSONValue(bytes), "crc32": .string(crc32.hex),
      "counts": sorted(Dictionary(uniqueKeysWithValues: counts.map { ($0.rawValue, $1) })),
    ]
  }
}

/// Counts in the UTF-8 order of their names.
private func sorted(_ counts: [String: Int]) -> JSONValue {
  var object = JSONObject()
  for (name, count) in counts.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
    object[name] = JSONValue(count)
  }
  return .object(object)
}
