internal import PackedSequences

/// How a dataset is divided into splits, as a user asks for it.
public enum FoldChoice: Sendable, Equatable {
  /// The standard folds that contain most of the videos; without any match by ratio, or undivided without labels.
  case auto
  case cmuMOSI
  case cmuMOSEI
  case file(String)
  case ratio([Double])
  case none

  static let defaultRatio = [0.7, 0.1, 0.2]

  /// Reads `auto`, `cmu-mosi`, `cmu-mosei`, `ratio:a,b,c`, `none`, or the path of a JSON file.
  ///
  /// - Throws: ``SegmentsError`` for impossible ratios, and for a name that is neither a choice nor a `.json` path.
  public init(parsing text: String) throws(SegmentsError) {
    let choices = ["auto", "cmu-mosi", "cmu-mosei", "none"]
    switch text {
    case "auto": self = .auto
    case "cmu-mosi": self = .cmuMOSI
    case "cmu-mosei": self = .cmuMOSEI
    case "none": self = .none
    case _ where text.hasPrefix("ratio:"):
      let ratios = text.dropFirst("ratio:".count).split(separator: ",", omittingEmptySubsequences: false)
        .compactMap { Double($0) }
      guard ratios.count == 3, ratios.allSatisfy({ $0 >= 0 && $0.isFinite }), abs(ratios.reduce(0, +) - 1) < 1e-6 else {
        throw .malformedRatio(text)
      }
      self = .ratio(ratios)
    case _ where text.hasSuffix(".json") || text.contains("/"): self = .file(text)
    default: throw .unknownFolds(text, hint: NearestName.hint(text, in: choices))
    }
  }

  /// The folds for a dataset, or nil where it stays undivided.
  public func folds(videos: Set<String>, areLabelled: Bool) throws(SegmentsError) -> Folds? {
    switch self {
    case .none: return nil
    case .cmuMOSI: return .cmuMOSI
    case .cmuMOSEI: return .cmuMOSEI
    case .file(let file): return try Folds(contentsOf: file)
    case .ratio(let ratios): return Folds(videos: videos, ratios: ratios, seed: 0)
    case .auto:
      let known = [Folds.cmuMOSI, Folds.cmuMOSEI].map { folds in
        (folds, videos.count { folds.splits[$0] != nil })
      }
      if let best = known.max(by: { $0.1 < $1.1 }), best.1 > 0 { return best.0 }
      return areLabelled ? Folds(videos: videos, ratios: Self.defaultRatio, seed: 0) : nil
    }
  }
}
