import ComputationalSequences
import Conversion
import Shards
import TestSupport
import Testing

/// Normalization by median and interquartile range, and limits on what normalization gives.
@Suite struct `Robust normalization` {
  /// One video with as many one-second segments as rows of two columns.
  private func bench(_ rows: [[Float]]) throws -> Workbench {
    try Workbench(
      .labels([("a", Recipe.seconds(rows.count).map { ($0.0, $0.1, 0) })]), .frames("COVAREP", [("a", rows)]))
  }

  private func values(_ dataset: Dataset) -> [Float] { dataset.samples.flatMap { $0["audio"].values } }

  @Test func `takes the median to 0 and the interquartile range to 1`() throws {
    // Sorted: 1 2 3 4 100, quartiles 2, 3 and 4; the second column has equal ones.
    let dataset = try bench([[3, 7], [100, 7], [1, 7], [.nan, 9], [4, 7], [2, 7]])
      .dataset([.folds: "none", .normalize: "robust"])
    #expect(values(dataset) == [0, 0, 48.5, 0, -1, 0, 0, 2, 0.5, 0, -0.5, 0])
    let modality = try dataset.modality("audio")
    let quartiles = Manifest.Quartiles(q1: [2, 7], median: [3, 7], q3: [4, 7])
    #expect(modality.statistics?.quartiles == quartiles && modality.normalization == .robust)
    #expect(modality.scaling?.shift == [3, 7] && modality.scaling?.scale == [2, 1])
    #expect(modality.clip == nil)
  }

  @Test func `leaves a dimension without a finite value alone`() throws {
    let dataset = try bench([[1, .nan], [3, .infinity]]).dataset([.folds: "none", .normalize: "robust"])
    #expect(try dataset.statistics("audio").quartiles == .init(q1: [1.5, nil], median: [2, nil], q3: [2.5, nil]))
    #expect(values(dataset) == [-1, 0, 1, 0])
  }

  @Test func `is fitted on valid frames, and as often as they are stored`() throws {
    let bench = try Workbench(
      .labels([("a", [(0, 3, 0), (2, 4, 0)])]),
      .frames("COVAREP", [("a", [[1, 0], [50, .nan], [3, 0], [5, 0]])]))
    let masked = try bench.dataset([.folds: "none", .normalize: "robust", .nonfinite: "mask"])
    // 1, 3 | 3, 5
    #expect(try masked.statistics("audio").quartiles?.median == [3, 0])
    #expect(try masked.statistics("audio").quartiles?.q1 == [2.5, 0])
    let whole = try bench.dataset([.folds: "none", .normalize: "robust", .overwrite: "true"])
    #expect(try whole.statistics("audio").quartiles?.q3 == [5, 0])
  }

  @Test func `is fitted on averages as they are, not rounded`() throws {
    let bench = try Workbench(
      .labels([("a", [(0, 3, 0), (3, 6, 0)])]),
      .frames("COVAREP", [("a", [[1], [0], [0], [0], [0], [2]])]))
    let dataset = try bench.dataset([.folds: "none", .normalize: "robust", .rate: "audio=0.1"])
    let (first, second) = (1.0 / 3, 2.0 / 3)
    let quartiles = try #require(try dataset.statistics("audio").quartiles)
    // As numpy has it, from the nearer neighbour.
    #expect(quartiles.median == [second - (second - first) * 0.5] && quartiles.q1 == [first + (second - first) * 0.25])
  }

  @Test func `is of train alone, and others take it over`() throws {
    let bench = try Workbench(
      .opinions, .frames("COVAREP", [("a", [[1], [2], [3], [4]]), ("b", [[500], [6]])]))
    let folds = try bench.write(#"{"train": ["a"], "test": ["b"]}"#, to: "folds.json")
    let dataset = try bench.dataset([.folds: folds, .normalize: "robust", .clip: "2"])
    // Both lie beyond the limit: quartiles 1.75, 2.5 and 3.25.
    #expect(try dataset.sample("b[0]")["audio"].values == [2, 2])
    #expect(try dataset.modality("audio").clip == .init(limit: 2, values: 2))
    try bench.convert([.like: bench.file("out")], to: "like")
    let like = try bench.sound("like")
    #expect(try like.modality("audio").clip == .init(limit: 2, values: 2))
    #expect(try like.statistics("audio") == dataset.statistics("audio"))
    #expect(like.samples.map(\.frames) == dataset.samples.map(\.frames))
  }

  @Test(arguments: [1, 3]) func `does not depend on threads or shards`(threads: Int) throws {
    let bench = try bench((0..<300).map { [Float($0 * 7919 % 300), Float($0 % 17)] })
    let small = try bench.dataset([
      .folds: "none", .normalize: "robust", .threads: "\(threads)", .shardBytes: "400",
    ])
    #expect(
      try small.statistics("audio").quartiles == .init(q1: [74.75, 4], median: [149.5, 8], q3: [224.25, 12]))
  }

  @Test(.disabled(if: Python.isMissing, "\(Python.skipReason)"))
  func `gives numpy's percentiles of the fixture's train frames, to the last bit`() throws {
    let bench = try Workbench()
    try bench.convert([.normalize: "none", .folds: "ratio:0.7,0.1,0.2"], from: [Project.fixture], to: "raw")
    try bench.convert([.normalize: "robust", .folds: "ratio:0.7,0.1,0.2"], from: [Project.fixture])
    let script = """
      import glob, json, sys
      import numpy as np
      from safetensors.numpy import load_file
      raw, robust = sys.argv[1:]
      manifest = json.load(open(robust + "/manifest.json"))
      shards = [load_file(path) for path in sorted(glob.glob(raw + "/train-*"))]
      checked = 0
      for modality in manifest["modalities"]:
          if modality["statistics"] is None:
              continue
          values = np.concatenate([shard[modality["name"] + ".values"] for shard in shards]).astype(np.float64)
          found = modality["statistics"]
          for d in range(modality["dimension"]):
              # Zeros are stored for what is not finite: such columns are left to the other tests.
              if found["nan"][d] + found["posinf"][d] + found["neginf"][d]:
                  continue
              wanted = np.percentile(values[:, d], [25, 50, 75]).tolist()
              assert [found[k][d] for k in ("q1", "median", "q3")] == wanted, (modality["name"], d)
              checked += 1
      print(checked)
      """
    let checked = try Python.run(script, bench.file("raw"), bench.file("out"))
    #expect((Int(checked) ?? 0) >= 30, "\(checked)")
  }

  // MARK: Limits

  @Test func `may be held within limits, which are counted`() throws {
    let bench = try bench([[0, 0], [1, 10], [2, 20], [3, 30], [94, .nan]])
    let dataset = try bench.dataset([.folds: "none", .clip: "1.5"])
    let plain = try bench.dataset([.folds: "none"], to: "plain")
    #expect(values(dataset) == values(plain).map { min(max($0, -1.5), 1.5) } && values(plain).contains { $0 > 1.5 })
    #expect(try dataset.modality("audio").clip == .init(limit: 1.5, values: 1))
    #expect(try dataset.statistics("audio") == plain.statistics("audio"))
    #expect(dataset.manifest.fingerprint != plain.manifest.fingerprint)
  }

  @Test(arguments: ["f32", "f16", "bf16"], [nil, "audio=1"])
  func `may be held within limits in every type, averaged or not`(type: String, rate: String?) throws {
    let bench = try bench([[0, 0], [1, 10], [2, 20], [3, 30], [94, -5000]])
    var options = ConversionOptions()
    for (name, text) in [(ConversionOptions.Name.folds, "none"), (.clip, "1"), (.dtype, type), (.normalize, "robust")] {
      options.add(name, text)
    }
    options.add(.rate, rate)
    _ = try Converter.run(
      inputs: [bench.file("raw.csd")], output: bench.file("out"), options.configuration(), progress: .none)
    // Medians 2 and 10; interquartile ranges 2 and 20.
    let dataset = try bench.sound()
    #expect(values(dataset) == [-1, -0.5, -0.5, 0, 0, 0.5, 0.5, 1, 1, -1])
    #expect(try dataset.modality("audio").clip == .init(limit: 1, values: 2))
  }

  @Test func `needs something to measure a limit in`() throws {
    let bench = try Workbench(.opinions, .sounds, .speech)
    for normalization in ["none", "minmax"] {
      let error = #expect(throws: ConversionError.self) {
        try bench.convert([.clip: "3", .normalize: normalization])
      }
      #expect(error?.description.contains("--normalize \(normalization) has no deviation") == true)
    }
    let tokens = ConversionError.cannotClip(modality: "words", reason: "it holds tokens")
    #expect(throws: tokens) { try bench.convert([.clip: "words=3"]) }
    #expect(try bench.names() == ["raw.csd"])
    #expect(try bench.convert([.clip: "3,audio=none", .normalize: "none"]).manifest.modalities[0].clip == nil)
  }

  @Test(arguments: ["0", "-1", "inf", "nan", "few", ""])
  func `needs a limit above 0`(text: String) {
    #expect(throws: ConversionError.self) { try Workbench.configuration([.clip: "audio=\(text)"]) }
  }
}
