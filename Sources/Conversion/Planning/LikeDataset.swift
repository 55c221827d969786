internal import Shards

/// A finished dataset whose preprocessing and statistics are applied to new data.
struct LikeDataset {
  private let path: String
  private let manifest: Manifest
  let keepsTimes: Bool
  /// Tells one set of statistics from another, for the fingerprint.
  let digest: String

  init(_ path: String, _ configuration: ConversionConfiguration) throws {
    for (option, isGiven) in [
      ("preset", configuration.preset != nil), ("lag", configuration.lag != ByModality()),
      ("align", configuration.align != nil), ("collapse", configuration.collapse != ByModality()),
      ("align-missing", configuration.alignMissing != ByModality()), ("select", configuration.select != ByModality()),
      ("rate", configuration.rate != ByModality()),
      ("max-frames", configuration.maxFrames != ByModality()), ("keep", configuration.keep != ByModality()),
      ("nonfinite", configuration.nonfinite != ByModality()), ("normalize", configuration.normalize != ByModality()),
      ("clip", configuration.clip != ByModality()),
      ("dtype", configuration.dtype != ByModality()), ("drop-zero-frames", !configuration.dropZeroFrames.isEmpty),
      ("times", configuration.keepsTimes != nil),
    ] where isGiven {
      throw ConversionError.likeConflict(option: option)
    }
    self.path = path
    manifest = try Dataset.manifest(of: path)
    keepsTimes = manifest.configuration["times"]?.string != "drop"
    digest = manifest.content
  }

  /// What the dataset's modalities were aligned to, if they were: a root, and the modality that it became, if it became
  /// one.
  var alignedTo: (root: String, modality: String?)? {
    guard let root = manifest.alignment?.root else { return nil }
    return (root, manifest.modalities.first { $0.root == root }?.name)
  }

  func unlike(_ problem: String) -> ConversionError { .unlike(dataset: path, problem: problem) }

  /// The modalities of the dataset among those of the inputs, in the dataset's order.
  func choose(from choices: [ModalityResolution.Choice]) throws(ConversionError) -> [ModalityResolution.Choice] {
    try manifest.modalities.map { (modality) throws(ConversionError) in
      guard let choice = choices.first(where: { $0.name == modality.name }) else {
        throw .unlike(
          dataset: path,
          problem: "its modality \(modality.name) is not in the inputs; add it, or name a root with "
            + "--modality \(modality.name)=ROOT")
      }
      return choice
    }
  }

  func settings(for name: String) throws(ConversionError) -> ModalitySettings {
    guard let json = manifest.configuration["modalities"]?[name], let settings = ModalitySettings(json: json) else {
      throw .unlike(dataset: path, problem: "its manifest does not say how \(name) was made; convert it anew")
    }
    return settings
  }

  func statistics(
    for name: String, dimension: Int, isTokens: Bool
  ) throws(ConversionError) -> Manifest.Statistics? {
    guard let modality = manifest.modalities.first(where: { $0.name == name }),
      (modality.statistics == nil) == isTokens
    else { throw .unlike(dataset: path, problem: "\(name) holds tokens on one side and numbers on the other") }
    guard modality.statistics == nil || modality.dimension == dimension else {
      throw .unlike(
        dataset: path, problem: "its \(name) has \(modality.dimension) dimensions, the input's has \(dimension)")
    }
    return modality.statistics
  }
}
