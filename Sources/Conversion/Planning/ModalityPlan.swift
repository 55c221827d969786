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

  var isTokens: Bool { root.holdsTokens }

  var schema: ModalitySchema {
    ModalitySchema(
      name: name, content: isTokens ? .tokens : .values(settings.type, dimension: selection.count))
  }

  /// The scaling, where it is known before a value was read: such a modality needs no second pass.
  var knownScaling: Scaling? {
    if isTokens { return nil }
    if let givenStatistics { return Scaling(settings.normalization, givenStatistics) }
    guard settings.normalization == .none else { return nil }
    return .identity(selection.count)
  }

  /// The error for a value that the stored type cannot hold.
  func beyondType(_ column: Int) -> any Error {
    ConversionError.beyondType(
      modality: name, dimension: dimensionName(column), type: settings.type.rawValue)
  }

  func dimensionName(_ index: Int) -> String { dimensionNames?[index] ?? "\(selection.columns[index])" }
}
