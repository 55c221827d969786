internal import PackedSequences

/// Option values for all modalities and for single ones, as in `none,text=zscore`.
package struct ByModality: Sendable, Equatable {
  /// One value, for a modality or for every one (nil).
  package struct Assignment: Sendable, Equatable {
    package let modality: String?
    package var value: String
  }

  /// Applied in order: later ones win.
  package private(set) var assignments: [Assignment] = []

  package init() {}

  /// Reads one occurrence of an option: a piece without `=` belongs to the value before it, a bare value means every
  /// modality.
  package mutating func add(_ text: String, option: String) throws(ConversionError) {
    var added: [Assignment] = []
    for piece in text.split(separator: ",", omittingEmptySubsequences: false) {
      if let equals = piece.firstIndex(of: "=") {
        let name = piece[..<equals].trimmingSpaces()
        guard ModalityName.isValid(name) else { throw .malformedOption(option: option, text: text) }
        added.append(Assignment(modality: name, value: piece[piece.index(after: equals)...].trimmingSpaces()))
      } else if added.isEmpty {
        added.append(Assignment(modality: nil, value: piece.trimmingSpaces()))
      } else {
        added[added.count - 1].value += "," + piece.trimmingSpaces()
      }
    }
    guard added.allSatisfy({ !$0.value.isEmpty }) else { throw .malformedOption(option: option, text: text) }
    assignments += added
  }

  /// The value for a modality, and whether it was named.
  package func value(for modality: String) -> (text: String, isNamed: Bool)? {
    assignments.last { $0.modality == nil || $0.modality == modality }.map { ($0.value, $0.modality != nil) }
  }

  package var names: [String] { assignments.compactMap(\.modality) }

  /// The assignments that count: for every modality (nil) first, then for each that was named, once.
  package var effective: [Assignment] {
    let general = assignments.last { $0.modality == nil }
    let start = assignments.lastIndex { $0.modality == nil }.map { $0 + 1 } ?? 0
    var named: [Assignment] = []
    for assignment in assignments[start...] {
      named.removeAll { $0.modality == assignment.modality }
      named.append(assignment)
    }
    return (general.map { [$0] } ?? []) + named
  }
}

extension Substring {
  fileprivate func trimmingSpaces() -> String {
    String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }
}
