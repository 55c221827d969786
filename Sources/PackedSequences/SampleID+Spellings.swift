/// The spellings of ids that published files use. Everything that reads an id from outside a dataset goes through here.
///
/// | spelling | video | segment | found in |
/// |---|---|---|---|
/// | `V[k]` | `V` | k | datasets; sequences that the SDK aligned |
/// | `V[i][k]` | `V` | k | sequences that the SDK aligned twice |
/// | `V$_$k` | `V` | k | MMSA's pickles |
/// | `V_k`, where `V` is a known video | `V` | k | tables, pickles |
/// | `V@s` | `V` | none: only its start, s seconds, is known | what `grf_shards.unpickle` makes of times |
extension SampleID {
  /// Reads any of the spellings; whatever is none of them is an entry.
  ///
  /// - Parameter videos: the known videos. Real names hold `_` too, so only these make `V_k` a segment; and one that is
  ///   known as a whole is never taken apart.
  public init(reading text: some StringProtocol, videos: Set<String> = []) {
    if videos.contains(String(text)) {
      self.init(entry: String(text), segment: nil)
    } else if let (entry, segment) = Self.numbered(text, after: "$_$") {
      self.init(entry: String(entry), segment: segment)
    } else if let (entry, segment) = Self.numbered(text, after: "_"), videos.contains(String(entry)) {
      self.init(entry: String(entry), segment: segment)
    } else {
      self.init(parsing: text)
    }
  }

  /// The recording that the sample is part of, which is what folds know: the entry without the marks of segments at its
  /// end.
  public var video: String {
    var video = Substring(entry)
    while let shorter = Self.bracketed(video)?.entry ?? Self.numbered(video, after: "$_$")?.entry ?? Self.timed(video) {
      video = shorter
    }
    return String(video)
  }

  /// Takes `[k]` off the end, k spelled without superfluous zeros.
  static func bracketed<Text: StringProtocol>(_ text: Text) -> (entry: Text.SubSequence, segment: Int)? {
    guard text.hasSuffix("]"), let open = text.lastIndex(of: "["), open > text.startIndex,
      case let digits = text[text.index(after: open)...].dropLast(), let segment = number(digits),
      String(segment).utf8.count == digits.utf8.count
    else { return nil }
    return (text[..<open], segment)
  }

  /// Takes a mark and the digits after it off the end.
  private static func numbered<Text: StringProtocol>(
    _ text: Text, after mark: String
  ) -> (entry: Text.SubSequence, segment: Int)? {
    let digits = text.reversed().prefix { $0.isASCII && $0.isNumber }.count
    let entry = text.dropLast(digits)
    guard digits > 0, entry.hasSuffix(mark), entry.count > mark.count, let segment = number(text.suffix(digits)) else {
      return nil
    }
    return (entry.dropLast(mark.count), segment)
  }

  /// Takes `@seconds` off the end.
  private static func timed<Text: StringProtocol>(_ text: Text) -> Text.SubSequence? {
    guard let at = text.lastIndex(of: "@"), at > text.startIndex, case let time = text[text.index(after: at)...],
      time.first.map({ $0 == "-" || $0.isNumber }) == true, Double(String(time))?.isFinite == true
    else { return nil }
    return text[..<at]
  }

  /// ASCII digits that an Int holds.
  private static func number(_ digits: some StringProtocol) -> Int? {
    digits.utf8.allSatisfy { (48...57).contains($0) } ? Int(digits) : nil
  }
}
