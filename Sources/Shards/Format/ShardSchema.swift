/// What every sample of a dataset holds: its label columns and its modalities, in order.
public struct ShardSchema: Sendable, Equatable {
  /// The names of the label columns; none where samples are not labelled.
  public var labels: [String]
  public var modalities: [ModalitySchema]
  /// Whether frames bear their times.
  public var keepsTimes: Bool

  public init(labels: [String], modalities: [ModalitySchema], keepsTimes: Bool) {
    self.labels = labels
    self.modalities = modalities
    self.keepsTimes = keepsTimes
  }
}

/// One modality of a dataset: its name, and what a frame of it is.
public struct ModalitySchema: Sendable, Equatable {
  public enum Content: Sendable, Equatable {
    /// A frame is `dimension` numbers.
    case values(ElementType, dimension: Int)
    /// A frame is a byte string: a word, a phone.
    case tokens
  }

  /// Matches `[A-Za-z][A-Za-z0-9_]*`.
  public var name: String
  public var content: Content

  public init(name: String, content: Content) {
    self.name = name
    self.content = content
  }

  /// Bytes of one frame's values; 0 for tokens, whose length varies.
  public var frameBytes: Int {
    switch content {
    case .values(let type, let dimension): type.byteCount * dimension
    case .tokens: 0
    }
  }

  var isTokens: Bool { content == .tokens }
}
