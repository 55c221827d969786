internal import Files
public import JSONValues
internal import PackedSequences

/// Which video belongs to which split.
public struct Folds: Sendable, Equatable {
  /// The splits in the order in which a dataset holds them.
  public static let names = ["train", "valid", "test"]
  /// The name of the one split of a dataset that is not divided.
  public static let undivided = "all"

  /// Split names by video id.
  public let splits: [String: String]

  /// Lists of ids, separated by spaces.
  init(standard lists: KeyValuePairs<String, String>) {
    var splits: [String: String] = [:]
    for (name, list) in lists {
      for id in list.split(whereSeparator: \.isWhitespace) { splits[String(id)] = name }
    }
    self.splits = splits
  }

  /// The split of a video or of a segment's id: a `[k]` at its end is ignored.
  public func split(of id: String) -> String? { splits[id] ?? splits[SampleID(parsing: id).entry] }

  /// Folds as `{"train": [ids], "valid": […], "test": […]}`.
  ///
  /// - Throws: ``SegmentsError`` for another shape, unknown names, or a video in two folds.
  public init(json: JSONValue, file: String) throws(SegmentsError) {
    guard let object = json.object else { throw .malformedFolds(file: file, problem: "the top level is no object") }
    var splits: [String: String] = [:]
    for (name, value) in object.members {
      guard Self.names.contains(name) else { throw .unknownFold(file: file, name: name) }
      guard let ids = value.array else { throw .malformedFolds(file: file, problem: "\"\(name)\" is no list") }
      for id in ids {
        guard let id = id.string else {
          throw .malformedFolds(file: file, problem: "\"\(name)\" lists what is no text")
        }
        let video = SampleID(parsing: id).entry
        if let other = splits.updateValue(name, forKey: video), other != name {
          throw .videoInTwoFolds(file: file, video: video, first: other, second: name)
        }
      }
    }
    guard !splits.isEmpty else { throw .malformedFolds(file: file, problem: "it lists no video") }
    self.splits = splits
  }

  public init(contentsOf file: String) throws(SegmentsError) {
    let bytes: [UInt8]
    do { bytes = try File.contents(of: file) } catch { throw .file(error) }
    let json: JSONValue
    do { json = try JSONValue.parse(bytes) } catch {
      throw .malformedFolds(file: file, problem: error.description)
    }
    try self.init(json: json, file: file)
  }

  /// Divides videos by ratios: ids in UTF-8 byte order, permuted by the counter generator, cut at rounded sums; where
  /// there are as many videos as splits with a share, each of those gets at least one.
  ///
  /// - Parameter ratios: shares of train, valid and test; none negative, their sum positive.
  public init(videos: some Sequence<String>, ratios: [Double], seed: UInt64) {
    let sorted = Set(videos).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    let order = CounterGenerator(seed: seed, purpose: .folds).permutation(of: sorted.count)
    let cuts = Self.cuts(sorted.count, ratios)
    var splits: [String: String] = [:]
    for (place, index) in order.enumerated() {
      splits[sorted[index]] = Self.names[cuts.firstIndex { place < $0 } ?? 0]
    }
    self.splits = splits
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
