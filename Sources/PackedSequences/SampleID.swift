/// The name of a sample: an entry of a computational sequence and, for a labelled segment, its row in the label entry.
///
/// Spelled `03bSnISJMiM[4]`, or `03bSnISJMiM` for a sample that is a whole entry. Ordered by the entry in UTF-8 byte
/// order, then by row; a whole entry comes before its segments.
public struct SampleID: Hashable, Sendable, CustomStringConvertible {
  public let entry: String
  public let segment: Int?

  public init(entry: String, segment: Int?) {
    self.entry = entry
    self.segment = segment
  }

  /// Reads the spelling of datasets: a trailing `[k]` is the segment; anything else belongs to the entry.
  public init(parsing text: some StringProtocol) {
    if let (entry, segment) = Self.bracketed(text) {
      self.init(entry: String(entry), segment: segment)
    } else {
      self.init(entry: String(text), segment: nil)
    }
  }

  public var description: String { segment.map { "\(entry)[\($0)]" } ?? entry }
}

extension SampleID: Comparable {
  public static func < (left: SampleID, right: SampleID) -> Bool {
    if left.entry.utf8.elementsEqual(right.entry.utf8) { return (left.segment ?? -1) < (right.segment ?? -1) }
    return left.entry.utf8.lexicographicallyPrecedes(right.entry.utf8)
  }
}
