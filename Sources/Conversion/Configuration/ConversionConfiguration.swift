internal import PackedSequences
internal import Preprocessing
package import Segments
internal import Shards

/// A modality that was asked for: a root, and the name that it shall have.
package struct ModalityRequest: Sendable, Equatable {
  /// Nil: the root's own.
  package let name: String?
  package let root: String

  /// Reads `NAME=ROOT`, or the name of a root or of a known modality.
  package init(parsing text: String) throws(ConversionError) {
    guard let equals = text.firstIndex(of: "=") else {
      guard !text.isEmpty else { throw .malformedOption(option: "modality", text: text) }
      (name, root) = (nil, text)
      return
    }
    let name = String(text[..<equals])
    guard ModalityName.isValid(name) else { throw .invalidModalityName(name) }
    let root = String(text[text.index(after: equals)...])
    guard !root.isEmpty else { throw .malformedOption(option: "modality", text: text) }
    (self.name, self.root) = (name, root)
  }

  /// A known name, or a root's own.
  package init(known root: String) { (name, self.root) = (nil, root) }
}

/// Everything that decides what a conversion makes, and how it runs.
package struct ConversionConfiguration: Sendable, Equatable {
  package enum Labels: Sendable, Equatable {
    /// The best known label root, if there is one.
    case automatic
    case root(String)
    case none
  }

  /// What the options began with; its data are held against what it expects.
  package var preset: Preset?
  package var modalities: [ModalityRequest] = []
  package var labels = Labels.automatic
  /// Columns of the labels, by name or number; empty for all.
  package var labelColumns: [String] = []
  /// Nil: `auto`, or undivided under ``like``.
  package var folds: FoldChoice?
  /// What a random split keeps together; nil: videos, where the names do not speak against it.
  package var foldsOver: FoldUnit?
  /// Whether entries bear the ids of samples as a dataset spells them, because another reader has made them.
  package var namesAreFinal = false
  /// The unit of a modality's times: `s`, `ms`, or so many a second.
  package var timeUnit = ByModality()
  /// Modalities whose times count from the start of each segment.
  package var timesRelative: [String] = []
  package var lag = ByModality()
  /// The root, or the modality, whose rows every other modality is aligned to; nil for none.
  package var align: String?
  package var collapse = ByModality()
  package var alignMissing = ByModality()
  package var select = ByModality()
  package var dropZeroFrames: [String] = []
  package var rate = ByModality()
  package var maxFrames = ByModality()
  package var keep = ByModality()
  package var nonfinite = ByModality()
  /// Whether values that no file holds are stored as masked frames; otherwise they are an error.
  package var masksAbsent = false
  package var normalize = ByModality()
  package var clip = ByModality()
  package var dtype = ByModality()
  /// Nil: true, or as in ``like``.
  package var keepsTimes: Bool?
  /// Whether entries that do not fit are left out; otherwise they are an error.
  package var skipsUnfit = false
  package var dropsIncomplete = false
  package var dropsUnlabelled = false
  package var shardBytes = 256 << 20
  package var threads: Int?
  package var overwrites = false
  /// A dataset whose preprocessing and statistics are applied.
  package var like: String?
  /// Which part of the dataset is made; nil for all of it.
  package var part: PartNumber?
  /// Whether to go on where an interrupted conversion stopped.
  package var resumes = false

  package init() {}

  /// The settings of a modality.
  ///
  /// - Parameter isTokens: what cannot be done to tokens is an error where it was asked for by name, and otherwise
  ///   left out.
  package func settings(for modality: String, isTokens: Bool) throws -> ModalitySettings {
    var settings = ModalitySettings()
    if let (text, _) = lag.value(for: modality) {
      guard let rows = Int(text), LaggedRows.lags.contains(rows) else {
        throw ConversionError.notANumber(
          option: "lag", text: text,
          wanted: "a number of rows from \(LaggedRows.lags.lowerBound) to \(LaggedRows.lags.upperBound)")
      }
      settings.lag = rows == 0 ? nil : rows
    }
    settings.alignment = try alignment(of: modality, isTokens: isTokens)
    if let (text, isNamed) = select.value(for: modality) {
      if !isTokens {
        settings.select = text
      } else if isNamed {
        throw PreprocessingError.tokensHaveNoColumns(modality: modality)
      }
    }
    settings.rules.dropsZeroFrames = dropZeroFrames.contains(modality)
    if let (text, isNamed) = rate.value(for: modality) {
      guard let rate = Double(text), rate > 0, rate.isFinite else {
        throw ConversionError.notANumber(option: "rate", text: text, wanted: "frames a second, above 0")
      }
      if !isTokens {
        settings.rules.rate = rate
      } else if isNamed {
        throw PreprocessingError.tokensCannotBeResampled(modality: modality)
      }
    }
    if let (text, _) = maxFrames.value(for: modality) {
      guard let frames = Int(text), frames > 0 else {
        throw ConversionError.notANumber(option: "max-frames", text: text, wanted: "a number of frames, above 0")
      }
      settings.rules.maxFrames = frames
    }
    settings.rules.keep = try choice("keep", keep, modality) ?? .first
    settings.nonfinite = try choice("nonfinite", nonfinite, modality) ?? (masksAbsent ? .mask : .zero)
    settings.normalization = try choice("normalize", normalize, modality) ?? .zscore
    settings.type = try choice("dtype", dtype, modality) ?? .f32
    settings.clip = try clipLimit(modality, settings.normalization, isTokens: isTokens)
    if isTokens { settings.normalization = .none }
    return settings
  }

  /// - Throws: an error where there is a limit, but nothing that it could be measured in.
  private func clipLimit(
    _ modality: String, _ normalization: Manifest.Normalization, isTokens: Bool
  ) throws(ConversionError) -> Double? {
    guard let (text, isNamed) = clip.value(for: modality), text != "none" else { return nil }
    guard let limit = Double(text), limit > 0, limit.isFinite else {
      throw .notANumber(option: "clip", text: text, wanted: "a number above 0, or none")
    }
    if isTokens {
      guard !isNamed else { throw .cannotClip(modality: modality, reason: "it holds tokens") }
      return nil
    }
    // Without a name it is not known yet which modalities there are.
    guard modality.isEmpty || normalization == .zscore || normalization == .robust else {
      throw .cannotClip(
        modality: modality,
        reason: "--normalize \(normalization.rawValue) has no deviation that a limit could be measured in")
    }
    return limit
  }

  /// Read whether or not there is something to align to, so that a wrong text is always found.
  private func alignment(of modality: String, isTokens: Bool) throws -> AlignmentRules? {
    var rules = AlignmentRules()
    rules.collapse = try choice("collapse", collapse, modality) ?? .mean
    rules.missing = try choice("align-missing", alignMissing, modality) ?? .zero
    if isTokens && rules.collapse.needsNumbers {
      if collapse.value(for: modality)?.isNamed == true {
        throw PreprocessingError.tokensCannotBeCombined(modality: modality, how: rules.collapse.rawValue)
      }
      rules.collapse = .first
    }
    return align == nil ? nil : rules
  }

  private func choice<Value: RawRepresentable & CaseIterable>(
    _ option: String, _ values: ByModality, _ modality: String
  ) throws(ConversionError) -> Value? where Value.RawValue == String {
    guard let text = values.value(for: modality)?.text else { return nil }
    guard let value = Value.allCases.first(where: { $0.rawValue == text }) else {
      throw .unknownChoice(option: option, text: text, choices: Value.allCases.map(\.rawValue))
    }
    return value
  }

  /// What a modality's times count: 1 for seconds.
  func unitsPerSecond(of modality: String) throws(ConversionError) -> Double {
    switch timeUnit.value(for: modality)?.text {
    case nil, "s": return 1
    case "ms": return 1000
    case let text?:
      guard let units = Double(text), units > 0, units.isFinite else {
        throw .notANumber(option: "time-unit", text: text, wanted: "s, ms, or how many make a second, such as 30")
      }
      return units
    }
  }

  /// Names of modalities that options mention, with the option.
  package var mentioned: [(option: String, modality: String)] {
    let lists = [
      ("time-unit", timeUnit), ("lag", lag), ("collapse", collapse), ("align-missing", alignMissing),
      ("select", select), ("rate", rate),
      ("max-frames", maxFrames), ("keep", keep), ("nonfinite", nonfinite), ("normalize", normalize), ("clip", clip),
      ("dtype", dtype),
    ]
    return lists.flatMap { option, values in values.names.map { (option, $0) } }
      + dropZeroFrames.map { ("drop-zero-frames", $0) } + timesRelative.map { ("times-relative", $0) }
  }
}
