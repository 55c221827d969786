internal import ComputationalSequences
internal import Preprocessing
internal import Segments
internal import Shards

/// A modality to be made: its source, its columns, what is done to it, and the strips that its samples come from.
struct ModalityPlan: Sendable {
  let name: String
  let root: SequenceRoot
  let settings: ModalitySettings
  let selection: ColumnSelection
  let dimensionNames: [String]?
  let strips: [Strip]
  /// Whether it is what the other modalities are aligned to.
  let isPivot: Bool
  /// What another dataset was normalized with, where it is to be applied.
  let givenStatistics: Manifest.Statistics?
  /// Whether it is made for a part, whose frames are stored as they were read or averaged.
  let isPart: Bool
  /// What is done about values that no file holds.
  let absent: AbsentValues

  var isTokens: Bool { root.holdsTokens }

  /// What the shards hold. Averages are Doubles until they are normalized: rounding them twice would show.
  var storedType: ElementType { isPart ? (settings.combinesRows ? .f64 : .f32) : settings.type }

  var normalization: Manifest.Normalization { isPart ? .none : settings.normalization }

  /// The limit that values are held within; whoever merges parts clips.
  var clip: Double? { isPart ? nil : settings.clip }

  /// Whether quartiles are to be found among the frames; of parts, whoever merges them finds those.
  var fitsQuartiles: Bool { settings.normalization == .robust && givenStatistics == nil && !isPart }

  var schema: ModalitySchema {
    ModalitySchema(
      name: name, content: isTokens ? .tokens : .values(storedType, dimension: selection.count))
  }

  /// The scaling, where it is known before a value was read: such a modality needs no second pass.
  var knownScaling: Scaling? {
    if isTokens { return nil }
    if let givenStatistics { return Scaling(settings.normalization, givenStatistics) }
    guard settings.normalization == .none else { return nil }
    return .identity(selection.count)
  }

  /// Where the frames of a split go at once, before a value was read; nil where they must wait in scratch.
  func knownDestination(clipped: ValueCounter) -> FrameSink.Destination? {
    if isPart && !isTokens { return .raw }
    return knownScaling.map { .shards(finisher($0, clipped: clipped)) }
  }

  /// - Parameter clipped: counts the values that are clipped.
  func finisher(_ scaling: Scaling, clipped: ValueCounter) -> Finisher {
    Finisher(
      modality: name, dimensionNames: dimensionNames, columns: selection.columns, settings: settings, scaling: scaling,
      clipped: clipped)
  }
}
