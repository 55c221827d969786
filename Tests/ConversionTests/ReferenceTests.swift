import TestSupport
import Testing

/// Holds conversions against a second computation in Python, which shares no line with ours.
@Suite(.disabled(if: Python.isMissing, "\(Python.skipReason)"))
struct `The reference computation` {
  private static let options: [[String]] = [
    [], ["--normalize", "none"], ["--normalize", "minmax,text=none", "--dtype", "text=bf16"],
    ["--rate", "audio=4,vision=2.5", "--nonfinite", "mask"],
    ["--select", "audio=1,3,6-8,vision=2", "--drop-zero-frames", "vision,words,text", "--max-frames", "12,words=3"],
    ["--select", "audio=naq,f0", "--max-frames", "audio=5", "--keep", "last", "--times", "drop"],
    ["--drop-incomplete", "--rate", "text=1", "--nonfinite", "audio=mask", "--dtype", "bf16,vision=f16"],
    ["--modality", "sound=COVAREP", "--modality", "words=words", "--normalize", "zscore", "--rate", "sound=0.7"],
    ["--lag", "text=1,words=1", "--drop-zero-frames", "words,text", "--rate", "audio=4"],
    ["--lag=-2,vision=3", "--rate", "text=1,vision=2.5", "--select", "vision=2", "--drop-zero-frames", "vision"],
    ["--normalize", "robust", "--clip", "2.5,text=none", "--nonfinite", "mask", "--dtype", "vision=f16"],
    ["--normalize", "zscore,audio=robust", "--clip", "audio=1", "--rate", "audio=3", "--label-columns", "sentiment"],
    ["--labels", "none", "--modality", "audio=COVAREP", "--modality", "words=words", "--max-frames", "50"],
    ["--align", "glove_vectors", "--nonfinite", "mask", "--dtype", "vision=f16"],
    ["--align", "words", "--collapse", "max,text=last", "--drop-zero-frames", "vision,words", "--lag", "text=1"],
    [
      "--align", "COVAREP", "--collapse", "first", "--align-missing", "drop", "--max-frames", "30", "--drop-incomplete",
    ],
    ["--align", "Opinion Segment Labels", "--normalize", "minmax", "--select", "audio=1-4", "--times", "drop"],
    ["--align", "words", "--labels", "none", "--modality", "audio=COVAREP", "--modality", "words=words"],
  ]

  private static let folds = """
    {"train": ["clip_01", "clip_02", "clip_03", "clip_04", "clip_05", "clip_08", "clip_10", "clip_13", "clip_14",
               "clip_15", "clip_20", "clip_23"],
     "valid": ["clip_09", "clip_12", "clip_16"], "test": ["clip_06", "clip_07", "clip_11", "clip_17", "clip_18"]}
    """

  @Test(arguments: options, [false, true])
  func `agrees about the fixture`(options: [String], inManyShards: Bool) throws {
    let bench = try Workbench()
    let folds = try bench.write(Self.folds, to: "folds.json")
    let all = options + ["--folds", options.contains("none") && options.contains("--labels") ? "none" : folds]
    let cutting = inManyShards ? ["--shard-bytes", "50kB", "--threads", "3"] : ["--threads", "1"]
    let made = try Program.grfData.run(["convert", "--quiet"] + all + cutting + [Project.fixture, bench.file("out")])
    try #require(made.status == 0, "\(made)")
    let compared = try Python.run(
      file: "tools/reference/reference_conversion.py", ["compare", bench.file("out"), Project.fixture] + all)
    #expect(compared.status == 0, "\(compared)")
    let checked = try Python.run(file: "tools/reference/check_shards.py", [bench.file("out")])
    #expect(checked.status == 0 && checked.output.contains("all as they say"), "\(checked)")
    _ = try bench.sound()
  }

  @Test func `agrees about random datasets`() throws {
    let result = try Python.run(file: "tools/reference/differential.py", [Program.grfData.path, "--count", "40"])
    #expect(result.status == 0 && result.output.contains("40 random datasets: the same"), "\(result)")
  }
}
