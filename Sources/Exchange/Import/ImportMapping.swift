/// Which arrays are what, as a user says it. Whatever is nil is looked for under the field's usual names.
package struct ImportMapping: Sendable, Equatable {
  /// `NAME=KEY`: the modalities, in order; empty: those under known names.
  package var arrays: [(name: String, key: String)] = []
  package var labels: String?
  package var labelNames: [String]?
  package var ids: String?
  package var intervals: String?
  /// An array that names each sample's split.
  package var split: String?
  /// By modality: an array of lengths.
  package var lengths: [String: String] = [:]
  /// By modality: an array of masks, true where a frame is.
  package var masks: [String: String] = [:]
  /// Where padding stands in arrays with lengths.
  package var side: PaddingSide?
  /// Ends at which frames of zeros (of tokens: empty ones) are padding, where neither lengths nor a mask tell.
  package var zeroPadding: ZeroPadding?

  package enum ZeroPadding: String, Sendable, CaseIterable {
    case left, right, both
  }

  package init() {}

  package static func == (left: Self, right: Self) -> Bool {
    left.arrays.elementsEqual(right.arrays) { $0 == $1 } && left.labels == right.labels
      && left.labelNames == right.labelNames && left.ids == right.ids && left.intervals == right.intervals
      && left.split == right.split && left.lengths == right.lengths && left.masks == right.masks
      && left.side == right.side && left.zeroPadding == right.zeroPadding
  }
}

/// The names under which published arrays are found.
enum KnownArrays {
  /// A modality's names, the best first.
  static let modalities: [(name: String, keys: [String])] = [
    ("text", ["text", "language", "glove"]), ("audio", ["audio", "acoustic", "covarep"]),
    ("vision", ["vision", "visual", "video", "facet"]), ("words", ["words"]), ("phones", ["phones"]),
  ]
  static let labels = ["labels", "label", "regression_labels"]
  static let ids = ["ids", "id", "segment_ids"]
  static let intervals = ["intervals"]

  static func lengths(_ keys: [String]) -> [String] {
    keys.flatMap { ["\($0).lengths", "\($0)_lengths", "\($0)_length"] }
  }

  static func masks(_ keys: [String]) -> [String] { keys.flatMap { ["\($0).mask", "\($0)_mask"] } }

  /// What a split is called in a file, and in a dataset.
  static let splits: [(spelling: String, name: String)] = [
    ("train", "train"), ("valid", "valid"), ("val", "valid"), ("validation", "valid"), ("dev", "valid"),
    ("test", "test"),
  ]

  static func split(_ text: String) -> String? { splits.first { $0.spelling == text.lowercased() }?.name }

  /// Takes a key apart that names a split: `train/text`, `train.text`, `train_text`, `text_train`.
  static func parted(_ key: String) -> (split: String, name: String)? {
    for (spelling, name) in splits + [("all", "all")] {
      // `all_text` is no split but a name like any other.
      for separator in name == "all" ? ["/"] : ["/", ".", "_"] {
        if key.hasPrefix(spelling + separator), key.count > spelling.count + 1 {
          return (name, String(key.dropFirst(spelling.count + 1)))
        }
      }
      if name != "all", key.hasSuffix("_" + spelling), key.count > spelling.count + 1 {
        return (name, String(key.dropLast(spelling.count + 1)))
      }
    }
    return nil
  }
}
