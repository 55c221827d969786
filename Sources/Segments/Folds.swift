internal import Files
public import JSONValues
public import PackedSequences

/// Which video belongs to which split; where asked for, which segment does.
public struct Folds: Sendable, Equatable {
  /// The splits in the order in which a dataset holds them.
  public static let names = ["train", "valid", "test"]
  /// The name of the one split of a dataset that is not divided.
  public static let undivided = "all"

  /// Split names by video id.
  public let splits: [String: String]
  /// Split names of segments that are listed one by one; they win over their video's.
  public let segments: [SampleID: String]

  /// Lists of ids, separated by spaces.
  init(standard lists: KeyValuePairs<String, String>) {
    var splits: [String: String] = [:]
    for (name, list) in lists {
      for id in list.split(whereSeparator: \.isWhitespace) { splits[String(id)] = name }
    }
    (self.splits, segments) = (splits, [:])
  }

  /// The videos that the standard folds of CMU-MOSI and CMU-MOSEI name.
  public static let standardVideos = Set(cmuMOSI.splits.keys).union(cmuMOSEI.splits.keys)

  /// The split of a sample: its own, or its video's.
  public func split(of id: SampleID) -> String? { segments[id] ?? splits[id.video] }

  /// Folds as `{"train": [ids], "valid": […], "test": […]}`, the ids those of videos or of segments.
  ///
  /// - Parameters:
  ///   - videos: those of the data, which make `V_k` a segment.
  ///   - unit: whether segments of one video may be in different folds.
  /// - Throws: ``SegmentsError`` for another shape, unknown names, or a video in two folds.
  public init(
    json: JSONValue, file: String, videos: Set<String> = [], unit: FoldUnit = .videos
  ) throws(SegmentsError) {
    guard let object = json.object else { throw .malformedFolds(file: file, problem: "the top level is no object") }
    let known = videos.union(Self.standardVideos)
    var splits: [String: String] = [:]
    var segments: [SampleID: String] = [:]
    var ofVideo: [String: String] = [:]
    for (name, value) in object.members {
      guard Self.names.contains(name) else { throw .unknownFold(file: file, name: name) }
      guard let ids = value.array else { throw .malformedFolds(file: file, problem: "\"\(name)\" is no list") }
      for id in ids {
        guard let id = id.string else {
          throw .malformedFolds(file: file, problem: "\"\(name)\" lists what is no text")
        }
        let read = SampleID(reading: id, videos: known)
        if let other = ofVideo.updateValue(name, forKey: read.video), other != name, unit == .videos {
          throw .videoInTwoFolds(file: file, video: read.video, first: other, second: name)
        }
        let other =
          read.description == read.video
          ? splits.updateValue(name, forKey: read.video) : segments.updateValue(name, forKey: read)
        if let other, other != name { throw .listedTwice(file: file, id: id, first: other, second: name) }
      }
    }
    guard !ofVideo.isEmpty else { throw .malformedFolds(file: file, problem: "it lists no video") }
    (self.splits, self.segments) = (splits, segments)
  }

  public init(
    contentsOf file: String, videos: Set<String> = [], unit: FoldUnit = .videos
  ) throws(SegmentsError) {
    let bytes: [UInt8]
    do { bytes = try File.contents(of: file) } catch { throw .file(error) }
    let json: JSONValue
    do { json = try JSONValue.parse(bytes) } catch {
      throw .malformedFolds(file: file, problem: error.description)
    }
    try self.init(json: json, file: file, videos: videos, unit: unit)
  }

  /// Divides videos by ratios: ids in UTF-8 byte order, permuted by the counter generator, cut at rounded sums; where
  /// there are as many videos as splits with a share, each of those gets at least one.
  ///
  /// - Parameter ratios: shares of train, valid and test; none negative, their sum positive.
  public init(videos: some Sequence<String>, ratios: [Double], seed: UInt64) {
    self.init(dividing: Set(videos), seed: seed, unit: .videos) { count in
      let cuts = Self.cuts(count, ratios)
      return { place in Self.names[cuts.firstIndex { place < $0 } ?? 0] }
    }
  }

  /// Divides videos or samples at random: names in UTF-8 byte order, permuted by the counter generator.
  ///
  /// - Parameter splits: from the number of names, the split of each place in the permutation.
  init(
    dividing names: Set<String>, seed: UInt64, unit: FoldUnit, splits: (_ count: Int) -> (_ place: Int) -> String
  ) {
    let sorted = names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    let order = CounterGenerator(seed: seed, purpose: .folds).permutation(of: sorted.count)
    let split = splits(sorted.count)
    let found = order.enumerated().map { place, index in (sorted[index], split(place)) }
    switch unit {
    case .videos:
      self.splits = Dictionary(found, uniquingKeysWith: { first, _ in first })
      segments = [:]
    case .samples:
      self.splits = [:]
      segments = Dictionary(
        found.map { (SampleID(parsing: $0.0), $0.1) }, uniquingKeysWith: { first, _ in first })
    }
  }

  /// The ends of the splits among `count` places.
  static func cuts(_ count: Int, _ ratios: [Double]) -> [Int] {
    let total = ratios.reduce(0, +)
    var sizes: [Int] = []
    var sum = 0.0
    for ratio in ratios {
      sum += ratio
      sizes.append(Int((Double(count) * sum / total).rounded()) - sizes.reduce(0, +))
    }
    let wanted = ratios.indices.filter { ratios[$0] > 0 }
    if count >= wanted.count {
      for index in wanted where sizes[index] == 0 {
        guard let largest = sizes.indices.max(by: { sizes[$0] < sizes[$1] }) else { continue }
        sizes[largest] -= 1
        sizes[index] += 1
      }
    }
    return sizes.reduce(into: []) { $0.append(($0.last ?? 0) + $1) }
  }
}
