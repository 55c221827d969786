internal import JSONValues
package import Shards

/// What a model must know of the dataset that it was trained on, to tell whether another one will do.
package struct DatasetIdentity: Sendable, Equatable {
  package struct Modality: Sendable, Equatable {
    package let name: String
    package let dimension: Int

    package init(name: String, dimension: Int) {
      self.name = name
      self.dimension = dimension
    }
  }

  /// In the model's order.
  package let modalities: [Modality]
  /// SHA-256 of how the modalities' values were normalized, as ``digest(_:)`` takes it.
  package let statistics: String
  package let fingerprint: String
  package let content: String

  package init(modalities: [Modality], statistics: String, fingerprint: String, content: String) {
    self.modalities = modalities
    self.statistics = statistics
    self.fingerprint = fingerprint
    self.content = content
  }

  /// - Parameter order: modalities of numbers that the dataset has.
  package init(_ manifest: Manifest, order: [String]) {
    let chosen = order.map { name in
      guard let modality = manifest.modalities.first(where: { $0.name == name }) else {
        preconditionFailure("the dataset has no modality \(name)")
      }
      return modality
    }
    self.init(
      modalities: chosen.map { Modality(name: $0.name, dimension: $0.dimension) }, statistics: Self.digest(chosen),
      fingerprint: manifest.fingerprint, content: manifest.content)
  }

  package var order: [String] { modalities.map(\.name) }

  /// SHA-256 over canonical JSON: by modality its normalization, what was subtracted and divided by, of each dimension
  /// (null for `none`), and what was clipped to, where anything was.
  ///
  /// Statistics that took no part in normalizing do not count: two datasets whose values were made alike are alike.
  static func digest(_ modalities: [Manifest.Modality]) -> String {
    let list = modalities.map { modality -> JSONValue in
      let scaling = modality.normalization == .none ? nil : modality.scaling
      var object: JSONObject = [
        "normalization": .string(modality.normalization.rawValue),
        "shift": scaling.map { JSONValue($0.shift) } ?? .null, "scale": scaling.map { JSONValue($0.scale) } ?? .null,
      ]
      if let clip = modality.clip { object["clip"] = JSONValue(clip.limit) }
      return .object(object)
    }
    return HexDigest.sha256(JSONValue.array(list).compact(sortingKeys: true))
  }
}

extension DatasetIdentity {
  /// Holds the dataset that a checkpoint was trained on against another that it is to be used with.
  ///
  /// - Parameters:
  ///   - manifest: of the other dataset.
  ///   - dataset: its path.
  ///   - checkpoint: the checkpoint's path.
  ///   - isForced: whether other statistics are let pass; other dimensions never are.
  package func check(
    _ manifest: Manifest, dataset: String, checkpoint: String, isForced: Bool
  ) throws(TrainingError) {
    for modality in modalities {
      guard let found = manifest.modalities.first(where: { $0.name == modality.name && $0.content != .tokens }) else {
        throw .modalityMismatch(path: checkpoint, modality: modality.name, dataset: dataset)
      }
      guard found.dimension == modality.dimension else {
        throw .dimensionMismatch(
          path: checkpoint, modality: modality.name, expected: modality.dimension, found: found.dimension)
      }
    }
    guard isForced || DatasetIdentity(manifest, order: order).statistics == statistics else {
      throw .statisticsMismatch(path: checkpoint, dataset: dataset)
    }
  }

  /// Whether a run on this dataset can go on with another: it must hold the same bytes.
  package func checkContent(_ manifest: Manifest, dataset: String, checkpoint: String) throws(TrainingError) {
    guard manifest.content == content else { throw .contentMismatch(path: checkpoint, dataset: dataset) }
  }
}
