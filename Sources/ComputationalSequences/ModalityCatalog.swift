/// Which published root is which modality.
package enum ModalityCatalog {
  /// The name under which labels are listed; not a modality.
  package static let labels = "labels"
  /// The name of what is said, word by word.
  package static let words = "words"

  /// Names in the order in which a dataset holds them, with the roots that claim each, best first.
  package static let claims: [(name: String, roots: [String])] = [
    ("text", ["glove_vectors", "glove_vectors_with_sp"]),
    ("audio", ["COVAREP", "COAVAREP", "OpenSMILE", "OpenSmile-emobase2010", "OpenSMILE utterance"]),
    (
      "vision",
      ["FACET 4.2", "FACET_4.2", "FACET 4.1", "FACET_4.1", "OpenFace_2", "OpenFace_1", "OpenFace", "Video utterance"]
    ),
    (words, ["words", "CMU_MOSI_ModifiedTimestampedWords", "CMU_MOSI_TimestampedWords"]),
    ("phones", ["phones", "phonemes"]),
    (labels, ["Opinion Segment Labels", "All Labels", "Sentiment Labels", "Emotion Labels"]),
  ]

  /// The name that a root claims and the claim's rank, or nil for an unknown root.
  ///
  /// A root may bear the file's own name, with `CMU_MOSI_` or `CMU_MOSEI_` before a listed one. Of what follows that,
  /// case does not count. Any other name with "label" in it claims labels, with ``lookalikeRank``.
  package static func claim(of root: String) -> (name: String, rank: Int)? {
    var spellings = [root]
    for prefix in ["CMU_MOSI_", "CMU_MOSEI_"] where root.hasPrefix(prefix) {
      spellings.append(String(root.dropFirst(prefix.count)))
    }
    let folded = spellings.map { $0.lowercased() }
    for (name, roots) in claims {
      if let rank = roots.firstIndex(where: { folded.contains($0.lowercased()) }) { return (name, rank) }
    }
    let lower = root.lowercased()
    return lower.contains("label") && !lower.contains("unlabel") ? (labels, lookalikeRank) : nil
  }

  /// The rank of roots that only look like labels by their name; any published name has a better one.
  package static let lookalikeRank = 1000

  /// The place of a name in the order of a dataset's modalities; unknown names come last.
  package static func order(of name: String) -> Int {
    claims.firstIndex { $0.name == name } ?? claims.count
  }

  /// Whether a dataset holds one name before another, where nobody asks for another order.
  package static func precedes(_ left: String, _ right: String) -> Bool {
    let (l, r) = (order(of: left), order(of: right))
    return l == r ? left.utf8.lexicographicallyPrecedes(right.utf8) : l < r
  }
}
