/// What becomes of one modality's frames where they are aligned to the rows of another root.
package struct AlignmentRules: Sendable, Equatable {
  /// What becomes of a row that no frame overlaps.
  package enum Missing: String, Sendable, CaseIterable {
    /// The frame is stored as zeros, or as a token without text, and is invalid.
    case zero
    /// The modality lacks it.
    case drop
  }

  package var collapse: Collapse
  package var missing: Missing

  package init(collapse: Collapse = .mean, missing: Missing = .zero) {
    self.collapse = collapse
    self.missing = missing
  }
}
