internal import ComputationalSequences
internal import Files
internal import PackedSequences
internal import Preprocessing
internal import Segments
internal import Shards

/// What will be made, before any feature is read: modalities with their settings, samples with their splits.
struct ConversionPlan {
  let sequences: SequenceCollection
  /// Nil also where a dataset knows the samples already.
  let labels: (file: SequenceFile, root: SequenceRoot)?
  /// The root that the labels come from.
  let labelsName: String?
  let samples: SamplePlan
  /// Entries that were left out because they do not fit.
  let unfit: [UnfitEntry]
  /// Entries that no label asks for.
  let unlabelledEntries: [String]
  /// What modalities are aligned to, if they are.
  let pivot: (file: SequenceFile, root: SequenceRoot)?
  let modalities: [ModalityPlan]
  let files: [SequenceFile]
  var notes: [String]
  /// What makes results less comparable, or less, than they look.
  private(set) var warnings: [String] = []
  let like: LikeDataset?

  init(_ sequences: SequenceCollection, _ configuration: ConversionConfiguration) throws {
    self.sequences = sequences
    like = try configuration.like.map { try LikeDataset($0, configuration) }
    var resolution = try ModalityResolution(sequences, configuration)
    if let like { resolution.modalities = try like.choose(from: resolution.modalities) }
    let names = resolution.modalities.map(\.name)
    // Who leaves out a modality of a preset need not take its options back.
    let known = names + (configuration.preset?.modalities.map(\.name) ?? [])
    for (option, name) in configuration.mentioned where !known.contains(name) {
      throw ConversionError.unknownModality(option: option, name: name, names: names)
    }
    labels = resolution.labels
    labelsName = resolution.labels?.root.name
    notes = resolution.notes
    resolution.modalities = try resolution.modalities.map {
      ModalityResolution.Choice(name: $0.name, file: $0.file, root: try Self.inSeconds($0, configuration))
    }
    var pivot = try like?.pivot(sequences, resolution) ?? resolution.pivot(sequences, configuration)
    var everything = try SamplePlanner.plan(
      labels: resolution.labels, roots: resolution.modalities.map { ($0.file, $0.root) },
      folds: configuration.folds ?? (like == nil ? .auto : .none), over: configuration.foldsOver,
      labelColumns: configuration.labelColumns, namesAreFinal: configuration.namesAreFinal)
    if configuration.dropsUnlabelled { everything.dropUnlabelled() }
    let part = configuration.part
    let samples = part.map { everything.part($0) } ?? everything
    self.samples = samples
    for (index, choice) in resolution.modalities.enumerated() where configuration.timesRelative.contains(choice.name) {
      guard everything.isLabelled else { throw ConversionError.relativeWithoutLabels(modality: choice.name) }
      resolution.modalities[index] = ModalityResolution.Choice(
        name: choice.name, file: choice.file, root: Self.fromSegments(choice.root, everything))
    }
    // What others are aligned to has its times from where it is a modality.
    if let name = pivot?.root.name, let choice = resolution.modalities.first(where: { $0.root.name == name }) {
      pivot?.root = choice.root
    }
    self.pivot = pivot
    if everything.isLabelled {
      for choice in resolution.modalities where !configuration.timesRelative.contains(choice.name) {
        if let note = try Self.timeNote(choice, everything) { notes.append(note) }
      }
    }
    unlabelledEntries = samples.unlabelled
    // Told once: by the first part, as everything that became no sample.
    unfit = (part?.index ?? 1) == 1 ? sequences.unfit : []
    notes += everything.notes + everything.foldNotes
    warnings = (everything.folds?.warnings ?? []) + everything.emptySplitWarnings
    let unknown = everything.samples.filter { everything.unknownLabels($0.labels) != nil }.map(\.id.description)
    if let first = unknown.first {
      warnings.append(
        "\(unknown.count == 1 ? "\(first) has" : "\(unknown.count) samples (\(first), …) have") a label that is no number, "
          + "which training refuses; --drop-unlabelled leaves them out, the ledger names them")
    }
    let named = resolution.modalities.map { (name: $0.name, root: $0.root) }
    if like == nil, let note = PublishedWords.note(named, folds: samples.folds?.choice, configuration) {
      notes.append(note)
    }
    files = resolution.modalities.map(\.file)
    let (like, alignedTo) = (self.like, pivot?.root)
    let modalities = try resolution.modalities.map {
      try Self.modality(
        $0, configuration, like: like, samples: samples, pivot: alignedTo, isPart: part != nil)
    }
    self.modalities = modalities
    // Fitting needs frames to fit on.
    let fits = modalities.contains { !$0.isTokens && $0.givenStatistics == nil }
    if fits && samples.splits.contains("train") && !everything.samples.contains(where: { $0.split == "train" }) {
      throw ConversionError.emptyTrain
    }
  }

  static func modality(
    _ choice: ModalityResolution.Choice, _ configuration: ConversionConfiguration, like: LikeDataset?,
    samples: SamplePlan, pivot: SequenceRoot?, isPart: Bool
  ) throws -> ModalityPlan {
    let root = choice.root
    try configuration.preset?.check(choice.name, root: root.name, dimension: root.dimension)
    let isPivot = pivot?.name == root.name
    var settings =
      try like?.settings(for: choice.name)
      ?? configuration.settings(for: choice.name, isTokens: root.holdsTokens)
    if isPivot {
      settings.alignment = nil
      try configuration.checkPivot(choice.name)
    }
    var absent = root.holdsTokens ? AbsentValues.refused : .refusedUnlessMasked
    if configuration.masksAbsent && !root.holdsTokens {
      guard settings.nonfinite == .mask else {
        throw ConversionError.absentNotMasked(modality: choice.name, nonfinite: settings.nonfinite.rawValue)
      }
      absent = .notANumber
    }
    if like == nil { try settings.checkRate(of: choice) }
    let names = root.metadata.dimensionNames.flatMap { $0.count == root.dimension ? $0 : nil }
    let columns = try settings.select.map {
      try ColumnList.parse($0, modality: choice.name, dimension: root.dimension, names: names)
    }
    let selection = columns.map { ColumnSelection(columns: $0, width: root.dimension) } ?? .all(root.dimension)
    return ModalityPlan(
      name: choice.name, root: root, settings: settings, selection: selection,
      dimensionNames: names.map { names in selection.columns.map { names[$0] } },
      strips: samples.strips(
        of: root, alignedTo: settings.alignment == nil ? nil : pivot,
        matchesNumbers: configuration.timesRelative.contains(choice.name)), isPivot: isPivot,
      givenStatistics: try like?.statistics(for: choice.name, dimension: selection.count, isTokens: root.holdsTokens),
      isPart: isPart, absent: absent)
  }

  /// The words that a modality of numbers is moved together with, by as many rows.
  func words(of modality: ModalityPlan) -> SpokenWords.Sequence? {
    guard let lag = modality.settings.lag, !modality.isTokens,
      let words = modalities.firstIndex(where: {
        $0.name == ModalityCatalog.words && $0.isTokens && $0.settings.lag == lag
      })
    else { return nil }
    return SpokenWords.Sequence(modalities[words].root, in: files[words])
  }

  /// The split that statistics are fitted on.
  var fittedSplit: String { Self.fittedSplit(of: samples.splits) }

  static func fittedSplit(of splits: [String]) -> String { splits.contains("train") ? "train" : Folds.undivided }

  /// Where the rows are that a strip's are aligned to; nil where they are not.
  func pivotSource(of strip: Strip) throws -> StripSource? {
    guard let pivot, !strip.pivot.isEmpty else { return nil }
    return try StripSource(strip.pivot, of: pivot.root, in: pivot.file)
  }

  /// The split of a strip's samples, which is one.
  func split(of strip: Strip) -> String { samples.samples[strip.samples[0]].split }

  var schema: [ModalitySchema] { modalities.map(\.schema) }
}
