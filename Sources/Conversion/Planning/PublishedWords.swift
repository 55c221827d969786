internal import ComputationalSequences
internal import Segments

/// What is known of the words that were published with CMU-MOSI: each stands one interval after the one in which it was
/// said ("Words that come too late" in `Inspection`).
enum PublishedWords {
  /// Their root.
  private static let root = "CMU_MOSI_ModifiedTimestampedWords"

  /// Says so where these words, or vectors of CMU-MOSI's words, are converted and nothing was said about a lag.
  static func note(
    _ modalities: [(name: String, root: SequenceRoot)], folds: FoldChoice?, _ configuration: ConversionConfiguration
  ) -> String? {
    let late = modalities.filter { name, root in
      guard configuration.lag.value(for: name) == nil else { return false }
      return root.name == Self.root || folds == .cmuMOSI && ModalityCatalog.claim(of: root.name)?.name == "text"
    }
    guard !late.isEmpty else { return nil }
    return "the words published with CMU-MOSI come one interval too late, which costs some 4 points of F1: "
      + "--lag \(late.map { "\($0.name)=1" }.joined(separator: ",")) repairs it, --lag 0 keeps them as they are"
  }
}
