internal import PackedSequences

/// The label column that is trained towards.
package enum LabelColumn {
  /// Taken where nothing else is asked for, if it is there.
  static let common = "sentiment"

  /// The place of the column: the one that was asked for, or `sentiment`, or the first.
  ///
  /// - Parameters:
  ///   - labels: the dataset's columns.
  ///   - path: the dataset.
  /// - Throws: ``TrainingError/noLabels(path:)``, ``TrainingError/unknownLabel(path:name:known:)``.
  package static func resolve(
    _ requested: String?, among labels: [String], path: String
  ) throws(TrainingError) -> Int {
    guard !labels.isEmpty else { throw .noLabels(path: path) }
    guard let requested else { return labels.firstIndex(of: common) ?? 0 }
    guard let place = labels.firstIndex(of: requested) else {
      throw .unknownLabel(path: path, name: requested, known: labels)
    }
    return place
  }
}
