import Conversion
import JSONValues

extension ConfigurationFile {
  /// A configuration file that gives the same configuration; what is not set stands there as a comment.
  static func lines(of options: ConversionOptions, isQuiet: Bool, printsJSON: Bool) throws -> [String] {
    var lines = ["# For grf-data convert --config FILE; comments show the defaults."]
    for name in ConversionOptions.Name.allCases {
      let set = try setting(name, of: options)
      lines += set.isEmpty ? ["# \(name.rawValue): \(defaultText(name))"] : set
    }
    if isQuiet { lines.append("quiet: true") }
    if printsJSON { lines.append("json: true") }
    return lines
  }

  /// The same without what is not set.
  static func settings(of options: ConversionOptions) throws -> [String] {
    try ConversionOptions.Name.allCases.flatMap { try setting($0, of: options) }
  }

  /// The lines of an option; none where it is not set.
  private static func setting(_ name: ConversionOptions.Name, of options: ConversionOptions) throws -> [String] {
    let occurrences = options.occurrences(name)
    guard !occurrences.isEmpty else { return [] }
    switch name.kind {
    case .text, .flag: return ["\(name.rawValue): \(spelled(options.last(name) ?? ""))"]
    case .list: return [name.rawValue + ":"] + occurrences.map { "  - " + spelled($0) }
    case .byModality: return lines(name, try options.byModality(name).effective)
    }
  }

  private static func lines(_ name: ConversionOptions.Name, _ values: [ByModality.Assignment]) -> [String] {
    if values.count == 1, let value = values.first, value.modality == nil {
      return ["\(name.rawValue): \(spelled(value.value))"]
    }
    if values.allSatisfy({ $0.modality != nil }) {
      return [name.rawValue + ":"] + values.map { "  \($0.modality ?? ""): \(spelled($0.value))" }
    }
    let texts = values.map { ($0.modality.map { $0 + "=" } ?? "") + $0.value }
    return [name.rawValue + ":"] + texts.map { "  - " + spelled($0) }
  }

  private static func defaultText(_ name: ConversionOptions.Name) -> String {
    switch name {
    case .preset: "(none)"
    case .modality: "[]  (every sequence)"
    case .labelColumns: "[]  (every column)"
    case .labels: "(the root that is known or looks like labels)"
    case .folds: "auto"
    case .fold: "(none)"
    case .foldsOver: "videos"
    case .timeUnit: "s"
    case .timesRelative: "[]"
    case .lag: "0"
    case .align: "(none)"
    case .collapse: "mean  (of tokens: first)"
    case .select: "(every column)"
    case .dropZeroFrames: "[]"
    case .rate, .maxFrames: "(as they are)"
    case .keep: "first"
    case .nonfinite, .alignMissing: "zero"
    case .absent: "error"
    case .normalize: "zscore"
    case .clip: "none"
    case .dtype: "f32"
    case .times: "keep"
    case .skipUnfit, .dropIncomplete, .dropUnlabelled, .overwrite, .resume: "false"
    case .shardBytes: "256MiB"
    case .threads: "(as many as there are processors)"
    case .like, .part: "(none)"
    }
  }

  /// A scalar: plain where no reader could take it for something else, quoted as in JSON elsewhere.
  private static func spelled(_ text: String) -> String {
    func isPlain(_ character: Character, _ others: String) -> Bool {
      character.isASCII && (character.isLetter || character.isNumber || others.contains(character))
    }
    let isWord = text.first.map { isPlain($0, "_/.") } ?? false && text.allSatisfy { isPlain($0, "_/.,-+=") }
    let isReserved = ["null", "~"].contains(text.lowercased())
    return isWord && !isReserved ? text : JSONValue.string(text).compact()
  }
}
