internal import ComputationalSequences
internal import Files
internal import JSONValues
internal import Segments
internal import Shards

extension ConversionPlan {
  /// What was decided, in the form that a manifest keeps: without anything that changes only how the conversion runs.
  func configurationJSON(_ configuration: ConversionConfiguration) -> JSONValue {
    var byName = JSONObject()
    for modality in modalities {
      let columns = modality.selection.isIdentity ? nil : modality.selection.columns
      var settings = modality.settings.json(columns: columns).object ?? [:]
      settings["root"] = .string(modality.root.name)
      byName[modality.name] = .object(settings)
    }
    var json: JSONObject = [
      "labels": labelsName.map { .string($0) } ?? .null, "folds": .string(foldsName),
      "times": .string(keepsTimes(configuration) ? "keep" : "drop"),
      "drop_incomplete": JSONValue(configuration.dropsIncomplete), "shard_bytes": JSONValue(configuration.shardBytes),
      "like": like.map { .string($0.digest) } ?? .null, "order": JSONValue(modalities.map(\.name)),
      "modalities": .object(byName),
    ]
    if let columns = samples.labelColumns { json["label_columns"] = JSONValue(columns) }
    if configuration.dropsUnlabelled { json["drop_unlabelled"] = JSONValue(true) }
    if samples.folds?.unit == .samples { json["folds_over"] = .string(FoldUnit.samples.rawValue) }
    if let pivot { json["align"] = .string(pivot.root.name) }
    return .object(json)
  }

  func keepsTimes(_ configuration: ConversionConfiguration) -> Bool {
    like?.keepsTimes ?? configuration.keepsTimes ?? true
  }

  /// Folds from a file are told by what they say, not by where they lie.
  private var foldsName: String {
    guard let used = samples.folds else { return FoldChoice.none.text }
    guard case .file = used.choice, let folds = used.folds else { return used.choice.text }
    let lines = (folds.splits.map { "\($0.key)\t\($0.value)\n" } + folds.segments.map { "\($0.key)\t\($0.value)\n" })
      .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    return "file:" + HexDigest.sha256(lines.joined())
  }

  /// The sequences that the dataset is made of, by root.
  func inputs(digests: [String]) throws -> [Manifest.Input] {
    var inputs: [Manifest.Input] = []
    for (modality, (file, digest)) in zip(modalities, zip(files, digests)) {
      inputs.append(try Self.input(modality.root, file, digest))
    }
    if let labels { inputs.append(try Self.input(labels.root, labels.file)) }
    if let pivot, !inputs.contains(where: { $0.root == pivot.root.name }) {
      inputs.append(try Self.input(pivot.root, pivot.file))
    }
    return inputs.sorted { $0.root.utf8.lexicographicallyPrecedes($1.root.utf8) }
  }

  /// A sequence that is no modality.
  static func input(_ root: SequenceRoot, _ file: SequenceFile) throws -> Manifest.Input {
    var reader = BandReader()
    var digests: [UInt8] = []
    for index in root.entries.indices {
      let source = try StripSource([index], of: root, in: file)
      digests += source.digests(of: try source.readIntervals(&reader).byPart).joined()
    }
    return try input(root, file, HexDigest.sha256(digests))
  }

  private static func input(
    _ root: SequenceRoot, _ file: SequenceFile, _ digest: String
  ) throws -> Manifest.Input {
    Manifest.Input(
      root: root.name, file: Path.name(of: file.path), bytes: try FileStatus.of(file.path)?.size ?? 0,
      uuid: root.metadata.uuid, digest: digest)
  }

  /// SHA-256 over the canonical JSON of version, configuration and inputs.
  static func fingerprint(configuration: JSONValue, inputs: [Manifest.Input]) -> String {
    let document: JSONValue = [
      "version": .string(FormatVersion.current.description), "configuration": configuration,
      "inputs": .array(
        inputs.map { input in
          [
            "file": .string(input.file), "root": .string(input.root), "bytes": JSONValue(input.bytes),
            "uuid": input.uuid.map { .string($0) } ?? .null, "digest": .string(input.digest),
          ]
        }),
    ]
    return HexDigest.sha256(document.compact(sortingKeys: true))
  }
}
