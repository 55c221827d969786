internal import Files
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
  /// - Throws: ``SegmentsError`` for impossible ratios, and for a name that is neither a choice nor a path (one that
  ///   ends in `.json` or has a slash).
  public init(parsing text: String) throws(SegmentsError) {
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

  /// The folds for a dataset, or nil where it stays undivided.
  public func folds(videos: Set<String>, areLabelled: Bool) throws(SegmentsError) -> Folds? {
    switch resolved(videos: videos, areLabelled: areLabelled) {
    case .none, .auto: nil
    case .cmuMOSI: .cmuMOSI
    case .cmuMOSEI: .cmuMOSEI
    case .file(let file): try Folds(contentsOf: file)
    case .ratio(let ratios): Folds(videos: videos, ratios: ratios, seed: 0)
    }
  }

  /// As ``init(parsing:)`` reads it.
  public var text: String {
    switch self {
    case .auto: "auto"
    case .cmuMOSI: "cmu-mosi"
    case .cmuMOSEI: "cmu-mosei"
    case .file(let file): file
    case .ratio(let ratios): "ratio:" + ratios.map { "\($0)" }.joined(separator: ",")
    case .none: "none"
    }
  }
}
