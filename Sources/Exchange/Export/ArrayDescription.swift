internal import JSONValues
internal import Shards

/// What an exported archive says of itself, in its member `grf`: JSON in a NumPy string.
struct ArrayDescription: Equatable {
  static let key = "grf"
  static let format = "grf-npz"
  static let version = 1

  enum Layout: Equatable {
    /// Sample after sample, as in a shard: `M.values` [F, D] and `M.offsets` [N + 1].
    case ragged
    /// `M` [N, T, D], `M.lengths` [N] and `M.mask` [N, T].
    case padded(PaddingSide)
  }

  struct Modality: Equatable {
    var name: String
    var root: String
    var dimensionNames: [String]?
    /// As a manifest's: f32, f16, bf16 or tokens.
    var dtype: String
  }

  var layout: Layout
  var hasTimes: Bool
  var splits: [String]
  var labels: [String]
  var modalities: [Modality]

  init(_ dataset: Dataset, layout: Layout) {
    self.layout = layout
    hasTimes = dataset.schema.keepsTimes
    splits = dataset.splits.map(\.name)
    labels = dataset.schema.labels
    modalities = dataset.manifest.modalities.map {
      Modality(name: $0.name, root: $0.root, dimensionNames: $0.dimensionNames, dtype: $0.content.dtype)
    }
  }

  /// - Parameters:
  ///   - dataset: what the archive is made of.
  ///   - isRaw: whether the normalization was undone.
  func json(_ dataset: Dataset, isRaw: Bool) -> JSONValue {
    let normalizations = dataset.manifest.modalities.map { isRaw ? "none" : $0.normalization.rawValue }
    let side: JSONValue = if case .padded(let side) = layout { .string(side.rawValue) } else { .null }
    return [
      "format": .string(Self.format), "version": JSONValue(Self.version),
      "layout": .string(layout == .ragged ? "ragged" : "padded"), "pad": side, "times": .bool(hasTimes),
      "splits": JSONValue(splits), "labels": JSONValue(labels),
      "modalities": .array(
        zip(modalities, normalizations).map { modality, normalization in
          [
            "name": .string(modality.name), "root": .string(modality.root), "dtype": .string(modality.dtype),
            "dimension_names": modality.dimensionNames.map { JSONValue($0) } ?? .null,
            "normalization": .string(normalization),
          ]
        }), "fingerprint": .string(dataset.manifest.fingerprint), "content": .string(dataset.manifest.content),
    ]
  }
}

/// On which side of a sequence padding stands.
package enum PaddingSide: String, Sendable, CaseIterable {
  case left, right
}
