internal import JSONValues
internal import PackedSequences

extension Manifest {
  /// Reads a manifest strictly: the text must be whole, of a known major version, and every field must be there and
  /// make sense. Fields that are not known are ignored.
  ///
  /// - Parameters:
  ///   - bytes: the whole file.
  ///   - path: what errors call it.
  public static func parse(_ bytes: [UInt8], path: String = fileName) throws(ShardError) -> Manifest {
    let document: JSONValue
    do throws(JSONError) { document = try JSONValue.parse(bytes) } catch { throw .notJSON(path: path, problem: error) }
    let fields = try Fields(document, path: path)
    let format = try fields.string("format")
    guard format == FormatVersion.format else { throw .unknownFormat(path: path, found: format) }
    let versionText = try fields.string("version")
    guard let version = FormatVersion(versionText), version.isSupported else {
      throw .unsupportedVersion(path: path, found: versionText)
    }
    try check(bytes, path: path)

    let part = fields.object["pending"] == nil ? nil : try fields.fields("pending")
    let modalities = try modalities(fields, isPart: part != nil)
    let labels = try fields.strings("labels")
    guard Set(labels).count == labels.count else { throw fields.wrong("labels", "a list of different names") }
    let splits = try fields.fields("splits")
    return Manifest(
      version: version, fingerprint: try fields.digest("fingerprint"), content: try fields.digest("content"),
      configuration: try fields.value("configuration"), inputs: try inputs(fields), modalities: modalities,
      labels: labels, splits: try Self.splits(splits, modalities: modalities.map(\.name), path: path),
      ledger: try ledger(fields.fields("ledger")),
      alignment: fields.object["alignment"] == nil ? nil : try Alignment(fields.fields("alignment")),
      part: try part.map { part throws(ShardError) in
        try Part(part, modalities: modalities.map(\.name), splits: splits.object.keys)
      })
  }

  /// Holds the last line against the lines before it.
  private static func check(_ bytes: [UInt8], path: String) throws(ShardError) {
    let length = lastLine(0).utf8.count
    guard bytes.count > length else { throw .missingManifestChecksum(path: path) }
    let body = Array(bytes.dropLast(length))
    let line = String(decoding: bytes.suffix(length), as: UTF8.self)
    guard body.last == UInt8(ascii: "\n"), let expected = UInt32(hex: String(line.dropFirst(12).prefix(8))),
      line == lastLine(expected)
    else { throw .missingManifestChecksum(path: path) }
    let found = Checksum.crc32(body)
    guard found == expected else { throw .manifestChecksum(path: path, expected: expected, found: found) }
  }

  private static func inputs(_ fields: Fields) throws(ShardError) -> [Input] {
    var inputs: [Input] = []
    for input in try fields.objects("inputs") {
      inputs.append(
        Input(
          root: try input.string("root"), file: try input.string("file"), bytes: try input.count("bytes"),
          uuid: try input.optional("uuid", input.string), digest: try input.digest("digest")))
    }
    return inputs
  }

  private static func modalities(_ fields: Fields, isPart: Bool) throws(ShardError) -> [Modality] {
    var modalities: [Modality] = []
    for modality in try fields.objects("modalities") {
      let name = try modality.string("name")
      guard ModalityName.isValid(name), !modalities.contains(where: { $0.name == name }) else {
        throw modality.wrong("name", "a modality's name that no other one has")
      }
      modalities.append(try Modality(name: name, modality, isPart: isPart))
    }
    return modalities
  }

  private static func splits(
    _ fields: Fields, modalities: [String], path: String
  ) throws(ShardError) -> [Split] {
    var splits: [Split] = []
    for name in fields.object.keys {
      guard ShardName.isValidSplit(name) else { throw fields.wrong(name, "a split's name") }
      let split = try fields.fields(name)
      let frames = try split.fields("frames")
      var counts: [Int] = []
      for modality in modalities { counts.append(try frames.count(modality)) }
      guard frames.object.keys.count == modalities.count else {
        throw split.wrong("frames", "a count for each modality and nothing else")
      }
      splits.append(
        Split(
          name: name, samples: try split.count("samples"), frames: counts,
          shards: try shards(split.objects("shards"), split: name, path: path)))
    }
    return splits
  }

  private static func shards(_ list: [Fields], split: String, path: String) throws(ShardError) -> [ShardFile] {
    var shards: [ShardFile] = []
    for (index, fields) in list.enumerated() {
      let file = try fields.string("file")
      guard ShardName(parsing: file) != nil else { throw .unsafeFileName(path: path, name: file) }
      let expected = ShardName(split: split, index: index, count: list.count).description
      guard file == expected else { throw .unexpectedFileName(path: path, name: file, expected: expected) }
      shards.append(
        ShardFile(file: file, bytes: try fields.count("bytes"), headerCRC32: try fields.checksum("header_crc32")))
    }
    return shards
  }

  private static func ledger(_ fields: Fields) throws(ShardError) -> LedgerRecord {
    var counts: [LedgerReason: Int] = [:]
    for (name, count) in try fields.named("counts") {
      guard let reason = LedgerReason(rawValue: name) else { throw fields.wrong("counts", "counts by known reasons") }
      counts[reason] = count
    }
    return LedgerRecord(bytes: try fields.count("bytes"), crc32: try fields.checksum("crc32"), counts: counts)
  }
}

extension Manifest.Modality {
  fileprivate init(name: String, _ fields: Fields, isPart: Bool) throws(ShardError) {
    guard let content = Manifest.Content(try fields.string("dtype")), isPart || content != .values(.f64) else {
      throw fields.wrong("dtype", "one of f32, f16, bf16, tokens")
    }
    guard let normalization = Manifest.Normalization(rawValue: try fields.string("normalization")) else {
      throw fields.wrong("normalization", "one of none, zscore, minmax, robust")
    }
    let dimension = try fields.count("dimension")
    guard (dimension == 0) == (content == .tokens) else {
      throw fields.wrong("dimension", content == .tokens ? "0, as it is for tokens" : "a positive count")
    }
    let names = try fields.optional("dimension_names", fields.strings)
    if let names, names.count != dimension { throw fields.wrong("dimension_names", "a list of \(dimension) strings") }
    let statistics = try fields.optional("statistics") { key throws(ShardError) in
      try Manifest.Statistics(fields.fields(key), dimension: dimension)
    }
    let nonfinite = try fields.optional("nonfinite") { key throws(ShardError) in
      try Manifest.Nonfinite(fields.fields(key))
    }
    for (key, isNull) in [("statistics", statistics == nil), ("nonfinite", nonfinite == nil)] {
      guard isNull == (content == .tokens) else {
        throw fields.wrong(key, content == .tokens ? "null, as it is for tokens" : "an object")
      }
    }
    self.init(
      name: name, root: try fields.string("root"), dimension: dimension, dimensionNames: names, content: content,
      rate: try fields.optional("rate", fields.number), normalization: normalization, statistics: statistics,
      framesDropped: try fields.named("frames_dropped"), nonfinite: nonfinite, clip: try Self.clip(fields))
    guard normalization != .robust || statistics == nil || statistics?.quartiles != nil else {
      throw fields.wrong("statistics", "an object with q1, median and q3, as robust normalization has them")
    }
  }

  private static func clip(_ fields: Fields) throws(ShardError) -> Manifest.Clip? {
    guard fields.has("clip") else { return nil }
    let clip = try fields.fields("clip")
    let limit = try clip.number("limit")
    guard limit > 0 else { throw clip.wrong("limit", "a number above 0") }
    return Manifest.Clip(limit: limit, values: try clip.count("values"))
  }
}

extension Manifest.Statistics {
  fileprivate init(_ fields: Fields, dimension: Int) throws(ShardError) {
    self.init(
      count: try fields.counts("count", dimension), mean: try fields.numbers("mean", dimension),
      std: try fields.numbers("std", dimension), min: try fields.optionalNumbers("min", dimension),
      max: try fields.optionalNumbers("max", dimension), nan: try fields.counts("nan", dimension),
      posinf: try fields.counts("posinf", dimension), neginf: try fields.counts("neginf", dimension),
      quartiles: try Self.quartiles(fields, dimension))
  }

  private static func quartiles(_ fields: Fields, _ dimension: Int) throws(ShardError) -> Manifest.Quartiles? {
    guard fields.has("median") else { return nil }
    return Manifest.Quartiles(
      q1: try fields.optionalNumbers("q1", dimension), median: try fields.optionalNumbers("median", dimension),
      q3: try fields.optionalNumbers("q3", dimension))
  }
}

extension Manifest.Nonfinite {
  fileprivate init(_ fields: Fields) throws(ShardError) {
    self.init(
      nan: try fields.count("nan"), posinf: try fields.count("posinf"), neginf: try fields.count("neginf"),
      f32Overflow: try fields.count("f32_overflow"))
  }
}
