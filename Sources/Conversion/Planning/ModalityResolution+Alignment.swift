internal import ComputationalSequences

extension ModalityResolution {
  /// The root whose rows the modalities are aligned to: any of the inputs', by its own name or a modality's.
  func pivot(
    _ sequences: SequenceCollection, _ configuration: ConversionConfiguration
  ) throws(ConversionError) -> (file: SequenceFile, root: SequenceRoot)? {
    guard let name = configuration.align else { return nil }
    if let root = sequences.root(name) { return root }
    if let choice = modalities.first(where: { $0.name == name }) { return (choice.file, choice.root) }
    throw .unknownRoot(option: "align", root: name, roots: sequences.roots.map(\.name))
  }
}

extension LikeDataset {
  /// The root that stands for what the dataset was aligned to: its modality's, or the one of its name.
  func pivot(
    _ sequences: SequenceCollection, _ resolution: ModalityResolution
  ) throws(ConversionError) -> (file: SequenceFile, root: SequenceRoot)? {
    guard let alignedTo else { return nil }
    if let name = alignedTo.modality, let choice = resolution.modalities.first(where: { $0.name == name }) {
      return (choice.file, choice.root)
    }
    if let root = sequences.root(alignedTo.root) { return root }
    throw unlike("it was aligned to the root \"\(alignedTo.root)\", which is not in the inputs; add it")
  }
}

extension ConversionConfiguration {
  /// Refuses what was asked for by name of the modality that the others are aligned to.
  func checkPivot(_ name: String) throws(ConversionError) {
    for (option, values) in [("collapse", collapse), ("align-missing", alignMissing)] {
      if values.value(for: name)?.isNamed == true { throw .pivotIsNotAligned(option: option, modality: name) }
    }
  }
}

extension ModalitySettings {
  /// Refuses a rate above that of a source with a rate of its own: every frame would be alone in its bin.
  func checkRate(of choice: ModalityResolution.Choice) throws {
    guard let rate = rules.rate, let source = try choice.file.frameRate(of: choice.root), source.isRegular,
      rate > source.perSecond * Self.rateTolerance
    else { return }
    throw ConversionError.rateAboveSource(
      modality: choice.name, rate: rate, root: choice.root.name, source: source.perSecond)
  }

  /// Intervals are rounded, so the rate that they give is near the one that was meant.
  private static var rateTolerance: Double { 1.02 }
}
