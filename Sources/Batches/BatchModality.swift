public import Shards

/// A modality of numbers, as batches give it.
public struct BatchModality: Sendable, Equatable {
  public let name: String
  /// Values a frame.
  public let dimension: Int
  /// How the values are stored.
  public let type: ElementType
  /// Its place in the dataset's schema.
  public let index: Int

  /// Finds modalities by name, in the order of the names.
  static func find(_ names: [String], in dataset: Dataset) throws(BatchError) -> [BatchModality] {
    let all = dataset.schema.modalities
    let numeric = all.filter { $0.content != .tokens }.map(\.name)
    var found: [BatchModality] = []
    for name in names {
      guard let index = all.firstIndex(where: { $0.name == name }) else {
        throw .unknownModality(path: dataset.path, name: name, modalities: numeric)
      }
      guard case .values(let type, let dimension) = all[index].content else {
        throw .tokens(path: dataset.path, name: name, modalities: numeric)
      }
      guard !found.contains(where: { $0.name == name }) else { throw .duplicateModality(name) }
      found.append(BatchModality(name: name, dimension: dimension, type: type, index: index))
    }
    return found
  }
}
