/// An entry that contradicts itself or its neighbours, and why.
public struct UnfitEntry: Sendable, Equatable {
  public let root: String
  public let id: String
  public let error: SequenceError

  package init(root: String, id: String, error: SequenceError) {
    (self.root, self.id, self.error) = (root, id, error)
  }
}

/// One computational sequence: a root group of a file, with its entries in UTF-8 byte order of their ids.
public struct SequenceRoot: Sendable {
  /// One entry: the features and intervals of a video, or of a segment of one.
  public struct Entry: Sendable {
    public let id: String
    public let features: DatasetInfo
    public let intervals: DatasetInfo

    public var rows: Int { features.rows }
  }

  public let name: String
  public let file: String
  public let metadata: SequenceMetadata
  public let entries: [Entry]
  /// Entries that are not among ``entries``, because they do not fit.
  public let unfit: [UnfitEntry]

  /// Columns of the features; 0 for a root without entries.
  public var dimension: Int { model?.features.columns ?? 0 }

  /// Whether the features are strings.
  public var holdsTokens: Bool { model.map { !$0.features.element.isNumeric } ?? false }

  /// The entry that tells what all hold: the first that has rows.
  private var model: Entry? { entries.first { $0.rows > 0 } ?? entries.first }

  public var rows: Int { entries.reduce(0) { $0 + $1.rows } }

  /// `ENTRY of ROOT`, for messages.
  public func label(_ entry: String) -> String { "entry \(entry) of \"\(name)\"" }
}
