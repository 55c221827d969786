import Conversion
import Preprocessing
import Segments
import Shards
import TestSupport
import Testing

/// Which roots become modalities, and every request that cannot be met.
@Suite struct `Modalities of a conversion` {
  private let bench: Workbench

  init() throws { bench = try Workbench(.opinions, .sounds, .speech) }

  private func names(_ options: KeyValuePairs<ConversionOptions.Name, String>) throws -> [String] {
    try bench.convert(options).manifest.modalities.map(\.name)
  }

  private func refuses(_ error: ConversionError, _ options: KeyValuePairs<ConversionOptions.Name, String>) throws {
    #expect(throws: error) { try bench.convert(options) }
    #expect(try bench.names() == ["raw.csd"], "nothing is left behind")
  }

  @Test func `are all known roots, in the order of a dataset`() throws {
    let dataset = try bench.dataset()
    #expect(dataset.manifest.modalities.map(\.name) == ["audio", "words"])
    #expect(dataset.manifest.modalities.map(\.root) == ["COVAREP", "words"])
    #expect(dataset.manifest.labels == ["sentiment"])
    #expect(try dataset.modality("audio").dimensionNames == ["f0", "voiced"])
  }

  @Test func `are only those asked for, in that order and under those names`() throws {
    #expect(try names([.modality: "words", .modality: "sound=COVAREP"]) == ["words", "sound"])
    #expect(try names([.modality: "COVAREP", .overwrite: "true"]) == ["audio"])
    #expect(try names([.modality: "audio", .overwrite: "true"]) == ["audio"])
  }

  @Test func `are named after themselves where nobody knows them or another has the better claim`() throws {
    let bench = try Workbench(
      .opinions, .frames("FACET_4.1", [("a", [[1]])]), .frames("FACET 4.2", [("a", [[2]])]),
      .frames("My Own-Features", [("a", [[3]])]), .frames("my own_features", [("a", [[4]])]),
      .frames("9 lives", [("a", [[5]])]), .frames("labels", [("a", [[6]])]))
    let report = try bench.convert()
    #expect(
      report.manifest.modalities.map { "\($0.name)=\($0.root)" } == [
        "vision=FACET 4.2", "facet_4_1=FACET_4.1", "m_9_lives=9 lives",
        "my_own_features=My Own-Features", "my_own_features_2=my own_features",
      ])
    #expect(report.notes.count == 5)
    #expect(
      report.notes.contains("\"FACET_4.1\" becomes the modality facet_4_1; name it with --modality NAME=ROOT"))
  }

  /// Under the name that the SDK's `deploy` gives them, and under others.
  @Test(arguments: ["CMU_MOSI_Opinion_Labels", "my labels", "LABEL"])
  func `are never the labels, by whatever name these go`(root: String) throws {
    let bench = try Workbench(.labels([("a", [(0, 2, 1.5), (2, 4, -0.5)])], root: root), .sounds)
    let dataset = try bench.dataset([.folds: "none", .normalize: "none"])
    #expect(dataset.samples.map(\.id) == ["a[0]", "a[1]"] && dataset.samples.map(\.labels) == [[1.5], [-0.5]])
    #expect(dataset.manifest.modalities.map(\.name) == ["audio"] && dataset.manifest.labels == ["sentiment"])
    let unlabelled = try bench.convert([.labels: "none", .overwrite: "true"])
    #expect(unlabelled.manifest.modalities.map(\.name) == ["audio"] && unlabelled.notes.count == 1)
    #expect(try names([.modality: "x=COVAREP", .labels: "none"]) == ["x"])
    let asked = try bench.convert([.modality: "x=\(root)", .overwrite: "true", .folds: "none"])
    #expect(asked.manifest.modalities.map(\.name) == ["x"] && asked.manifest.labels.isEmpty)
  }

  @Test func `leave it to the user which of several lookalikes are the labels`() throws {
    let bench = try Workbench(
      .labels([("a", [(0, 2, 1)])], root: "labels one"), .labels([("a", [(0, 4, 2)])], root: "two (label)"), .sounds)
    let error = ConversionError.ambiguousLabels(roots: ["labels one", "two (label)"])
    #expect(throws: error) { try bench.convert() }
    #expect(error.description.contains("--labels") && error.isRequestAtFault)
    let report = try bench.convert([.labels: "two (label)"])
    #expect(
      report.manifest.modalities.map(\.name) == ["audio"] && report.manifest.configuration["labels"] == "two (label)")
  }

  @Test func `are not what has the rows and the values of labels`() throws {
    let long = Recipe.frames("COVAREP", [("a", (0..<20).map { [Float($0)] })])
    func ratings(_ value: Float, root: String = "ratings") -> Recipe {
      .labels([("a", [(0, 2, value), (2, 4, -3)])], root: root)
    }
    let bench = try Workbench(ratings(2.5), long)
    let report = try bench.convert([.folds: "none"])
    #expect(report.manifest.configuration["labels"] == "ratings" && report.manifest.modalities.map(\.name) == ["audio"])
    #expect(report.notes.contains { $0.hasPrefix("\"ratings\" looks like labels") }, "\(report.notes)")

    // Beside labels that are known they stay out as well; several need a word from the user.
    let both = try Workbench(ratings(2.5), .opinions, long)
    #expect(try both.convert().manifest.modalities.map(\.name) == ["audio"])
    let several = try Workbench(ratings(1), ratings(2, root: "scores"), long)
    #expect(throws: ConversionError.ambiguousLabels(roots: ["ratings", "scores"])) { try several.convert() }

    // A value beyond the scale, short rows, or no longer root beside them: features like any others.
    let short = Recipe.labels([("a", [(0, 0.2, 1), (0.2, 0.4, -3)])], root: "ratings")
    for recipes in [[ratings(3.5), long], [short, long], [ratings(2.5), .sounds]] {
      let bench = try Workbench()
      try bench.write(recipes)
      #expect(try bench.convert([.folds: "none"]).manifest.modalities.map(\.name) == ["audio", "ratings"])
    }
  }

  @Test func `bear the name of their file where that is known`() throws {
    let bench = try Workbench()
    try bench.write([.opinions], to: "CMU_MOSI_Opinion_Labels.csd")
    try bench.write([.frames("unheard of", [("a", [[1]])])], to: "CMU_MOSI_COVAREP.csd")
    let report = try bench.convert(from: ["CMU_MOSI_Opinion_Labels.csd", "CMU_MOSI_COVAREP.csd"])
    #expect(report.manifest.modalities.map(\.name) == ["audio"] && report.notes.isEmpty)
  }

  @Test func `refuse a root that no input has`() throws {
    let roots = ["COVAREP", "Opinion Segment Labels", "words"]
    try refuses(.unknownRoot(option: "modality", root: "COVARAP", roots: roots), [.modality: "x=COVARAP"])
    // Names that modalities would have are choices as well, each once.
    let all = roots + ["audio"]
    try refuses(.unknownRoot(option: "modality", root: "vision", roots: all), [.modality: "vision"])
    try refuses(.unknownRoot(option: "labels", root: "Labels", roots: roots + ["none"]), [.labels: "Labels"])
    let error = ConversionError.unknownRoot(option: "modality", root: "COVARAP", roots: roots)
    #expect(
      error.description == "--modality: no input has the root \"COVARAP\" (did you mean \"COVAREP\"?); "
        + "there are \"COVAREP\", \"Opinion Segment Labels\", \"words\"")
  }

  @Test func `refuse one name for two`() throws {
    try refuses(.duplicateModality("x"), [.modality: "x=COVAREP", .modality: "x=words"])
    try refuses(.duplicateModality("audio"), [.modality: "COVAREP", .modality: "audio"])
  }

  @Test func `refuse the labels among them`() throws {
    let root = "Opinion Segment Labels"
    try refuses(.labelsAsModality(root: root), [.modality: root])
    try refuses(.labelsAsModality(root: root), [.modality: "x=\(root)"])
    #expect(try names([.modality: "x=\(root)", .labels: "none"]) == ["x"])
  }

  @Test func `refuse labels alone`() throws {
    let bench = try Workbench(.opinions)
    #expect(throws: ConversionError.noModality) { try bench.convert() }
    #expect(throws: ConversionError.noModality) { try bench.convert([.labels: "none"]) }
  }

  @Test(arguments: [
    ConversionOptions.Name.lag, .select, .rate, .maxFrames, .keep, .nonfinite, .normalize, .dtype, .dropZeroFrames,
  ])
  func `refuse an option for one that is not there`(option: ConversionOptions.Name) throws {
    let text = option == .dropZeroFrames ? "video" : "video=\(Workbench.anyValue(of: option))"
    let error = ConversionError.unknownModality(option: option.rawValue, name: "video", names: ["audio", "words"])
    try refuses(error, [option: text])
    #expect(error.description == "--\(option.rawValue): there is no modality \"video\"; there are audio, words")
  }

  @Test func `refuse labels that are text, or are there twice`() throws {
    #expect(throws: SegmentsError.labelsAreText(path: bench.file("raw.csd"), root: "words")) {
      try bench.convert([.labels: "words"])
    }
    let twice = try Workbench(.labels([("a", [(0, 1, 1), (1, 2, 1)]), ("a[1]", [(1, 2, 1)])]), .sounds)
    #expect(throws: SegmentsError.duplicateSample(path: twice.file("raw.csd"), id: "a[1]")) { try twice.convert() }
  }

  @Test func `refuse columns and rates that they cannot have`() throws {
    let error = PreprocessingError.columnOutOfRange(modality: "audio", column: 2, dimension: 2)
    #expect(throws: error) { try bench.convert([.select: "audio=2"]) }
    #expect(throws: PreprocessingError.tokensCannotBeResampled(modality: "words")) {
      try bench.convert([.rate: "words=2"])
    }
    #expect(throws: PreprocessingError.tokensHaveNoColumns(modality: "words")) {
      try bench.convert([.select: "words=0"])
    }
    let malformed = ConversionError.notANumber(option: "rate", text: "x", wanted: "frames a second, above 0")
    #expect(throws: malformed) { try bench.convert([.rate: "audio=x"]) }
    #expect(try bench.names() == ["raw.csd"])
  }

  @Test func `refuse a root without rows`() throws {
    let bench = try Workbench(.opinions, .sounds, .tokens("words", [("a", [])]))
    #expect(throws: SegmentsError.noRows(modality: "words")) { try bench.convert() }
    #expect(throws: SegmentsError.noRows(modality: "words")) { try bench.convert([.labels: "none"]) }
    #expect(try bench.names() == ["raw.csd"])
  }

  @Test func `leave further labels out, and say so`() throws {
    let bench = try Workbench(.opinions, .sounds, .labels([("a", [(0, 4, 1)])], root: "All Labels"))
    let report = try bench.convert()
    #expect(report.manifest.modalities.map(\.name) == ["audio"])
    #expect(
      report.notes == [
        "\"All Labels\" looks like labels and is left out; take it with --labels, or as --modality NAME=ROOT"
      ])
    let other = try bench.dataset([.labels: "All Labels", .overwrite: "true"])
    #expect(other.samples.map(\.id) == ["a[0]"] && other.manifest.modalities.map(\.name) == ["audio"])
  }

  @Test func `refuse labels and features that share no moment`() throws {
    let late = Recipe(
      root: "COVAREP", entries: [.init(id: "a", features: .float32([1], columns: 1), intervals: [(100, 101)])])
    for recipe in [late, .frames("COVAREP", [("c", [[1]])])] {
      let bench = try Workbench(.opinions, recipe, .speech)
      #expect(throws: SegmentsError.noOverlap(labels: "Opinion Segment Labels", modality: "COVAREP")) {
        try bench.convert()
      }
      #expect(try bench.names() == ["raw.csd"])
    }
  }

  @Test func `refuse labels without a row`() throws {
    let bench = try Workbench(.labels([]), .sounds)
    let error = SegmentsError.noLabels(path: bench.file("raw.csd"), root: "Opinion Segment Labels")
    #expect(throws: error) { try bench.convert() }
  }

  @Test func `tell of videos in the folds that are not in the data, whatever the file is called`() throws {
    let folds = try bench.write(#"{"train": ["a", "b", "elsewhere"], "valid": ["nowhere"]}"#, to: "folds")
    let notes = try bench.convert([.folds: folds]).notes
    #expect(notes.contains("2 of the 4 videos in the folds are not in the data"), "\(notes)")
  }

  @Test(arguments: ["none", "Opinion Segment Labels"])
  func `refuse a root without a row`(labels: String) throws {
    let bench = try Workbench(.opinions, .frames("COVAREP", []), .speech)
    #expect(throws: SegmentsError.noRows(modality: "COVAREP")) { try bench.convert([.labels: labels]) }
    #expect(try bench.names() == ["raw.csd"])
  }
}

@Suite struct `Errors of a conversion` {
  /// What, where, what to do; and the exit status that it leads to.
  @Test(
    arguments: [
      (
        .malformedOption(option: "rate", text: "text="),
        "--rate text=: not understood; give VALUE for every modality, or NAME=VALUE, separated by commas", 64
      ),
      (
        .unknownChoice(option: "dtype", text: "f23", choices: ["f32", "bf16"]),
        "--dtype f23: unknown (did you mean \"f32\"?); give one of f32, bf16", 64
      ),
      (.notANumber(option: "threads", text: "x", wanted: "a number"), "--threads x: give a number", 64),
      (
        .invalidModalityName("1"),
        "--modality 1: a modality's name is made of letters, digits and _, begins with a letter, "
          + "and is neither labels nor sample", 64
      ),
      (
        .unknownModality(option: "rate", name: "vidio", names: ["video", "text"]),
        "--rate: there is no modality \"vidio\" (did you mean \"video\"?); there are video, text", 64
      ),
      (.duplicateModality("x"), "--modality: x is given twice; choose another name for one", 64),
      (
        .labelsAsModality(root: "L"),
        "--modality: \"L\" holds the labels; choose other labels with --labels, or none", 64
      ),
      (.noModality, "the inputs hold labels only; give sequences of features as well", 1),
      (
        .emptyTrain,
        "no sample is in the train split, so nothing can be normalized; choose other folds with --folds", 1
      ),
      (.outputExists("out"), "out: exists already; give --overwrite to replace it, or another folder", 1),
      (
        .outputNotDataset(path: "out", found: "a file"),
        "out: not a dataset (it holds a file), so it is not replaced; give another folder", 1
      ),
      (
        .outputBusy(path: "out", holder: "process 7"),
        "out: another conversion is writing there (process 7); wait for it, or give another folder", 1
      ),
      (
        .beyondType(modality: "audio", dimension: "f0", type: "f16"),
        "audio: a value of dimension f0 lies beyond the range of f16 after normalization; "
          + "choose --dtype audio=bf16 or another --normalize", 1
      ),
      (
        .beyondType(modality: "audio", dimension: "3", type: "bf16"),
        "audio: a value of dimension 3 lies beyond the range of bf16 after normalization; "
          + "choose --dtype audio=f32 or another --normalize", 1
      ),
      (
        .beyondType(modality: "audio", dimension: "3", type: "f32"),
        "audio: a value of dimension 3 lies beyond the range of f32 after normalization; choose another --normalize", 1
      ),
      (.unlike(dataset: "old", problem: "too old"), "--like old: too old", 1),
      (
        .likeConflict(option: "rate"),
        "--rate: cannot be combined with --like, which takes it from that dataset; leave one of them out", 64
      ),
    ] as [(ConversionError, String, Int)])
  func `say what to do`(error: ConversionError, text: String, status: Int) {
    #expect(error.description == text)
    #expect(error.isRequestAtFault == (status == 64))
  }
}
