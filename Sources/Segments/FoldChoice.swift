internal import Files
internal import PackedSequences

/// What a random split keeps together.
public enum FoldUnit: String, Sendable, CaseIterable {
  /// All segments of a video are in one split.
  case videos
  /// Every sample may be in another split than its neighbours.
  case samples
}

/// How a dataset is divided into splits, as a user asks for it.
public enum FoldChoice: Sendable, Equatable {
  /// The standard folds that contain most of the videos; without any match by ratio, or undivided without labels.
  case auto
  case cmuMOSI
  case cmuMOSEI
  case file(String)
  case ratio([Double])
  /// Cross-validation: of so many random groups, number `fold` (from 1) is test, the next one valid, the others train.
  case kFold(Int, fold: Int)
  case none

  static let defaultRatio = [0.7, 0.1, 0.2]
  /// Of everything that is drawn at random.
  static let seed: UInt64 = 0

  /// Reads `auto`, `cmu-mosi`, `cmu-mosei`, `ratio:a,b,c`, `kfold:n`, `none`, or the path of a JSON file.
  ///
  /// - Parameter fold: which one of `kfold:n` is tested, from 1; nil where it is not told.
  /// - Throws: ``SegmentsError`` for impossible ratios, for a fold that is missing or superfluous, and for a name that is
  ///   neither a choice nor a path (one that ends in `.json` or has a slash).
  public init(parsing text: String, fold: String? = nil) throws(SegmentsError) {
    if text.hasPrefix("kfold:") {
      guard let count = Int(text.dropFirst("kfold:".count)), (3...1000).contains(count) else {
        throw .malformedFoldCount(text)
      }
      guard let number = fold.flatMap({ Int($0) }), (1...count).contains(number) else {
        throw .malformedFold(fold, count: count)
      }
      self = .kFold(count, fold: number)
      return
    }
    if let fold { throw .foldWithoutFolds(fold) }
    let choices = ["auto", "cmu-mosi", "cmu-mosei", "none"]
    switch text {
    case "auto": self = .auto
    case "cmu-mosi": self = .cmuMOSI
    case "cmu-mosei": self = .cmuMOSEI
    case "none": self = .none
    case _ where text.hasPrefix("ratio:"):
      let ratios = text.dropFirst("ratio:".count).split(separator: ",", omittingEmptySubsequences: false)
        .map { Double($0) ?? .nan }
      guard ratios.count == 3, ratios.allSatisfy({ $0 >= 0 && $0.isFinite }), abs(ratios.reduce(0, +) - 1) < 1e-6 else {
        throw .malformedRatio(text)
      }
      self = .ratio(ratios)
    case _ where text.hasSuffix(".json") || text.contains("/") || Self.isFile(text): self = .file(text)
    default: throw .unknownFolds(text, hint: NearestName.hint(text, in: choices))
    }
  }

  private static func isFile(_ path: String) -> Bool {
    (try? FileStatus.of(path))?.isRegularFile == true
  }

  /// What `auto` comes to for a dataset; any other choice is itself.
  public func resolved(videos: Set<String>, areLabelled: Bool) -> FoldChoice {
    guard self == .auto else { return self }
    let known: [(choice: FoldChoice, matches: Int)] = [(.cmuMOSI, Folds.cmuMOSI), (.cmuMOSEI, Folds.cmuMOSEI)]
      .map { choice, folds in (choice, videos.count { folds.splits[$0] != nil }) }
    if let best = known.max(by: { $0.matches < $1.matches }), best.matches > 0 { return best.choice }
    return areLabelled ? .ratio(Self.defaultRatio) : .none
  }

  /// As ``init(parsing:fold:)`` reads it; a fold's number follows after a slash.
  public var text: String {
    switch self {
    case .auto: "auto"
    case .cmuMOSI: "cmu-mosi"
    case .cmuMOSEI: "cmu-mosei"
    case .file(let file): file
    case .ratio(let ratios): "ratio:" + ratios.map { "\($0)" }.joined(separator: ",")
    case .kFold(let count, let fold): "kfold:\(count)/\(fold)"
    case .none: "none"
    }
  }
}
