import Conversion
import Preprocessing
import Segments
import TestSupport
import Testing

@Suite struct `Option values by modality` {
  private func texts(_ occurrences: [String]) throws(ConversionError) -> [String] {
    var values = ByModality()
    for text in occurrences { try values.add(text, option: "select") }
    return values.assignments.map { assignment in (assignment.modality.map { $0 + "=" } ?? "") + assignment.value }
  }

  private func value(_ occurrences: [String], _ modality: String) throws -> String? {
    var values = ByModality()
    for text in occurrences { try values.add(text, option: "select") }
    return values.value(for: modality)?.text
  }

  @Test(arguments: [
    ("15", ["15"]), ("text=1", ["text=1"]), ("audio=1,3,6", ["audio=1,3,6"]), ("1,3,6", ["1,3,6"]),
    ("audio=1,3,vision=2,4-5,text=0", ["audio=1,3", "vision=2,4-5", "text=0"]),
    ("zscore,text=none", ["zscore", "text=none"]), (" text = a b , c ", ["text=a b,c"]), ("a_1=b=c", ["a_1=b=c"]),
  ])
  func `a piece without = belongs to the value before it`(text: String, expected: [String]) throws {
    #expect(try texts([text]) == expected)
    #expect(try texts(texts([text])) == expected, "read back")
  }

  @Test(
    arguments: [
      (["none"], "text", "none"), (["none"], "audio", "none"), (["none,text=zscore"], "text", "zscore"),
      (["none,text=zscore"], "audio", "none"), (["text=zscore", "none"], "text", "none"),
      (["text=zscore", "text=none"], "text", "none"), (["text=zscore"], "audio", nil), ([], "text", nil),
    ] as [([String], String, String?)])
  func `the last that is for a modality wins, and a bare one is for all`(
    occurrences: [String], modality: String, expected: String?
  ) throws {
    #expect(try value(occurrences, modality) == expected)
  }

  @Test(
    arguments: [
      (["none"], ["none"]), (["text=1,audio=2"], ["text=1", "audio=2"]),
      (["text=1", "3", "audio=2"], ["3", "audio=2"]),
      (["3,text=1", "audio=2", "text=4"], ["3", "audio=2", "text=4"]), (["1", "2"], ["2"]), ([], []),
    ] as [([String], [String])])
  func `only those that count are left in the end`(occurrences: [String], expected: [String]) throws {
    var values = ByModality()
    for text in occurrences { try values.add(text, option: "select") }
    #expect(values.effective.map { ($0.modality.map { $0 + "=" } ?? "") + $0.value } == expected)
  }

  @Test func `tells whether the modality was named`() throws {
    var values = ByModality()
    try values.add("2,text=3", option: "rate")
    #expect(values.value(for: "text")?.isNamed == true && values.value(for: "audio")?.isNamed == false)
    #expect(values.names == ["text"])
  }

  @Test(arguments: ["", " ", "text=", "text= ,audio=1", "=1", "1a=2", "labels=1", "sample=1", "a b=1", "é=1"])
  func `refuses an empty value or an impossible name`(text: String) {
    #expect(throws: ConversionError.malformedOption(option: "select", text: text)) { try texts([text]) }
  }
}

@Suite struct `Options of a conversion` {
  private func configuration(
    _ options: KeyValuePairs<ConversionOptions.Name, String>
  ) throws -> ConversionConfiguration { try Workbench.configuration(options) }

  @Test func `have defaults`() throws {
    let settings = try configuration([:]).settings(for: "text", isTokens: false)
    #expect(try configuration([:]) == ConversionConfiguration())
    #expect(settings == ModalitySettings())
    #expect(settings.nonfinite == .zero && settings.normalization == .zscore && settings.type == .f32)
    #expect(!settings.rules.dropsZeroFrames && settings.rules.rate == nil && settings.rules.maxFrames == nil)
  }

  @Test func `carry every value`() throws {
    let found = try configuration([
      .modality: "face=FACET 4.2", .modality: "words", .labels: "All Labels", .folds: "ratio:0.5,0.25,0.25",
      .lag: "face=-2", .align: "a,b=c", .collapse: "max,words=last", .alignMissing: "drop", .select: "face=0-1",
      .dropZeroFrames: "face, words", .maxFrames: "50",
      .keep: "last",
      .nonfinite: "mask", .normalize: "minmax", .dtype: "bf16", .times: "drop", .dropIncomplete: "true",
      .shardBytes: "64KiB", .threads: "3", .overwrite: "true", .like: "other",
    ])
    #expect(found.modalities.map(\.name) == ["face", nil] && found.modalities.map(\.root) == ["FACET 4.2", "words"])
    #expect(found.labels == .root("All Labels") && found.folds == .ratio([0.5, 0.25, 0.25]))
    #expect(found.keepsTimes == false && found.dropsIncomplete && found.overwrites && found.like == "other")
    #expect(found.shardBytes == 65536 && found.threads == 3)
    let face = try found.settings(for: "face", isTokens: false)
    #expect(face.select == "0-1" && face.rules.dropsZeroFrames && face.rules.maxFrames == 50)
    #expect(face.lag == -2 && found.align == "a,b=c")
    #expect(face.alignment == AlignmentRules(collapse: .max, missing: .drop))
    #expect(try found.settings(for: "words", isTokens: true).alignment?.collapse == .last)
    #expect(try configuration([.rate: "face=15"]).settings(for: "face", isTokens: false).rules.rate == 15)
    #expect(face.rules.keep == .last && face.nonfinite == .mask && face.normalization == .minmax && face.type == .bf16)
    let words = try found.settings(for: "words", isTokens: true)
    #expect(words.select == nil && words.rules.rate == nil && words.rules.dropsZeroFrames)
    #expect(words.normalization == .none, "tokens have nothing to normalize")
    #expect(try configuration([.labels: "none"]).labels == .none)
  }

  @Test func `win over those added before`() throws {
    let found = try configuration([
      .normalize: "none,text=minmax", .folds: "none", .threads: "1", .times: "drop", .normalize: "text=zscore",
      .folds: "auto", .threads: "2", .times: "keep", .dropIncomplete: "true", .dropIncomplete: "false",
    ])
    #expect(try found.settings(for: "text", isTokens: false).normalization == .zscore)
    #expect(try found.settings(for: "audio", isTokens: false).normalization == .none)
    #expect(found.folds == .auto && found.threads == 2 && found.keepsTimes == true && !found.dropsIncomplete)
  }

  @Test(arguments: [
    ("1", 1), ("1000", 1000), ("64KiB", 65536), ("2 MiB", 2 << 20), ("1gib", 1 << 30), ("3kB", 3000),
    ("5MB", 5_000_000),
    ("2GB", 2_000_000_000), ("7B", 7),
  ])
  func `read sizes`(text: String, bytes: Int) throws {
    #expect(try configuration([.shardBytes: text]).shardBytes == bytes)
  }

  @Test(arguments: ["", "0", "-1", "MiB", "1.5MiB", "10 apples", "9223372036854775807GiB", "99999999999999999999"])
  func `refuse what is no size`(text: String) {
    #expect(throws: ConversionError.notANumber(option: "shard-bytes", text: text, wanted: "a size such as 256MiB")) {
      try configuration([.shardBytes: text])
    }
  }

  @Test(arguments: ["", "0", "1025", "-2", "two", "1.5"])
  func `refuse what is no number of threads`(text: String) {
    #expect(throws: ConversionError.notANumber(option: "threads", text: text, wanted: "a number from 1 to 1024")) {
      try configuration([.threads: text])
    }
  }

  @Test(arguments: [
    (ConversionOptions.Name.times, "maybe", ["drop", "keep"]), (.dropIncomplete, "yes", ["false", "true"]),
    (.overwrite, "", ["false", "true"]),
  ])
  func `refuse an unknown choice`(name: ConversionOptions.Name, text: String, choices: [String]) {
    #expect(throws: ConversionError.unknownChoice(option: name.rawValue, text: text, choices: choices)) {
      try configuration([name: text])
    }
  }

  @Test(arguments: [
    (ConversionOptions.Name.keep, "middle", ["first", "last"]), (.nonfinite, "Zero", ["zero", "mask", "error"]),
    (.normalize, "z-score", ["none", "zscore", "minmax", "robust"]), (.dtype, "f64", ["f32", "f16", "bf16"]),
    (.collapse, "median", ["mean", "first", "last", "max"]), (.alignMissing, "nan", ["zero", "drop"]),
  ])
  func `refuse an unknown choice for a modality`(name: ConversionOptions.Name, text: String, choices: [String]) throws {
    for value in [text, "text=\(text)"] {
      #expect(throws: ConversionError.unknownChoice(option: name.rawValue, text: text, choices: choices)) {
        try configuration([name: value])
      }
    }
  }

  @Test(arguments: ["0", "-1", "fast", "nan", "inf", "1,2"])
  func `refuse what is no rate`(text: String) throws {
    #expect(throws: ConversionError.notANumber(option: "rate", text: text, wanted: "frames a second, above 0")) {
      try configuration([.rate: text])
    }
  }

  @Test(arguments: ["0", "-1", "many", "1.5", "3,4"])
  func `refuse what is no number of frames`(text: String) throws {
    let error = ConversionError.notANumber(
      option: "max-frames", text: text, wanted: "a number of frames, above 0")
    #expect(throws: error) { try configuration([.maxFrames: text]) }
  }

  @Test(arguments: ["", "one", "1.5", "1001", "-1001", "1,2", "99999999999999999999"])
  func `refuse what is no lag`(text: String) throws {
    let error = ConversionError.notANumber(option: "lag", text: text, wanted: "a number of rows from -1000 to 1000")
    #expect(throws: text.isEmpty ? .malformedOption(option: "lag", text: text) : error) {
      try configuration([.lag: text])
    }
  }

  @Test func `refuse for tokens only what was asked for by name`() throws {
    #expect(try configuration([.rate: "5", .select: "0"]).settings(for: "words", isTokens: true) != ModalitySettings())
    #expect(throws: PreprocessingError.tokensCannotBeResampled(modality: "words")) {
      try configuration([.rate: "words=5"]).settings(for: "words", isTokens: true)
    }
    #expect(throws: PreprocessingError.tokensHaveNoColumns(modality: "words")) {
      try configuration([.select: "words=0"]).settings(for: "words", isTokens: true)
    }
  }

  @Test(arguments: ["1a=root", "=root", "a b=root", "labels=root", "sample=x"])
  func `refuse an impossible name for a modality`(text: String) {
    let name = String(text.prefix { $0 != "=" })
    #expect(throws: ConversionError.invalidModalityName(name)) { try configuration([.modality: text]) }
  }

  @Test func `split neither modalities nor labels, which may hold commas`() throws {
    let found = try configuration([.modality: "a=b,c=d", .labels: "x,y"])
    #expect(found.modalities.map(\.root) == ["b,c=d"] && found.labels == .root("x,y"))
    #expect(throws: ConversionError.malformedOption(option: "modality", text: "")) {
      try configuration([.modality: ""])
    }
  }

  @Test func `refuse folds that are none`() {
    #expect(throws: SegmentsError.malformedRatio("ratio:1,1")) { try configuration([.folds: "ratio:1,1"]) }
    #expect(throws: SegmentsError.self) { try configuration([.folds: "cmu-mosie"]) }
  }
}
