internal import PackedSequences

/// The order in which modalities are fused.
package enum ModalityOrder {
  /// Fused in this order where nothing else is asked for.
  static let common = ["text", "vision", "audio"]

  /// The names in words of the command line, parted by commas or spaces.
  package static func names(in words: [String]) -> [String] {
    words.flatMap { $0.split { $0 == "," || $0.isWhitespace }.map(String.init) }
  }

  /// Whether these are two or more names, all different.
  static func isValid(_ names: [String]) -> Bool {
    names.count >= 2 && Set(names).count == names.count && names.allSatisfy { ModalityName.isValid($0) }
  }

  /// The order for a dataset: what was asked for, or text, vision, audio as far as they are there; where fewer than
  /// two of these are, all modalities of numbers in the dataset's order.
  ///
  /// - Parameters:
  ///   - modalities: the dataset's; `isNumeric` is false for tokens, which are not trained on.
  ///   - path: the dataset.
  package static func resolve(
    _ requested: [String]?, among modalities: [(name: String, isNumeric: Bool)], path: String
  ) throws(TrainingError) -> [String] {
    let numeric = modalities.filter(\.isNumeric).map(\.name)
    guard let requested else {
      let present = common.filter { numeric.contains($0) }
      let order = present.count >= 2 ? present : numeric
      guard order.count >= 2 else { throw .tooFewModalities(path: path, found: numeric) }
      return order
    }
    for name in requested where !numeric.contains(name) {
      if modalities.contains(where: { $0.name == name }) { throw .tokensInOrder(path: path, name: name) }
      throw .unknownModality(path: path, name: name, known: numeric)
    }
    return requested
  }
}
