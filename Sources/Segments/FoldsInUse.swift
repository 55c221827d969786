package import PackedSequences

/// The folds that a dataset is divided by, once its samples are known.
package struct FoldsInUse: Sendable {
  /// What was chosen, and is no longer ``FoldChoice/auto``.
  package let choice: FoldChoice
  package let unit: FoldUnit
  /// Nil where the dataset stays undivided.
  package let folds: Folds?
  /// What the folds are, for people: `random 70/10/20 of 40 videos, seed 0`.
  package let description: String
  /// What makes results less comparable than they look.
  package private(set) var warnings: [String] = []

  /// - Parameters:
  ///   - samples: every sample with its video.
  ///   - unit: what a random split keeps together; nil where nobody said it: videos, and names that look as if each
  ///     sample were a video of its own by mistake are refused.
  package init(
    _ choice: FoldChoice, unit asked: FoldUnit?, samples: [(id: SampleID, video: String)], areLabelled: Bool
  ) throws(SegmentsError) {
    let videos = Set(samples.map(\.video))
    self.choice = choice.resolved(videos: videos, areLabelled: areLabelled)
    let unit = asked ?? .videos
    self.unit = unit
    let names = unit == .videos ? videos : Set(samples.map(\.id.description))
    func divide(_ splits: (_ count: Int) -> (_ place: Int) -> String) throws(SegmentsError) -> Folds {
      if asked == nil, let names = Self.suspicious(samples) { throw .segmentsAsVideos(names) }
      return Folds(dividing: names, seed: FoldChoice.seed, unit: unit, splits: splits)
    }
    let random = "of \(names.count) \(unit.rawValue), seed \(FoldChoice.seed)"
    switch self.choice {
    case .none, .auto:
      (folds, description) = (nil, "none, one split \"\(Folds.undivided)\"")
    case .cmuMOSI: (folds, description) = (.cmuMOSI, "standard folds of CMU-MOSI")
    case .cmuMOSEI: (folds, description) = (.cmuMOSEI, "standard folds of CMU-MOSEI")
    case .file(let file):
      (folds, description) = (try Folds(contentsOf: file, videos: videos, unit: unit), file)
    case .ratio(let ratios):
      folds = try divide { count in
        let cuts = Folds.cuts(count, ratios)
        return { place in Folds.names[cuts.firstIndex { place < $0 } ?? 0] }
      }
      let shares = ratios.map { Self.percent($0) }.joined(separator: "/")
      description = "random \(shares) \(random)"
      if choice == .auto {
        warnings.append(
          "no standard folds know these videos, so the split is random; to compare results with others, give --folds FILE"
        )
      }
    case .kFold(let count, let fold):
      guard names.count >= count else {
        throw .tooFewForFolds(count: count, found: names.count, unit: unit.rawValue)
      }
      folds = try divide { total in
        { place in
          let group = place * count / max(1, total)
          return Folds.names[group == fold - 1 ? 2 : group == fold % count ? 1 : 0]
        }
      }
      description = "random fold \(fold) of \(count) \(random)"
    }
  }

  private static func percent(_ share: Double) -> String {
    let percent = (share * 1000).rounded() / 10
    return "\(percent)".hasSuffix(".0") ? "\(Int(percent))" : "\(percent)"
  }

  /// Two names of one recording, where every sample is the only one of its video, but several videos' names differ in
  /// nothing but a number at their end. One such group is a plain numbering; two are recordings.
  private static func suspicious(_ samples: [(id: SampleID, video: String)]) -> [String]? {
    guard Set(samples.map(\.video)).count == samples.count else { return nil }
    let groups = Dictionary(grouping: samples.map(\.video)) { video -> String in
      let stem = video.reversed().drop { $0.isASCII && $0.isNumber }
      let mark = stem.prefix { !$0.isLetter && !$0.isNumber }
      guard stem.count < video.count, !mark.isEmpty else { return "" }
      return String(stem.dropFirst(mark.count).reversed())
    }
    let recordings = groups.filter { !$0.key.isEmpty && $0.value.count > 1 }
    guard recordings.count > 1 else { return nil }
    return recordings.min { $0.key < $1.key }.map { Array($0.value.sorted().prefix(2)) }
  }
}
