internal import PackedSequences
internal import Shards

/// The order in which modalities are fused.
package enum ModalityOrder {
  /// Fused in this order where nothing else is asked for.
  static let common = ["text", "vision", "audio"]

  /// The names in words of the command line, parted by commas or spaces.
  package static func names(in words: [String]) -> [String] {
    words.flatMap { $0.split { $0 == "," || $0.isWhitespace }.map(String.init) }
  }

  /// Whether these are names, all different; ``RunConfiguration/check()`` says how many there must be.
  static func isValid(_ names: [String]) -> Bool {
    !names.isEmpty && Set(names).count == names.count && names.allSatisfy { ModalityName.isValid($0) }
  }

  /// Names with the common ones first, in their common order, the others as they came.
  package static func sorted(_ names: [String]) -> [String] {
    common.filter { names.contains($0) } + names.filter { !common.contains($0) }
  }

  /// The order where none was asked for: text, vision, audio as far as they are there; where fewer than two of these
  /// are, all modalities of numbers in the dataset's order.
  ///
  /// - Parameters:
  ///   - numeric: the dataset's modalities of numbers; tokens are not trained on.
  ///   - path: the dataset.
  /// - Throws: ``TrainingError/tooFewModalities(path:found:)``.
  static func standard(among numeric: [String], path: String) throws(TrainingError) -> [String] {
    let present = common.filter { numeric.contains($0) }
    let order = present.count >= 2 ? present : numeric
    guard order.count >= 2 else { throw .tooFewModalities(path: path, found: numeric) }
    return order
  }
}

extension RunConfiguration {
  /// The order for a dataset: the configuration's, or else the standard one.
  func order(on dataset: Dataset) throws(TrainingError) -> [String] {
    if let order = data.order { return order }
    let numeric = dataset.schema.modalities.filter { $0.content != .tokens }.map(\.name)
    return try ModalityOrder.standard(among: numeric, path: dataset.path)
  }
}
