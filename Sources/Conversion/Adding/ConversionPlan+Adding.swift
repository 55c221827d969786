internal import ComputationalSequences
internal import JSONValues
internal import PackedSequences
internal import Segments
internal import Shards

extension ConversionPlan {
  /// The plan of the sequences alone that are to be added to a dataset, over its samples.
  ///
  /// Names are given as in a conversion; what the dataset has keeps its name.
  init(adding sequences: SequenceCollection, to dataset: Dataset, _ asked: ConversionConfiguration) throws {
    let manifest = dataset.manifest
    var configuration = asked
    let labels = manifest.configuration["labels"]?.string.flatMap { sequences.root($0) }
    configuration.labels = labels.map { .root($0.root.name) } ?? .none
    if let labels { try Self.check(labels, manifest, dataset.path) }
    let resolution = try ModalityResolution(sequences, configuration)
    var choices = try Self.renamed(resolution.modalities, dataset, areNamed: !configuration.modalities.isEmpty)
    choices = try choices.map { choice in
      ModalityResolution.Choice(
        name: choice.name, file: choice.file, root: try Self.inSeconds(choice, configuration))
    }
    let names = choices.map(\.name)
    for (option, name) in configuration.mentioned where !names.contains(name) {
      throw ConversionError.unknownModality(option: option, name: name, names: names)
    }
    let known = try KnownSamples(
      dataset, ledger: dataset.ledger(), labels: labels, roots: choices.map { ($0.file, $0.root) })
    for (index, choice) in choices.enumerated() where configuration.timesRelative.contains(choice.name) {
      choices[index] = ModalityResolution.Choice(
        name: choice.name, file: choice.file, root: Self.fromSegments(choice.root, known.plan))
    }
    self.sequences = sequences
    self.labels = nil
    pivot = nil
    labelsName = manifest.configuration["labels"]?.string
    samples = known.plan
    unlabelledEntries = known.unlabelled
    unfit = sequences.unfit
    files = choices.map(\.file)
    notes = resolution.notes
    like = nil
    modalities = try choices.map {
      try Self.modality($0, configuration, like: nil, samples: known.plan, pivot: nil, isPart: false)
    }
    try Self.checkLags(modalities, dataset)
  }

  /// Vectors that are moved by as many rows as the words go by what is read of both (``words(of:)``), and only one of
  /// them would be read.
  private static func checkLags(_ modalities: [ModalityPlan], _ dataset: Dataset) throws {
    let known = dataset.manifest.modalities.map { modality in
      let json = dataset.manifest.configuration["modalities"]?[modality.name]
      return (name: modality.name, isTokens: modality.content == .tokens, lag: json?["lag"]?.integer)
    }
    for modality in modalities {
      guard let lag = modality.settings.lag else { continue }
      let isWords = modality.isTokens && modality.name == ModalityCatalog.words
      let other = known.first { other in
        let hasWords = other.isTokens && other.name == ModalityCatalog.words
        return other.lag == lag && (isWords ? !other.isTokens : hasWords && !modality.isTokens)
      }
      guard let other else { continue }
      throw ConversionError.cannotAdd(
        dataset: dataset.path,
        why:
          "\(modality.name) and its \(other.name) are both moved by \(lag) \(abs(lag) == 1 ? "row" : "rows"), and which are empty is told by the "
          + "words for both")
    }
  }

  /// Gives names that the dataset does not have yet.
  private static func renamed(
    _ choices: [ModalityResolution.Choice], _ dataset: Dataset, areNamed: Bool
  ) throws -> [ModalityResolution.Choice] {
    var taken = Set(dataset.manifest.modalities.map(\.name))
    let roots = Set(dataset.manifest.inputs.map(\.root))
    return try choices.map { choice in
      guard !roots.contains(choice.root.name) else {
        throw ConversionError.cannotAdd(
          dataset: dataset.path, why: "it is made of a root \"\(choice.root.name)\" already")
      }
      if taken.insert(choice.name).inserted { return choice }
      guard !areNamed else { throw ConversionError.duplicateModality(choice.name) }
      var name = ModalityName.sanitized(choice.root.name)
      while !taken.insert(name).inserted { name += "_2" }
      return ModalityResolution.Choice(name: name, file: choice.file, root: choice.root)
    }
  }

  /// The labels must be those that the dataset was made with.
  private static func check(
    _ labels: (file: SequenceFile, root: SequenceRoot), _ manifest: Manifest, _ path: String
  ) throws {
    let found = try input(labels.root, labels.file)
    guard let expected = manifest.inputs.first(where: { $0.root == found.root }), expected.digest == found.digest else {
      throw ConversionError.cannotAdd(
        dataset: path, why: "\(labels.file.path) holds other labels than it was made with")
    }
  }
}
