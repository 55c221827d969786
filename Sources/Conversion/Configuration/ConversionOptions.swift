internal import PackedSequences
internal import Preprocessing
internal import Segments
internal import Shards

/// The options of a conversion as texts: what a command line and a configuration file have in common.
///
/// Sources are added in the order of their precedence, lowest first; ``configuration()`` gives the texts their meaning.
package struct ConversionOptions: Sendable, Equatable {
  /// Every option by its name on the command line.
  package enum Name: String, Sendable, CaseIterable {
    case preset, modality, labels
    case labelColumns = "label-columns"
    case folds, fold
    case foldsOver = "folds-over"
    case timeUnit = "time-unit"
    case timesRelative = "times-relative"
    case lag, align, collapse
    case alignMissing = "align-missing"
    case select
    case dropZeroFrames = "drop-zero-frames"
    case rate
    case maxFrames = "max-frames"
    case keep, nonfinite, absent, normalize, clip, dtype, times
    case skipUnfit = "skip-unfit"
    case dropIncomplete = "drop-incomplete"
    case dropUnlabelled = "drop-unlabelled"
    case shardBytes = "shard-bytes"
    case threads
    case overwrite
    case like
    case part
    case resume

    /// What values an option takes.
    package enum Kind: Sendable {
      /// Any number of texts; those of a later source take the place of all before.
      case list
      /// ``ByModality``; later values win, modality by modality.
      case byModality
      /// One text; the last wins.
      case text
      /// `true` or `false`.
      case flag
    }

    package var kind: Kind {
      switch self {
      case .modality, .labelColumns, .timesRelative, .dropZeroFrames: .list
      case .timeUnit, .lag, .collapse, .alignMissing, .select, .rate, .maxFrames, .keep, .nonfinite, .normalize, .clip,
        .dtype:
        .byModality
      case .preset, .labels, .folds, .fold, .foldsOver, .align, .absent, .times, .shardBytes, .threads, .like, .part:
        .text
      case .skipUnfit, .dropIncomplete, .dropUnlabelled, .overwrite, .resume: .flag
      }
    }
  }

  /// Occurrences by option, in order.
  private var texts: [Name: [String]] = [:]

  package init() {}

  package mutating func add(_ name: Name, _ values: [String]) {
    if !values.isEmpty { texts[name, default: []] += values }
  }

  package mutating func add(_ name: Name, _ value: String?) {
    if let value { add(name, [value]) }
  }

  package func occurrences(_ name: Name) -> [String] { texts[name] ?? [] }

  package func last(_ name: Name) -> String? { texts[name]?.last }

  /// Adds the options of a source of higher precedence.
  package mutating func override(with higher: ConversionOptions) {
    for (name, values) in higher.texts {
      if name.kind == .list { texts[name] = [] }
      add(name, values)
    }
  }

  /// These options over those of the preset that they name, if they name one.
  package func overPreset() throws -> ConversionOptions {
    guard let name = last(.preset) else { return self }
    var options = try Preset.named(name).options
    options.override(with: self)
    return options
  }

  /// - Throws: ``ConversionError`` for a text that has no meaning whatever the inputs are.
  package func configuration() throws -> ConversionConfiguration {
    var result = ConversionConfiguration()
    for text in occurrences(.modality) { result.modalities.append(try ModalityRequest(parsing: text)) }
    switch last(.labels) {
    case nil: result.labels = .automatic
    case "none": result.labels = .none
    case let root?: result.labels = .root(root)
    }
    result.labelColumns = occurrences(.labelColumns)
    result.preset = try last(.preset).map { try Preset.named($0) }
    result.folds = try last(.folds).map { try FoldChoice(parsing: $0, fold: last(.fold)) }
    if result.folds == nil, let fold = last(.fold) { throw SegmentsError.foldWithoutFolds(fold) }
    result.foldsOver = try choice(
      .foldsOver, Dictionary(FoldUnit.allCases.map { ($0.rawValue, $0) }, uniquingKeysWith: { first, _ in first }))
    result.lag = try byModality(.lag)
    result.align = last(.align)
    result.collapse = try byModality(.collapse)
    result.alignMissing = try byModality(.alignMissing)
    result.select = try byModality(.select)
    result.rate = try byModality(.rate)
    result.maxFrames = try byModality(.maxFrames)
    result.keep = try byModality(.keep)
    result.nonfinite = try byModality(.nonfinite)
    result.masksAbsent = try choice(.absent, ["error": false, "mask": true]) ?? false
    result.normalize = try byModality(.normalize)
    result.clip = try byModality(.clip)
    result.dtype = try byModality(.dtype)
    result.dropZeroFrames = names(.dropZeroFrames)
    result.timeUnit = try byModality(.timeUnit)
    result.timesRelative = names(.timesRelative)
    result.keepsTimes = try choice(.times, ["keep": true, "drop": false])
    result.skipsUnfit = try flag(.skipUnfit)
    result.dropsIncomplete = try flag(.dropIncomplete)
    result.dropsUnlabelled = try flag(.dropUnlabelled)
    result.overwrites = try flag(.overwrite)
    result.resumes = try flag(.resume)
    if let text = last(.shardBytes) { result.shardBytes = try ByteCount(parsing: text, option: .shardBytes).bytes }
    if let text = last(.threads) {
      guard let threads = Int(text), (1...1024).contains(threads) else {
        throw ConversionError.notANumber(option: "threads", text: text, wanted: "a number from 1 to 1024")
      }
      result.threads = threads
    }
    result.like = last(.like)
    result.part = try last(.part).map { text throws(ConversionError) in try PartNumber(parsing: text) }
    // Values are read for each modality; those that no input will ever make right are found here.
    for name in Set(result.mentioned.map(\.modality)).sorted() + [""] {
      _ = try result.settings(for: name, isTokens: false)
      _ = try result.unitsPerSecond(of: name)
    }
    try result.checkAlignment()
    return result
  }

  package func byModality(_ name: Name) throws(ConversionError) -> ByModality {
    var result = ByModality()
    for text in occurrences(name) { try result.add(text, option: name.rawValue) }
    return result
  }

  /// Names of modalities, separated by commas.
  private func names(_ name: Name) -> [String] {
    occurrences(name).flatMap { text in text.split(separator: ",").map { String($0.filter { $0 != " " }) } }
  }

  private func flag(_ name: Name) throws(ConversionError) -> Bool {
    try choice(name, ["true": true, "false": false]) ?? false
  }

  private func choice<Value>(_ name: Name, _ values: [String: Value]) throws(ConversionError) -> Value? {
    guard let text = last(name) else { return nil }
    guard let value = values[text] else {
      throw .unknownChoice(option: name.rawValue, text: text, choices: values.keys.sorted())
    }
    return value
  }
}

/// A size as a user writes it: `1000`, `64KiB`, `256MiB`, `2GB`.
struct ByteCount {
  let bytes: Int

  init(parsing text: String, option: ConversionOptions.Name) throws(ConversionError) {
    let units = [
      "": 1, "b": 1, "kib": 1 << 10, "mib": 1 << 20, "gib": 1 << 30, "kb": 1000, "mb": 1_000_000, "gb": 1_000_000_000,
    ]
    let digits = text.prefix { $0.isASCII && $0.isNumber }
    let unit = text.dropFirst(digits.count).filter { $0 != " " }.lowercased()
    guard let number = Int(digits), number > 0, let factor = units[unit],
      case (let bytes, let overflow) = number.multipliedReportingOverflow(by: factor), !overflow
    else {
      throw .notANumber(option: option.rawValue, text: text, wanted: "a size such as 256MiB")
    }
    self.bytes = bytes
  }
}
